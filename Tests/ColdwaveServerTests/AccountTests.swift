import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer

@Suite struct AccountTests {
    let library: ServedLibrary
    let server: Server
    static let login = #"{"name":"root","password":"correct horse"}"#

    init() throws {
        library = try ServedLibrary()
        server = try library.server(open: false)
    }

    /// The administrator's cookie.
    private func setUp(_ client: some TestClientProtocol) async throws -> HTTPFields {
        let reply = try await client.ask(.post, "setup", Self.login)
        #expect(reply.status == .ok)
        let cookie = try #require(reply.headers[.setCookie])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        return [.cookie: String(cookie.prefix { $0 != ";" }), .coldwave: "1"]
    }

    @Test func nothingGoesWithoutAnAccount() async throws {
        try await server.application().test(.router) { client in
            #expect(try Reply(try await client.ask(.get, "session").body)["firstRun"].bool == true)
            for endpoint in API(server.parts).endpoints where endpoint.access != .everyone {
                let path = endpoint.path.replacingOccurrences(
                    of: #"\{[a-z]+\}"#, with: "1", options: .regularExpression)
                let reply = try await client.ask(
                    endpoint.method, path, endpoint.body == nil ? nil : "{}")
                #expect(reply.status == .unauthorized, "\(endpoint.method) \(path)")
            }
        }
    }

    @Test func theFirstAccountIsMadeOnce() async throws {
        try await server.application().test(.router) { client in
            let weak = try await client.ask(.post, "setup", #"{"name":"root","password":"short"}"#)
            #expect(weak.status == .unprocessableContent)
            let cookie = try await setUp(client)
            let session = try Reply(
                try await client.ask(.get, "session", headers: cookie).body)
            #expect(session["user"]["role"].text == "admin" && session["firstRun"].bool == false)
            #expect(try await client.ask(.post, "setup", Self.login).status == .conflict)
            #expect(
                try await client.ask(.delete, "users/root", headers: cookie).status == .conflict)
            #expect(
                try await client.ask(.delete, "session", headers: cookie).status == .noContent)
            #expect(
                try await client.ask(.get, "tracks", headers: cookie).status == .unauthorized)
            #expect(try await client.ask(.post, "session", Self.login).status == .ok)
        }
    }

    /// Somebody who reaches the server before its owner does needs the code that only the owner sees.
    @Test func setupFromAfarTakesTheCode() async throws {
        let away: HTTPFields = [.forwardedFor: "203.0.113.7"]
        try await server.application().test(.router) { client in
            let without = try await client.ask(.post, "setup", Self.login, headers: away)
            #expect(without.status == .forbidden)
            let code = server.parts.setupCode
            let body = "{\"name\":\"root\",\"password\":\"correct horse\",\"code\":\"\(code)\"}"
            #expect(try await client.ask(.post, "setup", body, headers: away).status == .ok)
        }
    }

    @Test func cookiesNeedTheHeaderToChangeAnything() async throws {
        try await server.application().test(.router) { client in
            var cookie = try await setUp(client)
            let body = #"{"title":"mine","tracks":[1]}"#
            cookie[.coldwave] = nil
            #expect(
                try await client.ask(.post, "playlists", body, headers: cookie).status == .forbidden
            )
            cookie[.coldwave] = "1"
            cookie[.origin] = "http://evil.example"
            #expect(
                try await client.ask(.post, "playlists", body, headers: cookie).status == .forbidden
            )
            cookie[.origin] = nil
            #expect(
                try await client.ask(.post, "playlists", body, headers: cookie).status == .created)
        }
    }

    @Test func listenersSeeTheirOwnOnly() async throws {
        try await server.application().test(.router) { client in
            let admin = try await setUp(client)
            let made = try await client.ask(
                .post, "users",
                #"{"name":"kim","password":"kim kim kim","role":"listener","listener":"l1"}"#,
                headers: admin)
            #expect(made.status == .created)
            let reply = try await client.ask(
                .post, "users/kim/keys", #"{"label":"phone"}"#, headers: admin)
            let key = try #require(try Reply(reply.body)["key"].text)
            let kim: HTTPFields = [.authorization: "Bearer \(key)"]
            #expect(
                try await client.ask(.get, "listeners/l1/recommendations", headers: kim).status
                    == .ok)
            for path in [
                "listeners/l2/recommendations", "listeners/l2/history", "listeners/l2/feedback",
                "map/lit?listener=l2", "radio?listener=l2", "users", "users/root/keys", "jobs",
                "failures", "users/root/player-password",
            ] {
                let status = try await client.ask(.get, path, headers: kim).status
                #expect(status == .forbidden, "\(path)")
            }
            let listeners = try Reply(try await client.ask(.get, "listeners", headers: kim).body)
            #expect(listeners["listeners"].list.map { $0["name"].text } == ["l1"])
            let tracks = try Reply(try await client.ask(.get, "tracks", headers: kim).body)
            #expect(tracks["tracks"][0]["path"].isNull)
            let status = try Reply(try await client.ask(.get, "status", headers: kim).body)
            #expect(status["roots"].list.isEmpty && status["library"].text == "")
            // A key that was taken back opens nothing.
            let keys = try Reply(try await client.ask(.get, "users/kim/keys", headers: kim).body)
            let id = try #require(keys["keys"][0]["id"].int)
            #expect(keys["keys"][0]["key"].isNull)
            _ = try await client.ask(.delete, "users/kim/keys/\(id)", headers: kim)
            #expect(try await client.ask(.get, "tracks", headers: kim).status == .unauthorized)
        }
    }

    @Test func guessingIsSlow() async throws {
        let server = try library.server(open: false) { $0.limits.failedLogins = 3 }
        try await server.application().test(.router) { client in
            _ = try await setUp(client)
            let wrong = #"{"name":"root","password":"wrong wrong"}"#
            for _ in 0..<3 {
                #expect(try await client.ask(.post, "session", wrong).status == .unauthorized)
            }
            let reply = try await client.ask(.post, "session", Self.login)
            #expect(reply.status == .tooManyRequests)
            #expect(reply.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
            // From elsewhere the owner still gets in.
            let away: HTTPFields = [.forwardedFor: "203.0.113.7"]
            #expect(
                try await client.ask(.post, "session", Self.login, headers: away).status == .ok)
        }
    }

    @Test func secretsAreKeptAsHashesInPrivateFiles() async throws {
        try await server.application().test(.router) { client in
            let admin = try await setUp(client)
            let reply = try await client.ask(
                .post, "users/root/keys", #"{"label":"x"}"#, headers: admin)
            let key = try #require(try Reply(reply.body)["key"].text)
            let player = try #require(try await server.parts.accounts.playerPassword(of: "root"))
            #expect(player.count > 40)
            let session = try #require(admin[.cookie]?.split(separator: "=").last)
            for name in ["server.sqlite", "server.sqlite-wal", "server.key"] {
                let file = library.location.root.appendingPathComponent(name)
                let data = try Data(contentsOf: file)
                for secret in ["correct horse", key, player, String(session)] {
                    #expect(data.range(of: Data(secret.utf8)) == nil)
                }
                let mode = try FileManager.default.attributesOfItem(atPath: file.path)[
                    .posixPermissions]
                #expect((mode as? NSNumber)?.intValue == 0o600, "\(name)")
            }
        }
    }

    @Test func scryptKnowsItsPasswords() throws {
        let kept = try PasswordHash.make("pässword", rounds: 1 << 10)
        #expect(PasswordHash.matches("pa\u{308}ssword", kept))
        #expect(!PasswordHash.matches("passWord", kept))
        #expect(!PasswordHash.matches("pässword", "scrypt$1024$8"))
        #expect(try PasswordHash.make("pässword", rounds: 1 << 10) != kept)
    }
}
