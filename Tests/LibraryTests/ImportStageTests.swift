import Foundation
import ListeningHistory
import Matrices
import TestSupport
import Testing

@testable import Library

@Suite struct ImportStageTests {
    /// A library and files in a folder of their own.
    final class Place {
        private let own: TestFolder
        var folder: URL { own.url }
        let catalogue: Catalogue

        init() throws {
            own = try TestFolder()
            catalogue = try Catalogue(
                LibraryLocation(root: own.file("library")), create: true)
        }

        func add(
            _ text: String, listener: String? = nil, inMemory: Int = 500_000
        ) throws -> ImportReport {
            let file = folder.appendingPathComponent("history.txt")
            try Data(text.utf8).write(to: file)
            var stage = ImportStage(catalogue, context: StageContext(threads: 1))
            stage.playsInMemory = inMemory
            return try stage.run(file: file, options: HistoryOptions(listener: listener))
        }

        /// "listener song count", by listener and count.
        func plays() throws -> [String] {
            try catalogue.tasteData().listeners.flatMap { listener in
                try catalogue.history(of: listener).map { "\(listener) \($0.name) \($0.count)" }
            }
        }
    }

    /// Adding up in memory and in a table come to the same.
    @Test(arguments: [500_000, 1, 3]) func countsAddUpInAFileAndTheHigherIsKept(inMemory: Int)
        throws
    {
        let place = try Place()
        let rows = "ann\ts1\t2\nbob\ts1\t1\nann\ts2\t5\nann\ts1\t3\nbroken\n"
        let first = try place.add(rows, inMemory: inMemory)
        #expect(first.rows == 4 && first.imported == 4 && first.rejected.map(\.line) == [5])
        #expect(first.listeners == 2 && first.unmatched == 4 && first.format == "triplets")
        let all = ["ann s1 5", "ann s2 5", "bob s1 1"]
        #expect(try place.plays() == all)
        let again = try place.add(rows, inMemory: inMemory)
        #expect(again.imported == 0 && again.duplicates == 4)
        let revision = try place.catalogue.revision("plays")
        let other = try place.add("ann\ts1\t4\nann\ts2\t6\n", inMemory: inMemory)
        #expect(other.imported == 1 && other.duplicates == 1)
        #expect(try place.plays() == ["ann s2 6", "ann s1 5", "bob s1 1"])
        #expect(try place.catalogue.revision("plays") == revision + 1)
    }

    @Test func loveAndHateAreKeptAndTakenBack() throws {
        let place = try Place()
        func line(_ mbid: String, _ score: Int, _ time: Int) -> String {
            #"{"recording_mbid": "\#(mbid)", "score": \#(score), "created": \#(time)}"# + "\n"
        }
        let first =
            line("m1", 1, 1_600_000_000) + line("m2", -1, 1_600_000_000)
            + line("m3", 1, 1_600_000_000)
        let report = try place.add(first, listener: "ann")
        #expect(report.feedback == 3 && report.imported == 3 && report.unmatched == 3)
        #expect(try place.add(first, listener: "ann").duplicates == 3)
        #expect(try place.catalogue.feedback().map(\.score) == [1, -1, 1])
        // Taken back, changed, and then an older export comes late.
        let later = line("m1", 0, 1_700_000_000) + line("m2", 1, 1_700_000_000)
        #expect(try place.add(later, listener: "ann").imported == 2)
        #expect(try place.add(first, listener: "ann").imported == 0)
        let kept = try place.catalogue.feedback()
        #expect(kept.map(\.score) == [1, 1] && kept.allSatisfy { $0.listener == "ann" })
    }

