import CollaborativeFiltering
import Foundation
import Hummingbird
import HummingbirdTesting
import ListeningHistory
import Logging
import Matrices
import Testing

@testable import ColdwaveServer
@testable import Library

/// A built library for players, without training: 30 songs by ten artists in three styles, their files (whose bytes are no
/// music), and eighteen listeners who each keep to one style. Song s is of style s % 3, by artist s % 10; the last five have no
/// plays.
final class SubsonicLibrary: Sendable {
    let folder: URL
    let music: URL
    let catalogue: Catalogue
    static let songs = 30
    static let played = 25

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("coldwave-players-\(UUID().uuidString)")
        music = folder.appendingPathComponent("music")
        try FileManager.default.createDirectory(at: music, withIntermediateDirectories: true)
        let location = LibraryLocation(root: folder.appendingPathComponent("library"))
        catalogue = try Catalogue(location, create: true)
        for s in 0..<Self.songs { try Self.bytes(s).write(to: file(s)) }
        try catalogue.database.write { database in
            try database.execute(
                sql: "INSERT INTO root VALUES (?)", arguments: [self.music.path])
            for s in 0..<Self.songs {
                var track = self.track(s)
                try track.insert(database)
            }
            try database.execute(sql: "UPDATE revision SET value = 1 WHERE name = 'tracks'")
        }
        var listens: [NewListen] = []
        for listener in 0..<18 {
            for s in 0..<Self.played where s % 3 == listener % 3 && (s + listener) % 5 != 0 {
                for play in 0...(s + listener) % 4 {
                    listens.append(
                        NewListen(
                            listener: "l\(listener)", time: 1_600_000_000 + Int64(1000 * s + play),
                            reference: track(s).reference, trackID: Int64(s + 1)))
                }
            }
        }
        try catalogue.add(listens)
        try build()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func bytes(_ s: Int) -> Data { Data((0..<5000).map { UInt8(($0 * 7 + s) % 251) }) }
    func file(_ s: Int) -> URL { music.appendingPathComponent("\(s).flac") }

    private func track(_ s: Int) -> Track {
        let artist = "Artist \(s % 10)"
        var track = Track(
            path: file(s).path, relativePath: "\(s).flac", stem: "\(s)", size: 5000,
            modified: 1_700_000_000 + Double(s), contentHash: "hash \(s)", title: "Song & \(s)",
            artist: artist, genres: ["rock", "jazz; blues", "folk"][s % 3],
            matchKey: MatchKey.normalize(artist: artist, title: "Song & \(s)"), codec: "flac",
            channels: 2, sampleRate: 44100, durationSeconds: Double(100 + 10 * s),
            excerptStartSeconds: 0, shard: 0, shardOffset: 0, frames: 600, padded: false,
            warnings: "", missing: false, artistMBIDs: "", hasCover: false, excerpt: "30",
            audibleShare: 1, kind: .song, recording: "hash \(s)", compared: true)
        track.album = "The Album \(s % 10)"
        track.year = 1970 + s
        track.trackNumber = 1 + s / 10
        if s == 0 { track.recordingMBID = "11111111-2222-3333-4444-555555555555" }
        return track
    }

    /// Factorises, and writes predictions as a network might give them: songs with plays where these put them, those without
    /// beside their style's others.
    private func build() throws {
        var settings = FactorizationConfiguration.catalogue
        settings.dimensions = 8
        settings.regularization = 1
        _ = try FactorizeStage(
            catalogue, settings: FactorizeSettings(settings, automatic: []),
            context: StageContext(threads: 1)
        ).run()
        let factors = try catalogue.storedFactors(for: "test")
        let row = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        let tracks = try catalogue.tracks()
        var blended = Matrix(rows: tracks.count, columns: 8)
        for (i, track) in tracks.enumerated() {
            let near = row[.track(track.id ?? 0)] ?? row[.track(Int64(1 + i % 3 + 3 * (i % 4)))]
            guard let near else { continue }
            // No two songs lie at one point.
            let values = factors.factors.songs.row(near).enumerated().map {
                $1 + 0.001 * Float((i * ($0 + 3)) % 7)
            }
            blended.setRow(i, to: values)
        }
        let manifest = Manifest(
            stage: StageName.predict.rawValue, inputDigest: "test",
            inputs: ["factorize": factors.run, "train": "none"], configuration: "{}", metrics: [:],
            created: isoNow(), seconds: 0)
        _ = try catalogue.finishRun(.predictions, manifest: manifest) { folder in
            for name in ["songs", "blended"] {
                try ArrayFile.write(blended, to: folder.appendingPathComponent("\(name).npy"))
            }
            try LineFile.write(
                tracks.map { String($0.id ?? 0) }, to: folder.appendingPathComponent("songs.txt"))
            try LineFile.write(
                tracks.map(\.contentHash), to: folder.appendingPathComponent("sounds.txt"))
        }
    }

    func server(isOpen: Bool = true) throws -> Server {
        var configuration = ServerConfiguration(library: catalogue.location)
        configuration.isOpen = isOpen
        configuration.port = 0
        // Its handler keeps what is added to it, of which the requests' ids are a part.
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return try Server(configuration, logger: logger)
    }
}

/// A player at the server's router.
struct TestPlayer {
    let client: any TestClientProtocol
    /// Who logs in, as the query's beginning.
    var login = "u=l0&p=x"

    typealias Members = [String: Any]

    func raw(
        _ name: String, _ query: String = "", method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestResponse {
        let full = [login, query, "c=test", "v=1.16.1"].filter { !$0.isEmpty }.joined(
            separator: "&")
        return try await client.execute(
            uri: "/rest/\(name)?\(full)", method: method, headers: headers,
            body: body.map { ByteBuffer(string: $0) })
    }

    /// What lies within `subsonic-response`; every form of the answer must say the same.
    func get(_ name: String, _ query: String = "") async throws -> Members {
        let answer = try await json(name, query)
        let response = try await raw(name, query)
        #expect(response.headers[.contentType]?.hasPrefix("application/xml") == true)
        let root = try #require(XMLTree.parse(String(buffer: response.body)))
        #expect(root.name == "subsonic-response")
        // Lists at random have other songs every time, and clocks go on.
        if !["getRandomSongs", "getNowPlaying"].contains(name) {
            XMLTree.compare(root, answer, at: name)
        }
        return answer
    }

    func json(_ name: String, _ query: String = "") async throws -> Members {
        let response = try await raw(
            name, [query, "f=json"].filter { !$0.isEmpty }.joined(separator: "&"))
        #expect(response.status == .ok)
        let whole = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        let answer = try #require((whole as? Members)?["subsonic-response"] as? Members)
        #expect(answer["openSubsonic"] as? Bool == true)
        #expect(answer["type"] as? String == "coldwave")
        return answer
    }

    /// The code of a failure; nil for success.
    func code(_ name: String, _ query: String = "") async throws -> Int? {
        let answer = try await get(name, query)
        guard answer["status"] as? String == "failed" else { return nil }
        return (answer["error"] as? Members)?["code"] as? Int
    }

    /// Ids of the songs in a list such as `playlist.entry`.
    func ids(_ name: String, _ query: String, _ path: String...) async throws -> [String] {
        var value: Any? = try await json(name, query)
        for member in path { value = (value as? Members)?[member] }
        return (value as? [Members] ?? []).compactMap { $0["id"] as? String }
    }
}
