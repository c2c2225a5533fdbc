import Foundation
import Matrices
import TestSupport
import Testing

/// A library of listening history alone: no audio, nothing built but factors.
@Suite struct PlaysWithoutMusicTests {
    final class Library {
        private let own: TestFolder
        var folder: URL { own.url }
        var command: Command { Command(library: folder.appendingPathComponent("library")) }
        var file: URL { folder.appendingPathComponent("plays.tsv") }

        /// Listeners of even number play songs of even number, odd ones odd songs; nobody plays song u who is listener u.
        init() throws {
            own = try TestFolder()
            var lines: [String] = []
            for u in 0..<40 {
                for i in 0..<40 where u % 2 == i % 2 && u != i && (u * 7 + i * 5) % 11 != 0 {
                    lines.append("listener\(u)\tsong\(i)\t\(1 + (u + i) % 5)")
                }
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
        }
    }

    func titles(_ list: [[String: Any]]) -> [String] {
        list.compactMap { ($0["track"] as? [String: Any])?["title"] as? String }
    }

    @Test func modelsOfPlaysWorkWithoutAudio() throws {
        let library = try Library()
        let coldwave = library.command
        #expect(try coldwave("import", library.file.path).status == 0)

        let forListener = try coldwave("neighbors", "--listener", "listener4", "-n", "3", "--json")
            .list()
        #expect(forListener.count == 3)
        #expect(Set(forListener.first?.keys ?? [:].keys) == ["rank", "score", "track", "because"])
        for title in titles(forListener) {
            #expect(Int(title.dropFirst(4)).map { $0 % 2 } == 0, "\(title)")
        }
        #expect(titles(forListener).contains("song4"))
        let likeSong = try coldwave("neighbors", "--track", "song7", "-n", "5", "--json").list()
        #expect(likeSong.count == 5)
        #expect(titles(likeSong).allSatisfy { Int($0.dropFirst(4)).map { $0 % 2 } == 1 })
        #expect(!titles(likeSong).contains("song7"))
        let ids = likeSong.compactMap { ($0["track"] as? [String: Any])?["id"] as? Int }
        #expect(ids.count == 5 && ids.allSatisfy { $0 < 0 })
        // An id from a list leads back to the song.
        let back = try coldwave("neighbors", "--track=\(ids[0])", "-n", "5", "--json").list()
        #expect(titles(back).contains("song7"))

        #expect(try coldwave("neighbors").status == 64)
        #expect(try coldwave("neighbors", "--listener", "x", "--track", "y").status == 64)
        #expect(try coldwave("neighbors", "--listener", "nobody").errors.contains("no listener"))
        #expect(try coldwave("neighbors", "--track", "nothing").errors.contains("no track"))
        #expect(
            try coldwave("neighbors", "--track", "song7", "--neighbours", "0").status == 64)
    }

    @Test func warmProtocolRanksEveryModel() throws {
        let library = try Library()
        let coldwave = library.command
        #expect(try coldwave("import", library.file.path).status == 0)
        let report = try coldwave("evaluate", "--protocol", "warm", "--json").json()
        #expect(report["protocol"] as? String == "warm")
        #expect((report["split"] as? String)?.contains("at random") == true)
        let rows = try #require(report["rows"] as? [[String: Any]])
        #expect(
            rows.map { $0["model"] as? String } == [
                "popularity", "item-based", "user-based", "ALS",
            ]
        )
        let auc = rows.map { $0["auc"] as? Double ?? 0 }
        // The circles are found by all that know who plays what.
        #expect(auc.dropFirst().allSatisfy { $0 > auc[0] + 0.1 })
        for row in rows { #expect(row["gini"] is Double && row["longTail"] is Double) }
        let again = try coldwave("evaluate", "--protocol", "warm", "--json").json()
        #expect(
            (again["rows"] as? [[String: Any]])?.map { $0["map500"] as? Double }
                == rows.map { $0["map500"] as? Double })
        let text = try coldwave("evaluate", "--protocol", "warm", "--share", "0.5").text
        #expect(text.contains("50 % of each listener's songs, at random"))
        #expect(try coldwave("evaluate", "--protocol", "warm", "--share", "1").status == 64)
    }

    @Test func lastSongsAreHeldOutWhereTimesAreKnown() throws {
        let library = try Library()
        let coldwave = library.command
        var lines: [String] = []
        for u in 0..<6 {
            for i in 0..<10 {
                let listen =
                    "{\"user_name\":\"l\(u)\",\"listened_at\":\(1_500_000_000 + i * 1000 + u),"
                    + "\"track_metadata\":{\"artist_name\":\"A\",\"track_name\":\"S\((i + u) % 12)\"}}"
                lines.append(listen)
            }
        }
        let file = library.folder.appendingPathComponent("listens.jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        let imported = try coldwave("import", file.path, "--json").json()
        #expect(imported["imported"] as? Int == 60)
        let report = try coldwave("evaluate", "--protocol", "warm", "--json").json()
        #expect(report["split"] as? String == "the last 20 % of each listener's songs")
    }

    @Test func tuningIsKeptByLaterBuilds() throws {
        let library = try Library()
        let coldwave = library.command
        #expect(try coldwave("import", library.file.path).status == 0)
        let tuned = try coldwave(
            "factorize", "--tune", "--dimensions", "8", "--iterations", "6", "--json"
        ).json()
        let tuning = try #require(tuned["tuning"] as? [String: Any])
        let chosen = try #require(tuning["configuration"] as? [String: Any])
        #expect((tuning["trials"] as? [Any])?.count == 43)
        #expect(tuned["dimensions"] as? Int == chosen["dimensions"] as? Int)
        #expect(tuned["iterations"] as? Int == chosen["iterations"] as? Int)
        let status = try coldwave("status", "--json").json()
        let stages = try #require(status["stages"] as? [[String: Any]])
        #expect(
            stages.first { $0["name"] as? String == "factorize" }?["state"] as? String == "fresh")
        let stopped = try coldwave("factorize", "--early-stop", "--iterations", "30", "--json")
            .json()
        #expect((stopped["iterations"] as? Int ?? 99) < 30)
        let plain = try coldwave(
            "factorize", "--alpha", "3", "--regularization", "0.5", "--confidence", "linear",
            "--epsilon", "2", "--iterations", "4", "--json"
        ).json()
        #expect(plain["iterations"] as? Int == 4 && plain["tuning"] == nil)
        #expect(try coldwave("factorize", "--alpha", "0").status == 64)
    }
}
