import Foundation
import GRDB
import Hummingbird
import HummingbirdTesting
import ListeningHistory
import Testing

@testable import ColdwaveServer
@testable import Library

@Suite struct ListenTests {
    let library: ServedLibrary
    let server: Server

    init() throws {
        library = try ServedLibrary()
        server = try library.server()
    }

    @Test func feedbackChangesTheNextList() async throws {
        try await server.application().test(.router) { client in
            func list() async throws -> [Int] {
                let reply = try await client.ask(.get, "listeners/l0/recommendations")
                return try Reply(reply.body)["suggestions"].list.compactMap {
                    $0["track"]["id"].int
                }
            }
            let first = try #require(try await list().first)
            func say(_ score: Int) async throws -> HTTPResponse.Status {
                try await client.ask(
                    .put, "listeners/l0/feedback/\(first)", "{\"score\":\(score)}"
                ).status
            }
            #expect(try await say(-1) == .noContent)
            var now = try await list()
            #expect(!now.contains(first))
            var kept = try Reply(try await client.ask(.get, "listeners/l0/feedback").body)
            #expect(kept["hated"].list.compactMap(\.int) == [first] && kept["loved"].list.isEmpty)
            #expect(try await say(0) == .noContent)
            now = try await list()
            #expect(now.contains(first))
            // Who loves a song has heard it.
            #expect(try await say(1) == .noContent)
            now = try await list()
            #expect(!now.contains(first))
            kept = try Reply(try await client.ask(.get, "listeners/l0/feedback").body)
            #expect(kept["loved"].list.compactMap(\.int) == [first] && kept["hated"].list.isEmpty)
            #expect(try await say(2) == .unprocessableContent)
            let nobody = try await client.ask(.put, "listeners/nobody/feedback/1", "{\"score\":1}")
            #expect(nobody.status == .notFound)
        }
    }

    /// Half the songs are rock: who starts to play jazz gets jazz, without any training.
    @Test func aListenMovesTheList() async throws {
        let jazz = try library.catalogue.tracks().filter { $0.genres == "jazz" }.prefix(4)
        let before = try library.catalogue.version().plays
        let listens = jazz.enumerated().map { i, track in
            NewListen(
                listener: "newcomer", time: Int64(1_700_000_000 + i),
                reference: SongReference(artist: track.artist, title: track.title),
                trackID: i == 0 ? track.id : nil)
        }
        try await server.parts.inbox.submit(listens)
        // Again, as a player does that got no answer.
        try await server.parts.inbox.submit(listens)
        #expect(try library.catalogue.version().plays > before)
        let history = try library.catalogue.history(of: "newcomer")
        #expect(history.count == 4 && history.allSatisfy { $0.count == 1 })
        var request = RecommendationRequest()
        request.count = 2
        let list = try server.parts.library.current.requireRecommender().recommend(
            "newcomer", request)
        let genres = try list.map { try library.catalogue.track(id: $0.track.id)?.genres }
        #expect(genres == ["jazz", "jazz"])
    }

