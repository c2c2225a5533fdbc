import Foundation
import Testing

@testable import Library

@Suite struct RecommenderTests {
    let library: SmallLibrary
    let recommender: Recommender

    init() throws {
        library = try SmallLibrary()
        recommender = try Recommender(library.catalogue)
    }

    private func request(_ change: (inout RecommendationRequest) throws -> Void = { _ in }) rethrows
        -> RecommendationRequest
    {
        var request = RecommendationRequest()
        request.maxPerArtist = 0
        request.count = 40
        try change(&request)
        return request
    }

    private func played(_ listener: String) throws -> Set<String> {
        Set(try library.catalogue.history(of: listener).map(\.name))
    }

    private func names(_ list: [Suggestion]) -> [String] {
        list.map { "\($0.track.artist) - \($0.track.title)" }
    }

    @Test func listsHoldNothingHeardAndNoVersionOfIt() throws {
        let heard = try played("l0")
        #expect(heard.contains("Artist 3 - Song 3"))
        let list = names(try recommender.recommend("l0", request()))
        #expect(!list.isEmpty && heard.isDisjoint(with: list))
        // Not even among all: two files of one recording are one song.
        let all = names(try recommender.recommend("l0", request { $0.includePlayed = true }))
        #expect(all.count == SmallLibrary.songs && Set(all).count == all.count)
    }

    @Test func tasteDecides() throws {
        let list = try recommender.recommend("l1", request { $0.count = 3 })
        #expect(list.count == 3)
        #expect(try list.allSatisfy { try recommender.track($0.track.id)?.genres == "jazz" })
    }

    /// Every score is the sum of what its reasons name.
    @Test func reasonsSumUpToTheScore() throws {
        for suggestion in try recommender.recommend("l2", request()) {
            let reasons = try #require(suggestion.reasons)
            let sum = reasons.parts.reduce(0) { $0 + $1.share }
            #expect(abs(sum - Double(suggestion.score)) < 1e-4)
            let plays = try #require(reasons.fromPlays)
            let sound = try #require(reasons.fromSound)
            #expect(abs(plays + sound - Double(suggestion.score)) < 1e-5)
            #expect(abs(plays - 0.75 * Double(suggestion.score)) < 1e-4)
            #expect(Set(reasons.parts.map(\.song)) == (try played("l2")))
        }
        let best = try #require(try recommender.recommend("l2", request()).first)
        #expect(best.because.first?.contains("you play Artist") == true)
    }

    @Test func partsAreWrittenWithTheirSign() {
        let values: [Double] = [
            0, -0.0, 0.004, -0.004, 0.006, 0.125, 1.5, -2.345, 99.999, 1234.5, 3e9, -.infinity,
        ]
        for value in values {
            #expect(Recommender.signed(value) == String(format: "%+.2f", value))
        }
    }

    @Test func exclusionsHold() throws {
        let list = try recommender.recommend(
            "l0",
            request {
                $0.exclude = try ["genre:Jazz", "artist:artist 4", "longer:5:00", "before:1975"]
                    .map { try Exclusion($0) }
            })
        let tracks = try list.compactMap { try recommender.track($0.track.id) }
        #expect(!tracks.isEmpty)
        #expect(
            tracks.allSatisfy {
                $0.genres != "jazz" && $0.artist != "Artist 4" && $0.durationSeconds <= 300
                    && $0.year ?? 0 >= 1975
            })
        let limited = try recommender.recommend("l0", request { $0.maxPerAlbum = 1 })
        #expect(Set(limited.map(\.track.album)).count == limited.count)
    }

    @Test func hateAndSkipsCount() throws {
        let before = try recommender.recommend("l0", request())
        let first = try #require(before.first { $0.track.plays > 0 })
        try library.catalogue.database.write { database in
            for (table, values) in [
                ("feedback", "-1, 0"), ("skip", "0"),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO \(table) SELECT (SELECT id FROM listener WHERE name = 'l0'), r.id, \(values)
                        FROM reference r WHERE r.trackID = ?
                        """, arguments: [first.track.id])
            }
        }
        let after = try recommender.recommend("l0", request())
        #expect(!after.contains { $0.track.id == first.track.id })
        let others = before.filter { $0.track.id != first.track.id }
        #expect(after.count == others.count && after.map(\.score) != others.map(\.score))
    }

    @Test func seedsVaryTheList() throws {
        func list(_ seed: UInt64?) throws -> [Int64] {
            try recommender.recommend(
                "l0",
                request {
                    $0.seed = seed
                    $0.count = 8
                }
            ).map(\.track.id)
        }
        #expect(try list(1) == list(1))
        #expect(Set(try (1...6).map { try list(UInt64($0)) }).count > 1)
    }

    @Test func aGroupGetsWhatNoneHasHeard() throws {
        let list = names(try recommender.recommend(["l0", "l1"], request()))
        #expect(try played("l0").union(played("l1")).isDisjoint(with: list))
        let both = try recommender.recommend(["l0", "l1"], request { $0.count = 6 })
        let genres = try both.compactMap { try recommender.track($0.track.id)?.genres }
        // Nobody in the group likes folk.
        #expect(!genres.contains("folk"), "\(genres)")
        #expect(both.contains { $0.because.contains { $0.hasPrefix("l1 plays") } })
    }

    @Test func christmasIsInDecember() throws {
        try library.catalogue.database.write {
            try $0.execute(sql: "UPDATE track SET title = 'White Christmas' WHERE id = 29")
        }
        let recommender = try Recommender(library.catalogue)
        func has(_ month: Int, _ seasonal: Bool? = nil) throws -> Bool {
            let date = try #require(
                Calendar(identifier: .gregorian).date(
                    from: DateComponents(year: 2026, month: month, day: 10)))
            return try recommender.recommend(
                ["l0"], request { $0.seasonal = seasonal }, now: date
            ).contains { $0.track.title == "White Christmas" }
        }
        #expect(try !has(7) && has(12) && has(7, true) && !has(12, false))
    }

    @Test func oldPredictionsAreRefused() throws {
        _ = try FactorizeStage(library.catalogue, context: StageContext(threads: 1)).run()
        #expect {
            _ = try Recommender(library.catalogue)
        } throws: { error in
            guard case LibraryError.staleArtefact(_, _, let next) = error else { return false }
            return next.contains("coldwave build")
        }
    }

    @Test func aListenerWhoseSongsNobodyKnowsGetsWhatOthersLike() throws {
        _ = try library.place.add("user,artist,title,count\nnew,Nobody,Nothing,3\n")
        let list = try recommender.recommend("new", request { $0.count = 3 })
        #expect(list.count == 3)
        #expect(list.allSatisfy { $0.because[0].contains("on average") })
    }
}
