import Foundation
import Matrices
import Testing

/// A personal library: one listener, no others to learn from.
@Suite struct OneListenerTests {
    @Test func oneListenersSessionsMakeATasteSpace() throws {
        let small = try SmallWorld(songs: 48)
        let coldwave = small.command
        // Songs of three kinds, each heard with its own kind; the last of each kind are never played.
        let played = (0..<48).filter { $0 < 39 }
        var generator = SeededGenerator(seed: 1)
        var time = 1_600_000_000
        var lines = ["song,time"]
        for session in 0..<60 {
            let kind = played.filter { $0 % 3 == session % 3 }.shuffled(using: &generator)
            for song in kind.prefix(6) {
                lines.append("s\(song),\(time)")
                time += 200
            }
            time += 7200
        }
        let history = small.folder.appendingPathComponent("history.csv")
        try Data(lines.joined(separator: "\n").utf8).write(to: history)
        #expect(try coldwave("scan", small.music.path).status == 0)
        #expect(try coldwave("import", history.path, "--listener", "ann").status == 0)

        let alone = try coldwave("build", "--epochs", "1")
        #expect(alone.status == 1 && alone.errors.contains("--baskets sessions"))
        #expect(try coldwave("factorize", "--baskets", "days").status == 64)
        let factorized = try coldwave("factorize", "--baskets", "sessions", "--json").json()
        #expect(factorized["baskets"] as? String == "sessions")
        #expect(factorized["basketCount"] as? Int == 60 && factorized["listeners"] as? Int == 1)

        #expect(try coldwave("build", "--epochs", "1", "--quiet").status == 0)
        let stages = try #require(
            try coldwave("build", "--json").json()["stages"] as? [[String: Any]])
        #expect(stages.allSatisfy { $0["state"] as? String == "fresh" })

        func numbers(_ list: [[String: Any]]) -> [Int] {
            list.compactMap { ($0["track"] as? [String: Any])?["path"] as? String }.compactMap {
                Int(URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent.dropFirst())
            }
        }
        // What is heard together lies together, though the sound knows nothing of these kinds.
        var same = 0
        for song in [0, 1, 2] {
            let near = numbers(
                try coldwave("similar", "s\(song)", "-n", "6", "--json").list())
            #expect(near.count == 6)
            same += near.count { $0 % 3 == song }
        }
        #expect(same >= 12, "\(same) of 18")
        let list = try coldwave("recommend", "ann", "-n", "5", "--json").list()
        #expect(list.count == 5 && numbers(list).allSatisfy { $0 >= 39 })
        #expect(list.allSatisfy { ($0["because"] as? [String])?.isEmpty == false })
    }
}
