import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer
@testable import Library

@Suite struct APITests {
    let library: ServedLibrary
    let server: Server

    init() throws {
        library = try ServedLibrary()
        server = try library.server()
    }

    /// The document has what the router has, and the other way round.
    @Test func documentAndRoutesAgree() async throws {
        let prefix = "/api/v1/"
        let router = server.router()
        let methods = ["GET", "POST", "PUT", "DELETE"]
        let allowed = Set(API(server.parts).endpoints.map { "\($0.method.rawValue) \($0.path)" })
        let routed = Set(
            router.routes.map { (method: $0.method.rawValue, path: $0.path.description) }
                .filter { $0.path.hasPrefix(prefix) && methods.contains($0.method) }
                .map { route in
                    let path = route.path.dropFirst(prefix.count).split(separator: "/").map {
                        $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0)
                    }.joined(separator: "/")
                    return "\(route.method) \(path)"
                })
        try await server.application().test(.router) { client in
            let reply = try await client.ask(.get, "openapi.json")
            let paths = try Reply(reply.body)["paths"]
            var told: Set<String> = []
            for path in paths.keys {
                for method in paths[path].keys {
                    told.insert("\(method.uppercased()) \(path.dropFirst())")
                }
            }
            #expect(told == allowed)
            #expect(told.isSubset(of: routed))
            // What else is routed there only says that it is not allowed.
            for other in routed.subtracting(told) {
                let parts = other.split(separator: " ")
                let path = parts[1].replacingOccurrences(
                    of: #"\{[a-z]+\}"#, with: "1", options: .regularExpression)
                let method = try #require(HTTPRequest.Method(String(parts[0])))
                let answer = try await client.ask(method, path)
                #expect(answer.status == .methodNotAllowed, "\(other)")
            }
        }
    }

    @Test func listsAreThoseOfTheRecommender() async throws {
        let recommender = try Recommender(library.catalogue)
        var request = RecommendationRequest()
        request.count = 4
        let own = try recommender.recommend("l0", request)
        try await server.application().test(.router) { client in
            let reply = try await client.ask(.get, "listeners/l0/recommendations?count=4")
            #expect(reply.status == .ok)
            let list = try Reply(reply.body)["suggestions"].list
            #expect(list.compactMap { $0["track"]["id"].int } == own.map { Int($0.track.id) })
            #expect(list[0]["track"]["genres"][0].text == "rock")
            #expect(list[0]["track"]["path"].text?.hasPrefix(library.music.path) == true)
            let new = try await client.ask(.get, "listeners/l0/recommendations?new=true")
            let songs = try Reply(new.body)["suggestions"].list
            #expect(!songs.isEmpty && songs.allSatisfy { $0["track"]["plays"].int == 0 })
            let unknown = try await client.ask(.get, "listeners/nobody/recommendations")
            #expect(unknown.status == .notFound)
            #expect(try Reply(unknown.body)["error"]["code"].text == "notFound")
        }
    }

    @Test func tracksAreFoundSortedAndPaged() async throws {
        try await server.application().test(.router) { client in
            let all = try Reply(try await client.ask(.get, "tracks?limit=5").body)
            #expect(all["total"].int == ServedLibrary.songs && all["tracks"].list.count == 5)
            #expect(all["tracks"][0]["artist"].text == "Artist 0")
            let found = try Reply(try await client.ask(.get, "tracks?query=song+7%20artist").body)
            #expect(found["tracks"].list.map { $0["title"].text } == ["Song 7"])
            // A sign that SQL's LIKE knows is only a sign.
            let none = try Reply(try await client.ask(.get, "tracks?query=%25").body)
            #expect(none["total"].int == 0)
            let id = try #require(found["tracks"][0]["id"].int)
            let one = try Reply(try await client.ask(.get, "tracks/\(id)").body)
            #expect(one["codec"].text == "flac" && one["factors"]["fromSound"].list.count == 4)
            let near = try Reply(try await client.ask(.get, "tracks/\(id)/similar?count=3").body)
            #expect(near["suggestions"].list.count == 3)
            let picture = try await client.ask(.get, "tracks/\(id)/spectrogram")
            #expect(picture.headers[.contentType] == "image/png")
            #expect(Array(picture.body.readableBytesView.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
        }
    }

    @Test func radioCarriesOnWithoutRepeating() async throws {
        try await server.application().test(.router) { client in
            var played: [Int] = []
            for _ in 0..<3 {
                let skip = played.map(String.init).joined(separator: ",")
                let reply = try await client.ask(
                    .get, "radio?track=1&count=3&seed=4&skip=\(skip)")
                played += try Reply(reply.body)["tracks"].list.compactMap { $0["id"].int }
            }
            #expect(played.count == 9 && Set(played).count == 9)
            let way = try Reply(try await client.ask(.get, "path?from=1&to=2&count=4").body)
            #expect(way["tracks"][0]["id"].int == 1)
            #expect(way["tracks"].list.last?["id"].int == 2)
            let anywhere = try Reply(try await client.ask(.get, "radio?count=2&seed=1").body)
            #expect(anywhere["tracks"].list.count == 2)
        }
    }