    @Test func playlistsAreBasketsAndEvidence() throws {
        let place = try Place()
        let list = "#EXTM3U\n#PLAYLIST:Best\n#EXTINF:1,A - T\na.mp3\n#EXTINF:1,B - U\nb.mp3\n"
        let report = try place.add(list, listener: "ann")
        #expect(report.playlists == 1 && report.rows == 2 && report.imported == 2)
        #expect(try place.add(list, listener: "ann").duplicates == 2)
        #expect(try place.plays() == ["ann A - T 1", "ann B - U 1"])
        let shorter = "#EXTM3U\n#PLAYLIST:Best\n#EXTINF:1,B - U\nb.mp3\n"
        #expect(try place.add(shorter, listener: "ann").imported == 1)
        let stored = try place.catalogue.playlists()
        #expect(stored.map(\.name) == ["Best"] && stored.map(\.songs.count) == [1])
        #expect(try place.catalogue.tasteData().plays.count == 2)
    }

    /// Names that come later are learned, so that plays can match.
    @Test func songsLearnWhatOtherFilesKnow() throws {
        let place = try Place()
        _ = try place.add("ann\ts1\t2\n")
        _ = try place.add("user,item,artist,title\nbob,s1,A,T\n")
        let names = try place.catalogue.history(of: "ann").map(\.name)
        #expect(names == ["A - T"])
    }

    /// A file that turns out damaged half way leaves nothing.
    @Test func filesAreImportedWholeOrNotAtAll() throws {
        let place = try Place()
        let listen =
            #"{"endTime": "2019-12-31 23:59", "artistName": "A", "trackName": "T", "msPlayed": 31000}"#
        let whole = "[" + Array(repeating: listen, count: 50).joined(separator: ",\n") + "]"
        #expect(throws: HistoryError.self) {
            try place.add(String(whole.dropLast(30)), listener: "ann", inMemory: 1)
        }
        #expect(try place.plays().isEmpty && place.catalogue.playCounts().listeners == 0)
        #expect(try place.add(whole, listener: "ann").imported == 50)
        #expect(try place.plays().count == 1)
    }
}

extension ImportStageTests {
    /// A song that a listener hates gets a lower score for them, and hardly another for the others.
    @Test func hatingASongMovesTheTaste() throws {
        let mbid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
        func score(hated: Bool) throws -> (ann: Float, bob: Float) {
            let place = try Place()
            var lines = ["user,artist,title,mbid,count"]
            for who in ["ann", "bob"] + (0..<38).map({ "x\($0)" }) {
                lines += (0..<4).map { "\(who),A,S\($0),,3" }
                if who != "ann" { lines.append("\(who),A,Hated,\(mbid),3") }
            }
            _ = try place.add(lines.joined(separator: "\n"))
            if hated {
                let report = try place.add(
                    #"{"recording_mbid": "\#(mbid)", "score": -1}"#, listener: "ann")
                #expect(report.feedback == 1)
            }
            let data = try place.catalogue.tasteData()
            let song = try #require(
                place.catalogue.history(of: "bob").first { $0.name.hasSuffix("Hated") }?.song)
            _ = try FactorizeStage(place.catalogue, context: StageContext(threads: 1)).run()
            let stored = try place.catalogue.storedFactors(for: "test")
            let column = try #require(data.songIndex[song])
            func score(_ row: Int) -> Float {
                dot(stored.factors.listeners.row(row), stored.factors.songs.row(column))
            }
            return (score(0), score(1))
        }
        let (before, after) = (try score(hated: false), try score(hated: true))
        #expect(after.ann < before.ann - 0.1)
        #expect(abs(after.bob - before.bob) < abs(after.ann - before.ann) / 2)
    }

    /// "é" in one letter and in two is one listener.
    @Test func namesOfListenersAreComparedComposed() throws {
        let place = try Place()
        _ = try place.add("Jos\u{E9}\tsong\t1\n")
        _ = try place.add("Jose\u{301}\tother\t1\n")
        #expect(try place.catalogue.tasteData().listeners == ["Jos\u{E9}"])
        #expect(try place.catalogue.history(of: "Jose\u{301}").count == 2)
    }
}
