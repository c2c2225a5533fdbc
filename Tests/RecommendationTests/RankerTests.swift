import Matrices
import Recommendation
import Testing

private func candidate(
    _ index: Int, _ score: Float, artist: String = "", recording: String? = nil, popularity: Int = 0
) -> Candidate {
    Candidate(
        index: index, score: score, artist: artist.isEmpty ? "artist \(index)" : artist,
        recording: recording ?? "recording \(index)", popularity: popularity)
}

@Suite struct RankerTests {
    @Test func ordersByScoreThenIndex() {
        let list = Ranker().rank([candidate(3, 1), candidate(1, 2), candidate(2, 1)], count: 9)
        #expect(list.map(\.index) == [1, 2, 3])
    }

    @Test func keepsToTheLimitPerArtist() {
        let many = (0..<6).map { candidate($0, Float(10 - $0), artist: $0 < 5 ? "A" : "B") }
        #expect(Ranker().rank(many, count: 9).map(\.index) == [0, 1, 5])
        var ranker = Ranker()
        ranker.maxPerArtist = 0
        #expect(ranker.rank(many, count: 9).map(\.index) == [0, 1, 2, 3, 4, 5])
    }

    @Test func neverTwoVersionsOfARecording() {
        let list = Ranker().rank(
            [
                candidate(0, 1, recording: "same"), candidate(1, 2, recording: "same"),
                candidate(2, 0),
            ],
            count: 9)
        #expect(list.map(\.index) == [1, 2])
    }

    @Test func discoveryTurnsFromFitToLittleKnown() {
        let items = (0..<5).map { candidate($0, Float(5 - $0), popularity: 1000 >> (3 * $0)) }
        var ranker = Ranker()
        #expect(ranker.rank(items, count: 5).map(\.index) == [0, 1, 2, 3, 4])
        ranker.discovery = 1
        #expect(ranker.rank(items, count: 5).map(\.index) == [4, 3, 2, 1, 0])
        ranker.discovery = .nan
        #expect(ranker.rank(items, count: 5).map(\.index) == [0, 1, 2, 3, 4])
    }

    /// Average popularity of the list falls step by step as discovery rises.
    @Test func discoveryIsMonotone() {
        let items = (0..<200).map {
            candidate($0, Float(($0 * 37) % 200), popularity: ($0 * 37 + $0 * $0) % 500)
        }
        var last = Double.infinity
        for step in 0...4 {
            var ranker = Ranker()
            ranker.discovery = Float(step) / 4
            let list = ranker.rank(items, count: 20)
            let mean = Double(list.reduce(0) { $0 + $1.popularity }) / Double(list.count)
            #expect(mean <= last)
            last = mean
        }
    }

    @Test func skipsScoresThatAreNoNumbers() {
        let list = Ranker().rank(
            [candidate(0, .nan), candidate(1, .infinity), candidate(2, 0)], count: 9)
        #expect(list.map(\.index) == [2])
        #expect(Ranker().rank([], count: 9).isEmpty)
    }

    @Test func keepsToTheLimitPerAlbum() {
        let songs = (0..<6).map { index in
            Candidate(
                index: index, score: Float(10 - index), artist: index < 5 ? "A" : "B",
                album: index == 4 ? nil : "Best of", recording: "\(index)", popularity: 0)
        }
        var ranker = Ranker()
        ranker.maxPerArtist = 0
        ranker.maxPerAlbum = 2
        // Albums of the same name by others are others; without an album there is no limit.
        #expect(ranker.rank(songs, count: 9).map(\.index) == [0, 1, 4, 5])
    }

    @Test func anAliasInCommonIsTheSameRecording() {
        func song(_ index: Int, _ aliases: [String]) -> Candidate {
            Candidate(
                index: index, score: Float(-index), artist: "\(index)", recording: "\(index)",
                aliases: aliases, popularity: 0)
        }
        let list = Ranker().rank(
            [song(0, ["a", "b"]), song(1, ["b"]), song(2, []), song(3, ["c"])], count: 9)
        #expect(list.map(\.index) == [0, 2, 3])
    }

    /// Limits that leave out nearly all of the first ones must not make the list short.
    @Test func looksAsFarAsItMust() {
        let songs = (0..<5000).map { candidate($0, Float(-$0), artist: $0 < 4990 ? "A" : "\($0)") }
        #expect(
            Ranker().rank(songs, count: 10).map(\.index)
                == [0, 1, 4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997])
    }

    @Test func seedsChangeTheListButNotWhatStandsOut() {
        let songs = (0..<500).map { candidate($0, $0 < 3 ? 100 : Float(500 - $0) / 500) }
        func list(_ seed: UInt64?) -> [Int] {
            var ranker = Ranker()
            ranker.seed = seed
            return ranker.rank(songs, count: 20).map(\.index)
        }
        #expect(list(nil) == Array(0..<20))
        #expect(list(1) == list(1) && list(1) != list(2) && list(1) != list(nil))
        for seed in 1...20 as ClosedRange<UInt64> {
            #expect(Set(list(seed).prefix(3)) == [0, 1, 2])
            #expect(list(seed).allSatisfy { $0 < 200 })
        }
    }

    /// A list that is full with the first candidates is the list of all of them.
    @Test(arguments: [0, 1, 2], [0, 1]) func theFirstFewAreEnough(perArtist: Int, perAlbum: Int) {
        var generator = SeededGenerator(seed: 9)
        let all = (0..<2000).map { index in
            Candidate(
                index: index, score: Float(generator.uniform()),
                artist: "\(generator.integer(below: 40))",
                album: "\(generator.integer(below: 3))",
                recording: "\(generator.integer(below: 1500))", popularity: 0)
        }
        var ranker = Ranker()
        ranker.maxPerArtist = perArtist
        ranker.maxPerAlbum = perAlbum
        for count in [1, 5, 20] {
            let expected = ranker.rank(all, count: count).map(\.index)
            var wanted = ranker.wanted(for: count)
            let best = all.sorted { ($0.score, $1.index) > ($1.score, $0.index) }
            var list = ranker.rank(Array(best.prefix(wanted)), count: count)
            while list.count < count, wanted < best.count {
                wanted *= 8
                list = ranker.rank(Array(best.prefix(wanted)), count: count)
            }
            #expect(list.map(\.index) == expected && expected.count == count)
        }
    }
}
