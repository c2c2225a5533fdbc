import AudioFeatures
import Foundation
import Matrices
import Synthesis
import TestSupport
import Testing

/// Runs the built command as a user would.
struct Command {
    let library: URL

    struct Output {
        let status: Int32
        let text: String
        let errors: String

        func json() throws -> [String: Any] {
            try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                "\(text)\(errors)")
        }

        func list() throws -> [[String: Any]] {
            try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]],
                "\(text)\(errors)")
        }
    }

    /// The command lies beside the tests' own program.
    static var executable: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
            .appendingPathComponent("coldwave")
    }

    func start(_ arguments: [String]) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "COLDWAVE_LIBRARY": library.path
        ]) { $1 }
        let (out, errors) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, out, errors)
    }

    func callAsFunction(_ arguments: String...) throws -> Output {
        let (process, out, errors) = try start(arguments)
        let text = out.fileHandleForReading.readDataToEndOfFile()
        let told = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus, text: String(decoding: text, as: UTF8.self),
            errors: String(decoding: told, as: UTF8.self))
    }
}

/// A folder with a small composed world in it; goes when the test is done.
final class SmallWorld {
    private let own: TestFolder
    var folder: URL { own.url }
    let world: World
    var music: URL { folder.appendingPathComponent("müsic & more") }
    var listens: URL { folder.appendingPathComponent("listens.tsv") }
    var command: Command { Command(library: folder.appendingPathComponent("library")) }

    init(songs: Int = 60) throws {
        var configuration = WorldConfiguration()
        configuration.songs = songs
        configuration.newSongs = 8
        configuration.artists = 36
        configuration.listeners = 120
        configuration.seconds = 6
        let world = World.compose(configuration)
        self.world = world
        own = try TestFolder()
        try FileManager.default.createDirectory(at: music, withIntermediateDirectories: true)
        let folder = music
        _ = Parallel.map(songs) { index -> Bool in
            var tags = AudioTags()
            tags.title = world.songs[index].title
            tags.artists = [world.artists[world.songs[index].artist].name]
            let samples = Synthesizer(sampleRate: 22050).render(world.songs[index], in: world)
            try? AudioFileWriter.write(
                samples: samples, sampleRate: 22050, tags: tags,
                to: folder.appendingPathComponent("s\(index).flac").path)
            return true
        }
        let lines = world.plays.map {
            "\(world.listeners[$0.listener].name)\ts\($0.song)\t\($0.count)"
        }
        try Data((lines + ["broken line", "x\ty\tmany"]).joined(separator: "\n").utf8).write(
            to: listens)
    }

}

@Suite(.serialized) struct EndToEndTests {
    @Test func pipelineFromFilesToRecommendations() throws {
        let small = try SmallWorld()
        let coldwave = small.command
        // Files that cannot be heard stand among those that can.
        try Data().write(to: small.music.appendingPathComponent("empty.mp3"))
        try Data("no music".utf8).write(to: small.music.appendingPathComponent("text.ogg"))
        try Data("cover".utf8).write(to: small.music.appendingPathComponent("cover.jpg"))
        var short = AudioTags()
        short.title = "Short"
        try AudioFileWriter.write(
            samples: [Float](repeating: 0.1, count: 22050), sampleRate: 22050, tags: short,
            to: small.music.appendingPathComponent("short.flac").path)

        #expect(try coldwave("status").status == 1)
        #expect(try coldwave("status").errors.contains("coldwave scan FOLDER"))
        let scan = try coldwave("scan", small.music.path, "--json").json()
        #expect(scan["added"] as? Int == 61 && scan["padded"] as? Int == 1)
        let failed = try #require(scan["failed"] as? [[String: String]])
        #expect(failed.count == 2 && failed.allSatisfy { $0["reason"]?.isEmpty == false })
        let again = try coldwave("scan", small.music.path, "--json").json()
        #expect(
            again["unchanged"] as? Int == 61 && again["added"] as? Int == 0
                && (again["failed"] as? [Any])?.count == 2)

