import CollaborativeFiltering
import Evaluation
import Foundation
import ListeningHistory
import Matrices
import Testing

@testable import Library

/// One listener's library, whose songs are told apart by what is played together.
@Suite struct BasketsTests {
    typealias Place = ImportStageTests.Place

    /// Sessions that alternate between two kinds of songs, 12 of each; plays four minutes apart.
    static func sessions(_ count: Int = 40, pause: Int = 3 * 3600, album: Bool = false) -> String {
        var generator = SeededGenerator(seed: 5)
        var time = 1_600_000_000
        var lines = [album ? "artist,title,album" : "artist,title,time"]
        for session in 0..<count {
            let kind = session % 2
            for number in (0..<12).shuffled(using: &generator).prefix(6) {
                lines.append("A\(kind),S\(number)," + (album ? "Album \(kind)" : "\(time)"))
                time += 240
            }
            time += pause
        }
        return lines.joined(separator: "\n")
    }

    /// Mean cosine of songs of one kind, and of songs of different kinds.
    func cosines(_ stored: StoredFactors, _ catalogue: Catalogue) throws -> (Float, Float) {
        let kinds = try stored.songs.map { song -> String in
            guard case .reference(let id) = song else { return "" }
            return try catalogue.referenceName(id).artist
        }
        let unit = stored.factors.songs.unitRows()
        var (same, other) = ([Float](), [Float]())
        for a in 0..<unit.rows {
            for b in 0..<a {
                let cosine = dot(unit.row(a), unit.row(b))
                if kinds[a] == kinds[b] { same.append(cosine) } else { other.append(cosine) }
            }
        }
        return (same.reduce(0, +) / Float(same.count), other.reduce(0, +) / Float(other.count))
    }

    func factorize(_ place: Place, _ baskets: Baskets) throws -> FactorizeReport {
        try FactorizeStage(
            place.catalogue, settings: FactorizeSettings(baskets: baskets),
            context: StageContext(threads: 1)
        ).run()
    }

    @Test func songsOfASessionComeToLieTogether() throws {
        let place = try Place()
        _ = try place.add(Self.sessions(), listener: "ann")
        let report = try factorize(place, .sessions)
        #expect(report.basketCount == 40 && report.listeners == 1 && report.interactions == 240)
        let stored = try place.catalogue.storedFactors(for: "test")
        let (same, other) = try cosines(stored, place.catalogue)
        // Chance chose what of its kind each session holds, which the factors also tell.
        #expect(same > 0.5 && other < 0.1, "\(same) \(other)")
        // The listener is placed among the songs: they play all of them.
        #expect(stored.listeners == ["ann"])
        let ann = stored.factors.listeners.row(0)
        for song in 0..<stored.songs.count {
            #expect(dot(ann, stored.factors.songs.row(song)) > 0.3)
        }
    }

    @Test func albumsAndPlaylistsAreBasketsToo() throws {
        let place = try Place()
        _ = try place.add(Self.sessions(album: true), listener: "ann")
        let list = "#EXTM3U\n#PLAYLIST:Mix\n#EXTINF:1,A0 - S1\na.mp3\n#EXTINF:1,A0 - S2\nb.mp3\n"
        _ = try place.add(list, listener: "ann")
        let report = try factorize(place, .playlists)
        #expect(report.basketCount == 3)
        let stored = try place.catalogue.storedFactors(for: "test")
        let (same, other) = try cosines(stored, place.catalogue)
        #expect(same > 0.8 && other < 0.3, "\(same) \(other)")
        // The list's songs have paths and no tracks yet, so they are others than the album's.
        #expect(try place.catalogue.basketsPerSong(.playlists).values.sorted().suffix(2) == [1, 1])
    }

    @Test func whatIsMissingIsSaidAndWhatToDo() throws {
        let place = try Place()
        func refusal(_ baskets: Baskets) -> String {
            do {
                _ = try factorize(place, baskets)
                return ""
            } catch { return "\(error)" }
        }
        #expect(refusal(.sessions).contains("coldwave import"))
        _ = try place.add("artist,title,count,user\nA,S,2,ann\nA,T,1,ann\n")
        #expect(refusal(.listeners).contains("--baskets sessions"))
        #expect(refusal(.sessions).contains("no play has a time"))
        #expect(refusal(.playlists).contains("fewer than two playlists or albums"))
        // Two sessions, of which one is of a single song.
        let rows = "artist,title,time\nA,S,1600000000\nA,T,1600000100\nA,S,1600009000\n"
        _ = try place.add(rows, listener: "ann")
        #expect(refusal(.sessions).contains("fewer than two sessions"))
        _ = try place.add("artist,title,time\nA,T,1600009100\n", listener: "ann")
        #expect(try factorize(place, .sessions).basketCount == 2)
    }

