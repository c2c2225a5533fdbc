import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer
@testable import Library

/// A scrobbler at the server's router.
private struct Scrobbler {
    let client: any TestClientProtocol
    var token: String? = "l0"

    func send(_ path: String, _ body: String? = nil) async throws -> (
        status: Int, json: [String: Any]
    ) {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Token \(token)" }
        let response = try await client.execute(
            uri: "/1/\(path)", method: body == nil ? .get : .post, headers: headers,
            body: body.map { ByteBuffer(string: $0) })
        let json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        return (response.status.code, try #require(json as? [String: Any]))
    }

    /// The status of a submission.
    func submit(_ kind: String, _ listens: String...) async throws -> Int {
        let answer = try await send(
            "submit-listens",
            "{\"listen_type\":\"\(kind)\",\"payload\":[\(listens.joined(separator: ","))]}")
        if answer.status == 200 {
            #expect(answer.json["status"] as? String == "ok")
        } else {
            #expect(answer.json["code"] as? Int == answer.status)
            #expect((answer.json["error"] as? String)?.isEmpty == false)
        }
        return answer.status
    }

    func payload(_ path: String) async throws -> [String: Any] {
        let answer = try await send(path)
        #expect(answer.status == 200)
        return try #require(answer.json["payload"] as? [String: Any])
    }

    func times(_ path: String) async throws -> [Int] {
        let listens = try await payload(path)["listens"] as? [[String: Any]]
        return (listens ?? []).compactMap { $0["listened_at"] as? Int }
    }
}

private func listen(_ song: Int, at time: Int?, more: String = "{}") -> String {
    (time.map { "{\"listened_at\":\($0)," } ?? "{")
        + "\"track_metadata\":{\"artist_name\":\"Artist \(song % 10)\",\"track_name\":\"Song & \(song)\","
        + "\"release_name\":\"x\",\"additional_info\":\(more)}}"
}

@Suite struct ListenBrainzTests {
    @Test func listensComeBack() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let scrobbler = Scrobbler(client: client, token: "newcomer")
            let validity = try await scrobbler.send("validate-token").json
            #expect(validity["valid"] as? Bool == true)
            #expect(validity["user_name"] as? String == "newcomer")
            #expect(try await scrobbler.submit("single", listen(3, at: 1_700_000_000)) == 200)
            #expect(
                try await scrobbler.submit(
                    "import", listen(6, at: 1_700_000_300), listen(9, at: 1_700_000_600),
                    listen(99, at: 1_700_000_900)) == 200)
            // The same listen again is one.
            #expect(try await scrobbler.submit("single", listen(3, at: 1_700_000_000)) == 200)
            #expect(
                try await scrobbler.payload("user/newcomer/listen-count")["count"] as? Int == 4)
            #expect(
                try await scrobbler.times("user/newcomer/listens") == [
                    1_700_000_900, 1_700_000_600, 1_700_000_300, 1_700_000_000,
                ])
            #expect(
                try await scrobbler.times("user/newcomer/listens?max_ts=1700000600&count=1")
                    == [1_700_000_300])
            #expect(
                try await scrobbler.times("user/newcomer/listens?min_ts=1700000000&count=2")
                    == [1_700_000_600, 1_700_000_300])
            let page = try await scrobbler.payload("user/newcomer/listens")
            #expect(page["latest_listen_ts"] as? Int == 1_700_000_900)
            #expect(page["oldest_listen_ts"] as? Int == 1_700_000_000)
            // Known songs are the library's: its artists play in the lists at once.
            let player = TestPlayer(client: client, login: "u=newcomer&p=x")
            let list = try await player.ids(
                "getPlaylist", "id=coldwave-weekly", "playlist", "entry")
            #expect(!list.isEmpty && list.allSatisfy { !["tr-4", "tr-7", "tr-10"].contains($0) })
            #expect(
                try library.catalogue.playSummary(of: "newcomer")["hash 3"]
                    == PlaySummary(count: 1, last: 1_700_000_000))
        }
    }

    @Test func playingNow() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let scrobbler = Scrobbler(client: client)
            #expect(try await scrobbler.payload("user/l0/playing-now")["count"] as? Int == 0)
            #expect(try await scrobbler.submit("playing_now", listen(3, at: nil)) == 200)
            let payload = try await scrobbler.payload("user/l0/playing-now")
            #expect(payload["count"] as? Int == 1 && payload["playing_now"] as? Bool == true)
            let entries = try await TestPlayer(client: client).ids(
                "getNowPlaying", "", "nowPlaying", "entry")
            #expect(entries == ["tr-4"])
            // It is no listen.
            #expect(try await scrobbler.times("user/l0/listens?min_ts=1690000000").isEmpty)
        }
    }

    @Test func whatIsRefused() async throws {
        let library = try SubsonicLibrary()
        let server = try library.server()
        try await server.application().test(.router) { client in
            let scrobbler = Scrobbler(client: client)
            let time = 1_700_000_000
            for (kind, listens) in [
                ("single", []), ("loud", [listen(1, at: time)]), ("single", ["7"]),
                ("single", ["{}"]),
                ("single", [listen(1, at: time), listen(2, at: time)]),
                ("single", [listen(1, at: nil)]), ("playing_now", [listen(1, at: time)]),
                ("single", [listen(1, at: 1000)]), ("single", [listen(1, at: 9_999_999_999)]),
                ("single", [listen(1, at: time, more: "{\"recording_mbid\":\"x\"}")]),
                (
                    "single",
                    ["{\"listened_at\":\(time),\"track_metadata\":{\"artist_name\":\"A\"}}"]
                ),
                ("single", ["{\"listened_at\":\(time),\"track_metadata\":[]}"]),
                (
                    "single",
                    [
                        "{\"listened_at\":\"soon\",\"track_metadata\":{\"artist_name\":\"A\",\"track_name\":\"B\"}}"
                    ]
                ),
                // One bad listen refuses all of them.
                ("import", [listen(1, at: time), listen(2, at: 5)]),
                ("import", Array(repeating: listen(1, at: time), count: 1001)),
            ] as [(String, [String])] {
                let body =
                    "{\"listen_type\":\"\(kind)\",\"payload\":[\(listens.joined(separator: ","))]}"
                let answer = try await scrobbler.send("submit-listens", body)
                #expect(
                    answer.status == 400 && answer.json["error"] is String,
                    "\(kind) \(listens.prefix(2))")
            }
            for body in ["", "{", "[]", "{\"listen_type\":\"single\"}"] {
                #expect(try await scrobbler.send("submit-listens", body).status == 400)
            }
            #expect(try await scrobbler.times("user/l0/listens?min_ts=1690000000").isEmpty)
            let nobody = Scrobbler(client: client, token: nil)
            #expect(try await nobody.submit("single", listen(1, at: time)) == 401)
            #expect(try await nobody.send("validate-token").status == 400)
            #expect(try await scrobbler.send("user/somebody/listens").status == 404)
            #expect(try await scrobbler.send("user/..%2Fl0/listens").status == 404)
        }
    }

    @Test func accounts() async throws {
        let library = try SubsonicLibrary()
        let server = try library.server(isOpen: false)
        let accounts = server.parts.accounts
        try await accounts.create(
            Account(name: "anna", role: .admin, listener: "l0"), password: "correct horse")
        try await accounts.create(
            Account(name: "ben", role: .listener, listener: "l1"), password: "battery staple")
        let annas = try await accounts.createKey(for: "anna", label: "a").key
        let bens = try await accounts.createKey(for: "ben", label: "b").key
        try await server.application().test(.router) { client in
            let ben = Scrobbler(client: client, token: bens)
            let validity = try await ben.send("validate-token").json
            #expect(validity["user_name"] as? String == "ben")
            #expect(try await ben.submit("single", listen(3, at: 1_700_000_000)) == 200)
            #expect(try await ben.times("user/ben/listens?count=1") == [1_700_000_000])
            #expect(try await ben.times("user/l1/listens?count=1") == [1_700_000_000])
            #expect(try await ben.send("user/anna/listens").status == 403)
            let anna = Scrobbler(client: client, token: annas)
            #expect(try await anna.times("user/ben/listens?count=1") == [1_700_000_000])
            let wrong = Scrobbler(client: client, token: "nobodys")
            #expect(try await wrong.send("validate-token").json["valid"] as? Bool == false)
            #expect(try await wrong.submit("single", listen(3, at: 1_700_000_000)) == 401)
            #expect(try await wrong.send("user/ben/listens").status == 401)
        }
    }

    @Test func feedback() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let scrobbler = Scrobbler(client: client)
            func give(_ id: String, _ score: String) async throws -> Int {
                try await scrobbler.send(
                    "feedback/recording-feedback", "{\(id),\"score\":\(score)}"
                ).status
            }
            let mbid = "\"recording_mbid\":\"11111111-2222-3333-4444-555555555555\""
            #expect(try await give(mbid, "1") == 200)
            let listens = try await scrobbler.payload("user/l0/listens")["listens"]
            let last = try #require((listens as? [[String: Any]])?.first)
            let msid = try #require(last["recording_msid"] as? String)
            #expect(try await give("\"recording_msid\":\"\(msid)\"", "-1") == 200)
            let all = try await scrobbler.send("feedback/user/l0/get-feedback").json
            #expect(all["total_count"] as? Int == 2)
            let loved = try await scrobbler.send("feedback/user/l0/get-feedback?score=1").json
            let items = try #require(loved["feedback"] as? [[String: Any]])
            #expect(
                items.map { $0["recording_mbid"] as? String }
                    == ["11111111-2222-3333-4444-555555555555"])
            // The star is love, the one star is hate: song 24 is what l0 heard last.
            let player = TestPlayer(client: client)
            #expect(try await player.ids("getStarred2", "", "starred2", "song") == ["tr-1"])
            let song = try await player.get("getSong", "id=tr-25")["song"] as? TestPlayer.Members
            #expect(song?["userRating"] as? Int == 1)
            #expect(try await give(mbid, "0") == 200)
            #expect(
                try await scrobbler.send("feedback/user/l0/get-feedback").json["total_count"]
                    as? Int
                    == 1)
            for (id, score) in [
                (mbid, "2"), (mbid, "\"x\""), ("\"recording_mbid\":\"x\"", "1"), ("\"a\":1", "1"),
            ] {
                #expect(try await give(id, score) == 400, "\(id) \(score)")
            }
            let stranger = "\"recording_mbid\":\"99999999-2222-3333-4444-555555555555\""
            #expect(try await give(stranger, "1") == 404)
        }
    }

    /// While somebody else writes the catalogue, listens are accepted, kept, and taken in afterwards.
    @Test func nothingIsLostWhileTheCatalogueIsWritten() async throws {
        let library = try SubsonicLibrary()
        let server = try library.server()
        let other = try Catalogue(library.catalogue.location)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let writer = Thread {
            try? other.database.write { database in
                try database.execute(sql: "UPDATE revision SET value = value WHERE name = 'plays'")
                beginning.finish()
                release.wait()
            }
        }
        writer.start()
        for await _ in began {}
        try await server.application().test(.router) { client in
            let scrobbler = Scrobbler(client: client, token: "patient")
            #expect(try await scrobbler.submit("single", listen(3, at: 1_700_000_000)) == 200)
            #expect(try await server.parts.inbox.waiting() == 1)
            release.signal()
            while try await server.parts.inbox.waiting() > 0 {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await scrobbler.times("user/patient/listens") == [1_700_000_000])
        }
    }
}