    /// What the page sends once half of a song has sounded.
    @Test func theNextListGoesByWhatWasHeardOnThePage() async throws {
        try await server.application().test(.router) { client in
            func list() async throws -> [Int] {
                let reply = try await client.ask(.get, "listeners/l0/recommendations")
                return try Reply(reply.body)["suggestions"].list.compactMap {
                    $0["track"]["id"].int
                }
            }
            let first = try #require(try await list().first)
            let body = "{\"track\":\(first),\"listenedAt\":1700000000}"
            let path = "listeners/l0/listens"
            #expect(try await client.ask(.post, path, body).status == .noContent)
            // Again, as a page does that got no answer.
            #expect(try await client.ask(.post, path, body).status == .noContent)
            #expect(try await !list().contains(first))
            let history = try library.catalogue.history(of: "l0")
            #expect(history.first { $0.song == .track(Int64(first)) }?.count == 1)
            for (body, status) in [
                ("{\"track\":999}", HTTPResponse.Status.notFound),
                ("{\"track\":\(first),\"listenedAt\":5}", .unprocessableContent),
                // A clock that is ahead.
                ("{\"track\":\(first),\"listenedAt\":99999999999}", .noContent),
                ("{}", .badRequest),
            ] { #expect(try await client.ask(.post, path, body).status == status, "\(body)") }
            let nobody = try await client.ask(.post, "listeners/nobody/listens", body)
            #expect(nobody.status == .notFound)
            // Another site's page cannot send it.
            let foreign = try await client.ask(
                .post, path, body, headers: [.origin: "https://evil.example"])
            #expect(foreign.status == .forbidden)
        }
    }

    @Test func somebodyNewBeginsWithoutPlays() async throws {
        try await server.application().test(.router) { client in
            let made = try await client.ask(.post, "listeners", #"{"name":"Zoë"}"#)
            #expect(made.status == .created)
            let name = try #require(
                "Zoë".addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let list = try await client.ask(.get, "listeners/\(name)/recommendations?count=3")
            #expect(try Reply(list.body)["suggestions"].list.count == 3)
            let wrong = try await client.ask(.post, "listeners", #"{"name":" Zoë"}"#)
            #expect(wrong.status == .unprocessableContent)
        }
    }

    /// A full disk: said so, nothing half kept, and all goes on once there is room.
    @Test func aFullDiskIsToldAndLosesNothing() async throws {
        let queue = server.parts.playlists.database.queue
        try await server.application().test(.router) { client in
            func keep(_ title: String) async throws -> TestResponse {
                let ids = (0..<2000).map { _ in "1" }.joined(separator: ",")
                return try await client.ask(
                    .post, "playlists", "{\"title\":\"\(title)\",\"tracks\":[\(ids)]}")
            }
            #expect(try await keep("before").status == .created)
            let pages = try await queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            // SQLite then says what it says on a full disk.
            try await queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
            let full = try await keep("full")
            #expect(full.status.code == 507)
            #expect(try Reply(full.body)["error"]["code"].text == "insufficientStorage")
            let player = TestPlayer(client: client)
            let ids = (0..<9000).map { _ in "id=tr-1" }.joined(separator: "&")
            let form = try await client.execute(
                uri: "/rest/savePlayQueue?u=l0&p=x&f=json", method: .post,
                headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: ids))
            #expect(String(buffer: form.body).contains("disk is full"))
            #expect(try await player.code("getPlayQueue") == nil)
            try await queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = 1000000")
            }
            #expect(try await keep("after").status == .created)
            let kept = try await server.parts.playlists.list(of: "")
            #expect(Set(kept.map(\.title)) == ["before", "after"])
        }
    }

    /// While another process writes the catalogue, listens are accepted, survive the server, and arrive later.
    @Test func acceptedListensAreNeverLost() async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(
            path: library.location.catalogue.path, configuration: configuration)
        let listen = NewListen(
            listener: "patient", time: 1_700_000_000,
            reference: SongReference(artist: "Artist 1", title: "Song 1"))
        let server = self.server
        try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await server.parts.inbox.submit([listen])
        #expect(try await server.parts.inbox.waiting() == 1)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        // Another server, after a crash of the first.
        let next = try library.server()
        try await next.parts.inbox.submit([])
        let running = Task { try await next.parts.inbox.run() }
        for _ in 0..<400 where try await next.parts.inbox.waiting() > 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        running.cancel()
        try await running.value
        #expect(try await next.parts.inbox.waiting() == 0)
        #expect(try library.catalogue.history(of: "patient").map(\.count) == [1])
    }

    @Test func playlistsBelongToTheirOwner() async throws {
        try await server.application().test(.router) { client in
            let made = try await client.ask(
                .post, "playlists", #"{"title":"Évening","tracks":[3,1,3]}"#)
            #expect(made.status == .created)
            let id = try #require(try Reply(made.body)["id"].int)
            let list = try Reply(try await client.ask(.get, "playlists/\(id)").body)
            #expect(list["tracks"].list.compactMap { $0["id"].int } == [3, 1, 3])
            let file = try await client.ask(.get, "playlists/\(id)/file?format=m3u8")
            #expect(String(buffer: file.body).contains(library.music.path))
            #expect(
                try await client.ask(.post, "playlists", #"{"title":"x","tracks":[999]}"#).status
                    == .notFound)
            #expect(try await server.parts.playlists.list(of: "kim").isEmpty)
            #expect(try await client.ask(.delete, "playlists/\(id)").status == .noContent)
            #expect(try await client.ask(.get, "playlists/\(id)").status == .notFound)
        }
    }

    /// The "build" outlasts every wait: on a busy machine a minute can pass between two of these lines.
    @Test func jobsTellHowFarTheyAre() async throws {
        let program = library.folder.appendingPathComponent("program")
        let script = """
            #!/bin/sh
            echo "$1 [####----]  3/12 files" >&2
            [ "$1" = build ] && exec sleep 3600
            exit 0
            """
        try Data(script.utf8).write(to: program)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: program.path)
        let server = try library.server { $0.executable = program }
        let jobs = server.parts.jobs
        func state(_ id: Int) async throws -> Job {
            for _ in 0..<400 {
                if let job = await jobs.job(id), job.state != .running, !job.log.isEmpty {
                    return job
                }
                try await Task.sleep(for: .milliseconds(25))
            }
            return try #require(await jobs.job(id))
        }
        let scan = try await jobs.start(.scan, paths: [library.music.path])
        let done = try await state(scan)
        #expect(done.state == .done && done.log == ["scan [####----]  3/12 files"])
        let build = try await jobs.start(.build, paths: [])
        await #expect(throws: APIError.self) { _ = try await jobs.start(.scan, paths: []) }
        for _ in 0..<400 where await jobs.job(build)?.fraction == nil {
            try await Task.sleep(for: .milliseconds(25))
        }
        #expect(await jobs.job(build)?.fraction == 0.25)
        // Asked once, `sleep` need not hear it: a child starts with its parent thread's blocked signals.
        try await jobs.stop(build)
        try await jobs.stop(build)
        #expect(try await state(build).state == .stopped)
        #expect(JobRunner.fraction("train  [##--]  5/20 epochs  1.2/s") == 0.25)
        #expect(JobRunner.fraction("scan 12 files") == nil)
    }
}