    /// A pause of exactly 30 minutes is within a session; two listeners never share one.
    @Test func sessionsEndAtLongPausesAndListeners() throws {
        let place = try Place()
        let first = 1_600_000_000
        let times = [0, 100, 1900, 3701, 3800]
        for (listener, shift) in [("ann", 0), ("bob", 50)] {
            let rows = times.enumerated().map { "A,S\($0),\(first + $1 + shift)" }
            _ = try place.add(
                (["artist,title,time"] + rows).joined(separator: "\n"), listener: listener)
        }
        let data = try place.catalogue.tasteData()
        let baskets = try place.catalogue.baskets(.sessions, data)
        #expect(
            baskets.names == [
                "ann session 1600000000", "ann session 1600003701",
                "bob session 1600000050", "bob session 1600003751",
            ])
        #expect((0..<4).map { baskets.counts.range(ofRow: $0).count } == [3, 2, 3, 2])
    }

    @Test func buildsKeepTheBaskets() throws {
        let place = try Place()
        _ = try place.add(Self.sessions(), listener: "ann")
        _ = try factorize(place, .sessions)
        func state() throws -> StageState? {
            try Pipeline(place.catalogue, context: StageContext(threads: 1)).states().first {
                $0.stage == .factorize
            }?.state
        }
        #expect(try state() == .fresh)
        _ = try place.add(Self.sessions(44), listener: "ann")
        #expect(try state() == .stale)
        // Without music it ends at the training, with the factors made anew.
        #expect(throws: LibraryError.self) {
            try Pipeline(place.catalogue, context: StageContext(threads: 1)).build()
        }
        let stored = try place.catalogue.storedFactors(for: "test")
        #expect(stored.settings.baskets == .sessions && stored.basketNames.count == 44)
        #expect(try state() == .fresh)
    }

    /// A name with a line break is still one line of the run's file.
    @Test func namesOfListsMayHoldAnything() throws {
        let place = try Place()
        func list(_ title: String, _ songs: [String]) -> String {
            let tracks = songs.map { "{\"creator\": \"A\", \"title\": \"\($0)\"}" }
            return
                "{\"playlist\": {\"title\": \"\(title)\", \"track\": [\(tracks.joined(separator: ","))]}}"
        }
        _ = try place.add(list("One\\nand two\\r\\n", ["S", "T"]), listener: "ann")
        _ = try place.add(list("", ["T", "U", "V"]), listener: "ann")
        #expect(try factorize(place, .playlists).basketCount == 2)
        let stored = try place.catalogue.storedFactors(for: "test")
        #expect(stored.basketNames.count == 2 && stored.basketFactors.rows == 2)
        #expect(stored.basketNames.contains("ann playlist One and two"))
    }

    /// With one listener there is nobody else to judge by; how well sessions are completed can be told.
    @Test func warmEvaluationGoesByTheBaskets() throws {
        let place = try Place()
        _ = try place.add(Self.sessions(), listener: "ann")
        func evaluate() throws -> EvaluationReport {
            try WarmEvaluation(
                place.catalogue, configuration: WarmEvaluationConfiguration(),
                context: StageContext(threads: 1)
            ).run()
        }
        #expect {
            try evaluate()
        } throws: {
            "\($0)".contains("--baskets sessions")
        }
        _ = try factorize(place, .sessions)
        let report = try evaluate()
        #expect(report.split == "20 % of each session's songs, at random")
        #expect(report.rankings == 40)
        let auc = Dictionary(
            report.rows.map { ($0.model, $0.auc) }, uniquingKeysWith: { first, _ in first })
        #expect((auc["ALS"] ?? 0) > (auc["popularity"] ?? 1) + 0.15, "\(auc)")
    }

    @Test func neighborsShareSessions() throws {
        let place = try Place()
        _ = try place.add(Self.sessions(), listener: "ann")
        _ = try factorize(place, .sessions)
        let near = try PlayNeighbors(place.catalogue).songs(like: "A1 - S3", count: 8)
        #expect(near.count == 8 && near.allSatisfy { $0.track.artist == "A1" })
        #expect(near.allSatisfy { $0.because[0].hasSuffix("sessions hold both") })
    }

    @Test func settingsOfEarlierLibrariesAreRead() throws {
        let earlier = json(FactorizationConfiguration.catalogue)
        let read = try JSONDecoder().decode(FactorizeSettings.self, from: Data(earlier.utf8))
        #expect(read == FactorizeSettings(.catalogue, automatic: []))
        #expect(json(read) == earlier)
        let now = FactorizeSettings(baskets: .playlists)
        #expect(try JSONDecoder().decode(FactorizeSettings.self, from: Data(json(now).utf8)) == now)
    }
}