    @Test(arguments: [
        "tracks?limit=0", "tracks?limit=ten", "tracks?sort=mood", "tracks/x", "path?from=1",
        "listeners/l0/recommendations?discovery=2", "listeners/l0/recommendations?new=maybe",
        "radio?track=1&skip=1;2",
    ]) func wrongParametersAreNamed(path: String) async throws {
        try await server.application().test(.router) { client in
            let reply = try await client.ask(.get, path)
            #expect(reply.status == .badRequest)
            #expect(try Reply(reply.body)["error"]["code"].text == "badRequest")
        }
    }

    @Test func headersKeepBrowsersCareful() async throws {
        try await server.application().test(.router) { client in
            for uri in ["/", "/api/v1/tracks", "/nothing/here"] {
                let reply = try await client.execute(uri: uri, method: .get)
                let policy = try #require(reply.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(reply.headers[.requestID]?.isEmpty == false)
            }
            let missing = try await client.execute(uri: "/nothing/here", method: .get)
            #expect(missing.status == .notFound)
            let long = try await client.ask(
                .get, "tracks?query=\(String(repeating: "a", count: 9000))")
            #expect(long.status == .uriTooLong)
            let large = try await client.ask(
                .post, "playlists", "{\"title\":\"\(String(repeating: "a", count: 2 << 20))\"}")
            #expect(large.status == .contentTooLarge)
        }
    }

    @Test func aPathPrefixIsBeforeEverything() async throws {
        let server = try library.server { $0.pathPrefix = "music/" }
        try await server.application().test(.router) { client in
            for (uri, status) in [
                ("/music/healthz", HTTPResponse.Status.ok), ("/music/api/v1/tracks", .ok),
                ("/music/", .ok), ("/api/v1/tracks", .notFound),
            ] {
                let reply = try await client.execute(uri: uri, method: .get)
                #expect(reply.status == status, "\(uri)")
            }
        }
        #expect(throws: ServerError.self) { try library.server { $0.pathPrefix = "/a b" } }
        #expect(throws: ServerError.openBeyondLoopback(host: "0.0.0.0")) {
            try library.server { $0.host = "0.0.0.0" }
        }
    }

    @Test func metricsCountRequests() async throws {
        try await server.application().test(.router) { client in
            _ = try await client.ask(.get, "tracks/1")
            _ = try await client.ask(.get, "tracks/2")
            let reply = try await client.execute(uri: "/metrics", method: .get)
            let text = String(buffer: reply.body)
            #expect(
                text.contains(
                    "coldwave_http_requests_total{method=\"GET\",route=\"/api/v1/tracks/{id}\",status=\"200\"} 2"
                ))
            #expect(try await client.execute(uri: "/readyz", method: .get).status == .ok)
        }
    }

    @Test func theMapIsSentAsArrays() async throws {
        _ = try MapStage(library.catalogue, context: StageContext(threads: 1)).run()
        await server.parts.library.refresh()
        try await server.application().test(.router) { client in
            let about = try Reply(try await client.ask(.get, "map").body)
            #expect(about["songs"].int == ServedLibrary.songs)
            var data = try await client.ask(.get, "map/data").body
            let magic = data.readString(length: 4)
            #expect(magic == "CWM1")
            let length = data.readInteger(endianness: .little, as: UInt32.self)
            let n = Int(try #require(length))
            #expect(n == ServedLibrary.songs && data.readableBytes == n * 24)
            for _ in 0..<2 * n {
                let value = data.readInteger(endianness: .little, as: UInt32.self)
                let bits = try #require(value)
                #expect((0...1).contains(Float(bitPattern: bits)))
            }
            let ids = (0..<n).compactMap { _ in
                data.readInteger(endianness: .little, as: UInt32.self)
            }
            #expect(Set(ids).count == n)
            let lit = try Reply(try await client.ask(.get, "map/lit?listener=l0").body)
            #expect(!lit["played"].list.isEmpty && !lit["recommended"].list.isEmpty)
        }
    }

    @Test func newArtefactsArePickedUp() async throws {
        let before = server.parts.library.current
        let stream = server.parts.events.subscribe()
        try await Task.sleep(for: .seconds(1.1))
        try library.build()
        await server.parts.library.refresh()
        let after = server.parts.library.current
        #expect(after.version.runs["predict"] != before.version.runs["predict"])
        // Who began with the old one still has it.
        #expect(before.recommender != nil)
        server.parts.events.close()
        var stages: [String] = []
        for await event in stream {
            if case .artefacts(let stage, _) = event { stages.append(stage) }
        }
        #expect(stages == ["factorize", "predict"])
    }
}
