import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import ColdwaveServer
@testable import Library

/// A server that was started before there is anything: it says what to do next, and sees it done without a restart.
@Suite struct EmptyLibraryTests {
    private func status(_ client: any TestClientProtocol, _ path: String) async throws -> (
        HTTPResponse.Status, String?
    ) {
        let reply = try await client.ask(.get, path)
        return (reply.status, try? Reply(reply.body)["error"]["next"].text)
    }

    private static let lists = [
        "radio", "tracks/1/similar", "path?from=1&to=2", "listeners/l0/recommendations",
        "listeners/l0/daily", "listeners/l0/weekly", "map", "map/data", "map/lit?listener=l0",
    ]

    @Test func emptyThenBuilt() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = ServerConfiguration(library: LibraryLocation(root: folder))
        configuration.isOpen = true
        configuration.limits.pollSeconds = 0.05
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try Server(configuration, logger: logger)
        try await server.application().test(.router) { client in
            for path in [
                "status", "tracks", "listeners", "playlists", "jobs", "training", "failures",
            ] {
                #expect(try await client.ask(.get, path).status == .ok, "\(path)")
            }
            #expect(try await client.execute(uri: "/readyz", method: .get).status == .ok)
            for path in Self.lists + ["filters", "filters/picture"] {
                let (status, _) = try await status(client, path)
                #expect([.notFound, .conflict].contains(status), "\(path): \(status)")
            }
            for path in ["map", "radio"] {
                #expect(try await status(client, path).1?.contains("coldwave") == true, "\(path)")
            }
            // Players get empty lists.
            let player = TestPlayer(client: client)
            for name in [
                "getArtists", "getIndexes", "getAlbumList2&type=newest", "getRandomSongs",
                "getPlaylists", "getStarred2", "getGenres", "getTopSongs&artist=x", "getScanStatus",
            ] {
                let parts = name.split(separator: "&", maxSplits: 1).map(String.init)
                #expect(
                    try await player.code(parts[0], parts.count > 1 ? parts[1] : "") == nil,
                    "\(name)")
            }
        }
    }

    /// Between `factorize` and `predict`: no list, but the way on; then the lists.
    @Test func factorsWithoutPredictions() async throws {
        let library = try ServedLibrary()
        try await library.catalogue.database.write {
            try $0.execute(sql: "DELETE FROM stageRun WHERE stage = 'predict'")
        }
        let server = try library.server()
        try await server.application().test(.router) { client in
            for path in Self.lists {
                let (status, next) = try await status(client, path)
                #expect([.notFound, .conflict].contains(status), "\(path): \(status)")
                if path != "map/lit?listener=l0" {
                    #expect(next?.contains("coldwave") == true, "\(path): \(next ?? "")")
                }
            }
            try library.build()
            await server.parts.library.refresh()
            let reply = try await client.ask(.get, "listeners/l0/recommendations")
            #expect(reply.status == .ok)
        }
    }
}
