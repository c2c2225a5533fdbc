import Foundation
import Testing

/// What the network hears, from the command line.
@Suite struct SeeingTests {
    @Test func unitsPlaylistsAndASongUnderTheMicroscope() throws {
        let small = try SmallWorld(songs: 48)
        let coldwave = small.command
        #expect(try coldwave("scan", small.music.path).status == 0)
        #expect(try coldwave("import", small.listens.path).status == 0)
        #expect(try coldwave("filters").errors.contains("coldwave build"))
        #expect(try coldwave("build", "--epochs", "1").status == 0)

        let folder = small.folder.appendingPathComponent("filters")
        let report = try coldwave("filters", "-o", folder.path, "--top", "4", "--json").json()
        let layers = try #require(report["layers"] as? [[String: Any]])
        let names = layers.compactMap { $0["name"] as? String }
        #expect(names.first == "conv1" && names.last == "outputs" && names.contains("dense1"))
        for layer in layers {
            let filters = try #require(layer["filters"] as? [[String: Any]])
            let indices = filters.compactMap { $0["index"] as? Int }
            #expect(indices.sorted() == Array(0..<filters.count))
            for filter in filters {
                let top = try #require(filter["top"] as? [[String: Any]])
                let activations = top.compactMap { $0["activation"] as? Double }
                #expect(top.count <= 4 && activations == activations.sorted(by: >))
                #expect(Set(top.compactMap { $0["track"] as? Int }).count == top.count)
                #expect(
                    top.allSatisfy { (0...6.1).contains($0["second"] as? Double ?? -1) })
            }
        }
        let page = try String(
            contentsOf: folder.appendingPathComponent("index.html"), encoding: .utf8)
        #expect(page.contains("\"name\":\"outputs\"") && !page.contains("http://"))
        #expect(!page.contains("https://"))
        let list = try String(
            contentsOf: folder.appendingPathComponent("outputs/0.m3u8"), encoding: .utf8)
        #expect(list.hasPrefix("#EXTM3U") && list.components(separatedBy: "#EXTINF").count == 5)
        let told = try coldwave("playlist", "--filter", "outputs/0", "-n", "4").text
        #expect(told.components(separatedBy: "#EXTINF").count == 5)
        let unknown = try coldwave("playlist", "--filter", "conv9/1")
        #expect(unknown.status == 1 && unknown.errors.contains("conv1/0…"))
        #expect(try coldwave("playlist", "--filter", "conv1/1", "--listener", "x").status == 64)

        let file = small.folder.appendingPathComponent("song.html")
        let song = try coldwave("inspect", "s3", "-o", file.path, "--json").json()
        let windows = try #require(song["windows"] as? [[String: Any]])
        #expect(
            windows.count >= 2
                && windows.allSatisfy { (-1.001...1.001).contains($0["agreement"] as? Double ?? 9) }
        )
        #expect((song["similar"] as? [Any])?.count == 10)
        let drawn = try String(contentsOf: file, encoding: .utf8)
        #expect(drawn.contains("<svg") && drawn.contains("Nearest songs"))
        #expect(!drawn.contains("http://") && !drawn.contains("https://"))
        #expect(try coldwave("inspect", "no such song").status == 1)
    }
}