        #expect(try coldwave("train").errors.contains("coldwave import"))
        let imported = try coldwave("import", small.listens.path, "--json").json()
        #expect(
            imported["imported"] as? Int == small.world.plays.count
                && imported["rejectedCount"] as? Int == 2)
        #expect(imported["unmatched"] as? Int == 0 && imported["format"] as? String == "triplets")
        let known = try coldwave("import", small.listens.path, "--json").json()
        #expect(
            known["imported"] as? Int == 0 && known["duplicates"] as? Int == small.world.plays.count
        )

        // An interrupted build keeps what is done; the next one carries on. So many epochs are not over when the training's folder
        // is there to see.
        let (process, _, _) = try coldwave.start(["build", "--epochs", "5000", "--quiet"])
        let networks = coldwave.library.appendingPathComponent("networks")
        while process.isRunning,
            (try? FileManager.default.contentsOfDirectory(atPath: networks.path))?.isEmpty
                ?? true
        {
            Thread.sleep(forTimeInterval: 0.1)
        }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let built = try coldwave("build", "--epochs", "2", "--json")
        let stages = try #require(try built.json()["stages"] as? [[String: Any]])
        #expect(
            stages.map { $0["name"] as? String } == [
                "scan", "factorize", "train", "predict", "map",
            ])
        let fresh = try #require(
            try coldwave("build", "--json").json()["stages"] as? [[String: Any]])
        #expect(fresh.allSatisfy { $0["state"] as? String == "fresh" })

        for name in ["map.svg", "map.png", "map.html"] {
            let picture = small.folder.appendingPathComponent(name)
            let map = try coldwave("map", "-o", picture.path, "--json").json()
            #expect(map["reused"] as? Bool == true && map["klDivergence"] as? Double ?? -1 > 0)
            #expect(try Data(contentsOf: picture).count > 2000)
        }
        #expect(try coldwave("map", "-o", "map.pdf").status == 64)

        let listener = small.world.listeners[small.world.plays[0].listener].name
        let played = Set(
            small.world.plays.filter { $0.listener == small.world.plays[0].listener }.map {
                "s\($0.song)"
            })
        func stems(_ list: [[String: Any]]) -> [String] {
            list.compactMap { ($0["track"] as? [String: Any])?["path"] as? String }
                .map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
        }
        let list = try coldwave("recommend", listener, "-n", "10", "--json").list()
        #expect(list.count == 10 && played.isDisjoint(with: stems(list)))
        #expect(list.allSatisfy { ($0["because"] as? [String])?.isEmpty == false })
        let new = try coldwave("recommend", listener, "--new", "--json").list()
        let unplayed = small.world.songs.indices.filter { index in
            !small.world.plays.contains { $0.song == index }
        }
        #expect(!new.isEmpty && Set(stems(new)).isSubset(of: unplayed.map { "s\($0)" } + ["short"]))
        #expect(try coldwave("recommend", "nobody-knows").errors.contains("no listener"))

        let similar = try coldwave(
            "similar", small.music.appendingPathComponent("s3.flac").path, "-n", "5", "--json"
        ).list()
        #expect(similar.count == 5 && !stems(similar).contains("s3"))
        let outside = small.folder.appendingPathComponent("outside.flac")
        try FileManager.default.copyItem(
            at: small.music.appendingPathComponent("s3.flac"), to: outside)
        #expect(try coldwave("similar", outside.path, "-n", "5", "--json").list().count == 5)

        let playlist = small.folder.appendingPathComponent("list.xspf")
        #expect(
            try coldwave("playlist", "--listener", listener, "-n", "6", "-o", playlist.path).status
                == 0)
        #expect(
            try String(contentsOf: playlist, encoding: .utf8).components(separatedBy: "<track>")
                .count == 7)
        let path = try coldwave("playlist", "--from", "s1", "--to", "s9", "-n", "5").text
        #expect(path.contains("s1.flac") && path.hasSuffix("s9.flac\n"))

        // A moved file keeps its track, a removed one is marked.
        try FileManager.default.moveItem(
            at: small.music.appendingPathComponent("s5.flac"),
            to: small.music.appendingPathComponent("renamed.flac"))
        try FileManager.default.removeItem(at: small.music.appendingPathComponent("short.flac"))
        let moved = try coldwave("scan", small.music.path, "--json").json()
        #expect(
            moved["moved"] as? Int == 1 && moved["missing"] as? Int == 1
                && moved["added"] as? Int == 0)

        let status = try coldwave("status", "--json").json()
        #expect(status["tracks"] as? Int == 60 && status["missing"] as? Int == 1)
    }

    @Test func trainingNeedsEnoughSongsAndSaysHowMany() throws {
        let small = try SmallWorld(songs: 18)
        _ = try small.command("scan", small.music.path)
        _ = try small.command("import", small.listens.path)
        let build = try small.command("build")
        #expect(build.status == 1 && build.errors.contains("at least 20 songs"))
    }

    @Test func aLockedLibraryAndANewerOneAreRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coldwave-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let coldwave = Command(library: folder)
        let listens = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).tsv")
        defer { try? FileManager.default.removeItem(at: listens) }
        try Data("a\tb\t1\n".utf8).write(to: listens)
        #expect(try coldwave("import", listens.path).status == 0)
        let descriptor = open(folder.appendingPathComponent("lock").path, O_RDWR)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let locked = try coldwave("import", listens.path)
        #expect(locked.status == 1 && locked.errors.contains("is being written by"))
        #expect(try coldwave("status").status == 0)
        close(descriptor)
        // SQLite keeps the format's number at byte 60 of the file, once the journal is written back.
        let database = folder.appendingPathComponent("catalogue.sqlite")
        var data = try Data(contentsOf: database)
        data.replaceSubrange(60..<64, with: [0, 0, 0, 99])
        try data.write(to: database)
        for journal in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: database.path + journal)
        }
        let newer = try coldwave("status")
        #expect(newer.status == 1 && newer.errors.contains("newer Coldwave"))
        try Data("not a database at all, whatever its name says, and long enough to be one".utf8)
            .write(to: database)
        #expect(try coldwave("status").errors.contains("not a Coldwave library"))
        let file = try Command(library: listens)("import", listens.path)
        #expect(file.status == 1 && file.errors.contains("it is a file"))
    }

    @Test func wrongUsageAndHelp() throws {
        let coldwave = Command(
            library: FileManager.default.temporaryDirectory.appendingPathComponent("none"))
        #expect(try coldwave("recommend").status == 64)
        #expect(try coldwave("scan", "/no/such/folder").status == 1)
        let help = try coldwave("--help").text
        for name in [
            "scan", "import", "factorize", "train", "predict", "build", "recommend", "similar",
            "playlist", "evaluate", "map", "status", "doctor", "demo", "lab",
        ] {
            #expect(help.contains(name))
        }
        #expect(try coldwave("doctor", "--json").json()["libtorch"] as? String != nil)
    }

    @Test func labWorksOnPlainArrays() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coldwave-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let coldwave = Command(library: folder.appendingPathComponent("none"))
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let samples = (0..<22050).map { Float(sin(Double($0) * 0.1)) }
        try ArrayFile.write(samples, to: folder.appendingPathComponent("samples.npy"))
        #expect(
            try coldwave(
                "lab", "mel", "--samples", path("samples.npy"), path("mel.npy"), "--hop", "110"
            ).status == 0)
        let mel = try ArrayFile.readMatrix(folder.appendingPathComponent("mel.npy"))
        #expect(mel.rows == 201 && mel.columns == 128)

        try Data("a\tx\t2\na\ty\t1\nb\ty\t4\n".utf8).write(
            to: folder.appendingPathComponent("t.tsv"))
        let report = try coldwave(
            "lab", "factorize", path("t.tsv"), path("out"), "--dimensions", "3", "--json"
        ).json()
        #expect(report["interactions"] as? Int == 3)
        #expect(
            try ArrayFile.readMatrix(folder.appendingPathComponent("out/songs.npy")).columns == 3)
        #expect(try String(contentsOfFile: path("out/songs.txt"), encoding: .utf8) == "x\ny\n")

        let mels = folder.appendingPathComponent("mels")
        try FileManager.default.createDirectory(at: mels, withIntermediateDirectories: true)
        for i in 0..<20 {
            let name = String(format: "%05d.npy", i)
            try ArrayFile.write(
                Matrix(rows: 620, columns: 128, repeating: Float(i % 2)),
                to: mels.appendingPathComponent(name))
        }
        let targets = Matrix(
            rows: 20, columns: 40, storage: (0..<800).map { Float($0 / 40 % 2 == $0 % 2 ? 1 : 0) })
        try ArrayFile.write(targets, to: folder.appendingPathComponent("targets.npy"))
        let train = try coldwave(
            "lab", "train", mels.path, path("targets.npy"), path("m.safetensors"), "--epochs", "1",
            "--json")
        #expect(train.status == 0, "\(train.errors)")
        #expect(FileManager.default.fileExists(atPath: path("losses.csv")))
        #expect(
            try coldwave("lab", "predict", path("m.safetensors"), mels.path, path("p.npy")).status
                == 0)
        let map = try coldwave(
            "lab", "tsne", path("targets.npy"), path("map.npy"), "--perplexity", "5", "--json")
        #expect(try map.json()["n"] as? Int == 20)
        #expect(
            try ArrayFile.readMatrix(folder.appendingPathComponent("map.npy")).columns == 2)
        let refused = try coldwave("lab", "tsne", path("targets.npy"), path("map.npy"))
        #expect(refused.status == 1 && refused.errors.contains("a perplexity of at most"))

        let places = try ArrayFile.readMatrix(folder.appendingPathComponent("p.npy"))
        #expect(places.rows == 20 && places.columns == 40 && places.isFinite)
    }
}
