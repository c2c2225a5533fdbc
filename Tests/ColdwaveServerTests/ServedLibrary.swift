import AudioFeatures
import CollaborativeFiltering
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Matrices

@testable import ColdwaveServer
@testable import Library

/// A small library with real files that were really scanned, listeners in two styles, and predictions as a network might give them.
final class ServedLibrary: Sendable {
    let folder: URL
    let catalogue: Catalogue
    static let songs = 12

    var location: LibraryLocation { catalogue.location }
    var music: URL { folder.appendingPathComponent("music") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
            .resolvingSymlinksInPath()
        catalogue = try Catalogue(
            LibraryLocation(root: folder.appendingPathComponent("library")), create: true)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("music"), withIntermediateDirectories: true)
        for song in 0..<Self.songs {
            var tags = AudioTags()
            tags.title = "Song \(song)"
            tags.artists = ["Artist \(song % 6)"]
            tags.album = "Album \(song % 6)"
            tags.genres = [song % 2 == 0 ? "rock" : "jazz"]
            tags.year = 1990 + song
            let samples = (0..<22050 * 4).map { i in
                0.5 * sin(Float(i) * (0.02 + 0.01 * Float(song))) * Float((i / 2000) % 2)
            }
            try AudioFileWriter.write(
                samples: samples, sampleRate: 22050, tags: tags,
                to: folder.appendingPathComponent("music/\(song).flac").path)
        }
        let context = StageContext(threads: 1)
        _ = try ScanStage(catalogue, context: context).run(paths: [music.path])
        var lines = ["user,artist,title,count"]
        for listener in 0..<10 {
            // The last two songs have no plays.
            for s in 0..<Self.songs - 2 where s % 2 == listener % 2 && (s + listener) % 5 != 0 {
                lines.append("l\(listener),Artist \(s % 6),Song \(s),\(1 + (s + listener) % 4)")
            }
        }
        let file = folder.appendingPathComponent("history.csv")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        _ = try ImportStage(catalogue, context: context).run(file: file)
        try build()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Factorises, and writes predictions: songs with plays where these put them, the others beside one of their style.
    func build() throws {
        var settings = FactorizationConfiguration.catalogue
        settings.dimensions = 4
        settings.regularization = 1
        _ = try FactorizeStage(
            catalogue, settings: FactorizeSettings(settings, automatic: []),
            context: StageContext(threads: 1)
        ).run()
        let factors = try catalogue.storedFactors(for: "test")
        let row = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        let tracks = try catalogue.tracks()
        var blended = Matrix(rows: tracks.count, columns: 4)
        for (i, track) in tracks.enumerated() {
            let alike = tracks.first { $0.genres == track.genres }?.id ?? 0
            guard let near = row[.track(track.id ?? 0)] ?? row[.track(alike)] else { continue }
            blended.setRow(
                i,
                to: factors.factors.songs.row(near).enumerated().map {
                    $1 + 0.001 * Float((i * ($0 + 3)) % 7)
                })
        }
        let manifest = Manifest(
            stage: StageName.predict.rawValue, inputDigest: "test",
            inputs: ["factorize": factors.run, "train": "none"], configuration: "{}", metrics: [:],
            created: isoNow(), seconds: 0)
        _ = try catalogue.finishRun(.predictions, manifest: manifest) { folder in
            for (name, matrix) in [("songs", blended), ("blended", blended), ("plays", blended)] {
                try ArrayFile.write(matrix, to: folder.appendingPathComponent("\(name).npy"))
            }
            try LineFile.write(
                tracks.map { String($0.id ?? 0) }, to: folder.appendingPathComponent("songs.txt"))
            try LineFile.write(
                tracks.map(\.contentHash), to: folder.appendingPathComponent("sounds.txt"))
        }
    }

    func server(
        open: Bool = true, _ change: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> Server {
        var configuration = ServerConfiguration(library: location)
        configuration.isOpen = open
        configuration.port = 0
        configuration.limits.passwordRounds = 1 << 10
        configuration.limits.pollSeconds = 0.05
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try Server(configuration, logger: logger)
    }
}

/// A JSON document that tests look into.
struct Reply {
    let value: Any
    init(_ body: ByteBuffer) throws {
        value = try JSONSerialization.jsonObject(
            with: Data(body.readableBytesView), options: .fragmentsAllowed)
    }
    private init(_ value: Any) { self.value = value }
    subscript(_ name: String) -> Reply { Reply((value as? [String: Any])?[name] ?? NSNull()) }
    subscript(_ index: Int) -> Reply {
        let all = value as? [Any] ?? []
        return Reply(all.indices.contains(index) ? all[index] : NSNull())
    }
    var text: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var bool: Bool? { (value as? NSNumber)?.boolValue }
    var list: [Reply] { (value as? [Any] ?? []).map(Reply.init) }
    var isNull: Bool { value is NSNull }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
}

extension TestClientProtocol {
    /// A request with a JSON body, and what came back.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        return try await execute(
            uri: "/api/v1/" + path, method: method, headers: headers,
            body: body.map { ByteBuffer(string: $0) })
    }
}
