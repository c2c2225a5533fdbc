import AudioFeatures
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
        #expect(try coldwave("filters", "--montage-layers", "conv1").status == 64)
        #expect(try coldwave("build", "--epochs", "1").status == 0)

        let folder = small.folder.appendingPathComponent("filters")
        // A wrong unit is refused before a song is heard.
        let early = try coldwave("playlist", "--filter", "conv1/9999")
        #expect(early.status == 1 && early.errors.contains("conv1/0…"))
        let library = try #require(
            FileManager.default.enumerator(atPath: small.folder.path)?.allObjects as? [String])
        #expect(!library.contains { $0.hasSuffix("units.json") })
        let wrong = try coldwave(
            "filters", "-o", folder.path, "--montages", "--montage-layers", "conv9")
        #expect(wrong.status == 1 && wrong.errors.contains("conv1") && !wrong.errors.contains(".."))
        let listener = small.world.listeners[small.world.plays[0].listener].name
        let unheard = try coldwave("recommend", listener, "--json").list()
        #expect(
            unheard.allSatisfy {
                (($0["reasons"] as? [String: Any])?["heard"] as? [Any])?.isEmpty == true
            })
        let report = try coldwave(
            "filters", "-o", folder.path, "--top", "4", "--montages", "--montage-layers",
            "outputs", "--json"
        ).json()
        let layers = try #require(report["layers"] as? [[String: Any]])
        let names = layers.compactMap { $0["name"] as? String }
        #expect(names.first == "conv1" && names.last == "outputs" && names.contains("dense1"))
        for layer in layers {
            let filters = try #require(layer["filters"] as? [[String: Any]])
            let character = try #require(layer["character"] as? [String: Any])
            let distinct = try #require(character["distinct"] as? Int)
            let dead = try #require(character["dead"] as? Int)
            let dimension = try #require(character["effectiveDimension"] as? Double)
            #expect(distinct <= filters.count && dead <= filters.count)
            #expect(dimension > 0 && dimension <= Double(filters.count) + 1e-6)
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
        let factors = try #require(report["factors"] as? [String: Any])
        let spreads = try #require(factors["spread"] as? [[String: Any]])
        #expect(spreads.compactMap { $0["from"] as? String } == ["plays", "sound", "both"])
        for spread in spreads {
            let ratio = try #require(spread["participationRatio"] as? Double)
            let most = try #require(spread["dimensionsFor90"] as? Int)
            #expect(ratio >= 1 && ratio <= 40 && most >= 1 && most <= 40)
        }
        let ends = try #require(factors["factors"] as? [[String: Any]])
        #expect(ends.count == 40)
        let shares = ends.compactMap { $0["varianceShare"] as? Double }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-6 && shares == shares.sorted(by: >))
        #expect(try Data(contentsOf: folder.appendingPathComponent("report.json")).count > 1000)
        let montages = try FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent("outputs").path
        ).filter { $0.hasSuffix(".opus") || $0.hasSuffix(".wav") }
        #expect(montages.count == 40 && report["montages"] as? Int == 40)
        // 20 songs of six seconds; what is heard of each is all of it.
        let montage = try AudioDecoder(excerpt: .everything).decode(
            path: folder.appendingPathComponent("outputs/\(montages[0])").path)
        #expect(abs(Double(montage.samples.count) / 22050 - 120) < 1)
        #expect(montage.info.tags.title?.hasPrefix("outputs/") == true)
        #expect(montage.samples.allSatisfy { abs($0) <= 1.01 })
        let heard = try coldwave("recommend", listener, "--json", "-n", "40").list()
        for song in heard {
            let reasons = try #require(song["reasons"] as? [String: Any])
            let units = try #require(reasons["heard"] as? [[String: Any]])
            let because = try #require(song["because"] as? [String])
            #expect(because.contains { $0.hasPrefix("in its sound: ") } == !units.isEmpty)
            for unit in units {
                #expect((unit["unit"] as? String)?.hasPrefix("conv") == true)
                #expect((0...6.1).contains(unit["second"] as? Double ?? -1))
                #expect((unit["deviations"] as? Double ?? 0) >= 1)
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

        // The same day gives the same list, and every song says why it is there.
        func weekly(_ date: String, _ more: String...) throws -> Command.Output {
            let (process, out, errors) = try coldwave.start(
                ["playlist", "--listener", listener, "--weekly", "--date", date, "-n", "8"] + more)
            let text = String(
                decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let told = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Command.Output(
                status: process.terminationStatus, text: text,
                errors: String(decoding: told, as: UTF8.self))
        }
        let monday = try weekly("2026-03-02")
        let sunday = try weekly("2026-03-08")
        let next = try weekly("2026-03-09")
        #expect(monday.status == 0 && monday.text == sunday.text && monday.text != next.text)
        #expect(monday.text.components(separatedBy: "\n# ").count == 9)
        let wrongDays = [try weekly("2026-02-30").status, try weekly("today").status]
        #expect(wrongDays == [64, 64])
        let why = try weekly("2026-03-02", "--json").json()
        let because = try #require(why["because"] as? [[String]])
        #expect(because.count == 8 && because.allSatisfy { !$0.isEmpty })
        let list8 = small.folder.appendingPathComponent("lists/week.xspf")
        try FileManager.default.createDirectory(
            at: list8.deletingLastPathComponent(), withIntermediateDirectories: true)
        let written = try weekly("2026-03-02", "-o", list8.path, "--paths", "relative")
        #expect(written.status == 0 && written.text.contains("8 songs → "))
        let xspf = try String(contentsOf: list8, encoding: .utf8)
        #expect(xspf.contains("<location>../m%C3%BCsic%20") && xspf.contains("<annotation>"))
        #expect(try weekly("2026-03-02", "--paths", "relative").status == 64)
        #expect(
            try coldwave("playlist", "--listener", listener, "--date", "2026-03-02").status == 64)

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
