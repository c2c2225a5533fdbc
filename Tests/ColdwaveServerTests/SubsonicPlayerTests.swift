import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer
@testable import Library

@Suite struct SubsonicLoginTests {
    private static func codes(_ client: any TestClientProtocol, _ login: String) async throws
        -> Int?
    {
        try await TestPlayer(client: client, login: login).code("ping")
    }

    @Test func accounts() async throws {
        let library = try SubsonicLibrary()
        let server = try library.server(isOpen: false)
        let accounts = server.parts.accounts
        try await accounts.create(
            Account(name: "anna", role: .admin, listener: "l0"), password: "correct horse")
        try await accounts.create(
            Account(name: "ben", role: .listener, listener: nil), password: "battery staple")
        let word = try #require(try await accounts.playerPassword(of: "anna"))
        let key = try await accounts.createKey(for: "ben", label: "phone").key
        let token = PlayerLogin.md5(word + "salty")
        let hex = "correct horse".utf8.map { String(format: "%02x", $0) }.joined()
        try await server.application().test(.router) { client in
            for (login, code) in [
                ("u=anna&t=\(token)&s=salty", nil), ("u=anna&t=\(token.uppercased())&s=salty", nil),
                ("u=anna&p=\(word)", nil), ("u=anna&p=correct+horse", nil),
                ("u=anna&p=enc:\(hex)", nil), ("apiKey=\(key)", nil),
                // A token that fits another salt, a password of somebody else, nobody at all.
                ("u=anna&t=\(token)&s=sweet", 40), ("u=ben&p=\(word)", 40), ("u=carl&p=x", 40),
                ("u=anna&t=\(PlayerLogin.md5("correct horse" + "s"))&s=s", 40),
                ("apiKey=nobodys", 44), ("u=ben&apiKey=\(key)", 43),
                ("u=anna&p=x&t=\(token)&s=salty", 43), ("", 10), ("u=anna", 10),
                ("u=anna&t=\(token)", 10), ("u=anna&t=12&s=salty", 0),
            ] as [(String, Int?)] {
                #expect(try await Self.codes(client, login) == code, "\(login)")
            }
            let anna = TestPlayer(client: client, login: "u=anna&p=\(word)")
            let ben = TestPlayer(client: client, login: "apiKey=\(key)")
            let info = try await ben.get("tokenInfo")
            #expect((info["tokenInfo"] as? TestPlayer.Members)?["username"] as? String == "ben")
            // What only administrators may do.
            #expect(try await anna.code("getUser", "username=ben") == nil)
            #expect(try await ben.code("getUser", "username=anna") == 50)
            #expect(try await ben.code("getUsers") == 50)
            #expect(try await ben.code("startScan") == 50)
            // Everybody's playlists are their own.
            let mine = try #require(
                try await anna.json("createPlaylist", "name=Mine&songId=tr-1")["playlist"]
                    as? TestPlayer.Members)
            let id = try #require(mine["id"] as? String)
            #expect(try await anna.code("getPlaylist", "id=\(id)") == nil)
            #expect(try await ben.code("getPlaylist", "id=\(id)") == 70)
            #expect(try await ben.code("deletePlaylist", "id=\(id)") == 70)
            // The parameters may come as a form, to which the query adds.
            let form = try await client.execute(
                uri: "/rest/ping.view?f=json", method: .post,
                headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: "u=anna&t=\(token)&s=salty&v=1.16.1&c=x"))
            #expect(String(buffer: form.body).contains("\"status\":\"ok\""))
            #expect(form.headers[.accessControlAllowOrigin] == "*")
            // A player that is a page of another site, which its browser asks about first.
            let asked = try await client.execute(
                uri: "/rest/ping.view", method: .options,
                headers: [.origin: "https://player.example"])
            #expect(asked.status == .noContent)
            #expect(asked.headers[.accessControlAllowHeaders]?.contains("Content-Type") == true)
            let elsewhere = try await client.execute(
                uri: "/rest/ping.view?f=json", method: .post,
                headers: [
                    .origin: "https://player.example", .secFetchSite: "cross-site",
                    .contentType: "application/x-www-form-urlencoded",
                ], body: ByteBuffer(string: "u=anna&t=\(token)&s=salty&v=1.16.1&c=x"))
            #expect(String(buffer: elsewhere.body).contains("\"status\":\"ok\""))
            // Before any login.
            let nobody = TestPlayer(client: client, login: "")
            #expect(try await nobody.code("getOpenSubsonicExtensions") == nil)
        }
    }

    @Test func versionsFormsAndStrangers() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            func text(_ query: String, _ headers: HTTPFields = [:]) async throws -> String {
                let response = try await client.execute(
                    uri: "/rest/ping?\(query)", method: .get, headers: headers)
                #expect(response.status == .ok)
                return String(buffer: response.body)
            }
            let tooNew = try await text("u=l0&p=x&v=2.0.0&f=json")
            #expect(tooNew.contains("\"code\":30"))
            #expect(try await text("u=l0&p=x&v=0.9&f=json").contains("\"code\":20"))
            #expect(
                try await text("u=l0&p=x&f=jsonp&callback=cb.x").hasPrefix("/**/cb.x({\"subsonic"))
            // What is no name gets no script.
            #expect(try await text("u=l0&p=x&f=jsonp&callback=alert(1)").hasPrefix("<?xml"))
            // Another site's page in the browser of whoever serves without accounts.
            #expect(
                try await text("u=l0&p=x&f=json", [.origin: "https://evil.example"])
                    .contains("\"code\":50"))
            #expect(
                try await text("u=l0&p=x&f=json", [.secFetchSite: "cross-site"])
                    .contains("\"code\":50"))
        }
    }

    @Test func guessing() async throws {
        let library = try SubsonicLibrary()
        let server = try library.server(isOpen: false)
        try await server.parts.accounts.create(
            Account(name: "anna", role: .admin, listener: "l0"), password: "correct horse")
        let word = try #require(try await server.parts.accounts.playerPassword(of: "anna"))
        try await server.application().test(.router) { client in
            for guess in 0..<20 {
                let login = "u=anna&t=\(PlayerLogin.md5(String(guess)))&s=x"
                let answer = try await TestPlayer(client: client, login: login).json("ping")
                #expect((answer["error"] as? TestPlayer.Members)?["code"] as? Int == 40)
            }
            // Now even what is right has to wait.
            let right = "u=anna&t=\(PlayerLogin.md5(word + "x"))&s=x"
            let answer = try await TestPlayer(client: client, login: right).json("ping")
            #expect((answer["error"] as? TestPlayer.Members)?["code"] as? Int == 40)
        }
    }
}

@Suite struct SubsonicMediaTests {
    @Test func soundAsItIs() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            for name in ["stream", "download", "stream.view"] {
                let whole = try await player.raw(name, "id=tr-8")
                #expect(Data(whole.body.readableBytesView) == SubsonicLibrary.bytes(7))
                #expect(whole.headers[.contentType] == "audio/flac")
            }
            #expect(
                try await player.raw("download", "id=tr-8").headers[.contentDisposition]
                    == "attachment; filename*=UTF-8''7.flac")
            let part = try await player.raw("stream", "id=tr-8", headers: [.range: "bytes=100-199"])
            #expect(part.status == .partialContent)
            #expect(Data(part.body.readableBytesView) == SubsonicLibrary.bytes(7)[100..<200])
            // The file is slow enough already.
            let slow = try await player.raw("stream", "id=tr-8&maxBitRate=320")
            #expect(Data(slow.body.readableBytesView) == SubsonicLibrary.bytes(7))
            let beyond = try await player.raw("stream", "id=tr-8", headers: [.range: "bytes=9999-"])
            #expect(beyond.status == .rangeNotSatisfiable)
        }
    }

    @Test func nothingOutside() async throws {
        let library = try SubsonicLibrary()
        let secret = library.folder.appendingPathComponent("secret.flac")
        try Data("secret".utf8).write(to: secret)
        try FileManager.default.removeItem(at: library.file(3))
        try FileManager.default.createSymbolicLink(at: library.file(3), withDestinationURL: secret)
        try await library.catalogue.database.write {
            try $0.execute(
                sql: "UPDATE track SET path = ? WHERE id = 3", arguments: [secret.path])
        }
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            for id in ["tr-4", "tr-3"] {
                for name in ["stream", "download", "getCoverArt"] {
                    let response = try await player.raw(name, "id=\(id)&f=json")
                    let text = String(buffer: response.body)
                    #expect(
                        text.contains("\"code\":70") && !text.contains("secret"), "\(name) \(id)")
                }
            }
            for id in ["..%2F..%2Fsecret.flac", secret.path, "tr-1%00", "tr-1;ls", ""] {
                for name in ["stream", "download", "getCoverArt"] {
                    let response = try await player.raw(name, "id=\(id)&f=json")
                    #expect(
                        String(buffer: response.body).contains("\"status\":\"failed\""), "\(id)")
                }
            }
        }
    }

    @Test func whatIsTranscoded() throws {
        let library = try SubsonicLibrary()
        var track = try #require(try library.catalogue.track(id: 1))
        track.size = 4_000_000  // 320 kbit/s
        func target(_ format: String? = nil, _ most: Int = 0, _ isOffset: Bool = false)
            -> AudioFile.Format?
        { SubsonicMedia.target(track, format: format, maxBitRate: most, isOffset: isOffset) }
        #expect(target() == nil)
        #expect(target("raw", 64) == nil)
        #expect(target("flac") == nil)
        #expect(target(nil, 320) == nil)
        #expect(target(nil, 128) == .mp3)
        #expect(target("opus") == .opus)
        #expect(target("mp3", 500) == .mp3)
        #expect(target(nil, 0, true) == .mp3)
        track.path = "/music/a.mp3"
        #expect(target("mp3") == nil)
    }

    @Test func covers() async throws {
        let library = try SubsonicLibrary()
        let picture = Data(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 1, count: 99))
        try picture.write(to: library.music.appendingPathComponent("cover.png"))
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            let ids = [
                "tr-1", MusicIndex.albumID("Artist 0", "The Album 0"),
                MusicIndex.artistID("Artist 0"),
            ]
            for id in ids {
                let response = try await player.raw("getCoverArt", "id=\(id)&size=300")
                #expect(response.headers[.contentType] == "image/png")
                #expect(Data(response.body.readableBytesView) == picture)
            }
        }
    }
}

extension SubsonicMediaTests {
    /// Pictures come as large as they are asked for, and no larger than they are.
    @Test(.enabled(if: Programs.find("ffmpeg") != nil)) func coversAreScaled() async throws {
        let library = try SubsonicLibrary()
        let file = library.music.appendingPathComponent("cover.png")
        let process = Process()
        process.executableURL = Programs.find("ffmpeg")
        process.arguments = [
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=600x300", "-frames:v", "1", file.path,
        ]
        try process.run()
        process.waitUntilExit()
        let original = try Data(contentsOf: file)
        let server = try library.server()
        try await server.application().test(.router) { client in
            let player = TestPlayer(client: client)
            func width(_ size: String) async throws -> Int? {
                let response = try await player.raw("getCoverArt", "id=tr-1\(size)")
                let data = Data(response.body.readableBytesView)
                if data == original { return 600 }
                guard response.headers[.contentType] == "image/jpeg" else { return nil }
                // The frame's header: FF C0, its length, the precision, the height, the width.
                guard let mark = data.range(of: Data([0xFF, 0xC0])) else { return nil }
                return Int(data[mark.lowerBound + 7]) << 8 | Int(data[mark.lowerBound + 8])
            }
            #expect(try await width("") == 600)
            #expect(try await width("&size=100") == 128)
            #expect(try await width("&size=128") == 128)
            #expect(try await width("&size=1000") == 600)
            #expect(try await width("&size=4000") == 600)
            let page = try await client.ask(.get, "tracks/1/cover?size=100")
            #expect(page.headers[.contentType] == "image/jpeg")
            let kept = server.parts.covers.bytes
            #expect(kept > original.count && kept < 1 << 20)
            _ = try await client.ask(.get, "tracks/2/cover?size=100")
            // One file, one picture, whoever asks.
            #expect(server.parts.covers.bytes == kept)
        }
    }

    @Test func thePicturesKeptStayWithinBounds() throws {
        let library = try SubsonicLibrary()
        let roots = [library.music.path]
        let cache = CoverCache(most: 10_000)
        for i in 0..<40 {
            let file = library.music.appendingPathComponent("\(i).png")
            try (Data([0x89, 0x50, 0x4E, 0x47]) + Data(repeating: UInt8(i), count: 1000)).write(
                to: file)
            let source = CoverArt.Source(
                file: try ServedFile(file.path, roots: roots), isEmbedded: false)
            #expect(try cache.cover(source, size: nil)?.data.readableBytes == 1004)
            #expect(cache.bytes <= 10_000)
        }
        #expect(cache.bytes > 5_000)
    }
}

@Suite struct SubsonicQueueTests {
    @Test func theQueueGoesAlongToAnotherPlayer() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            #expect(try await player.get("getPlayQueue")["playQueue"] == nil)
            let ids = "id=tr-3&id=tr-1&id=tr-3&id=tr-2"
            #expect(
                try await player.code("savePlayQueue", ids + "&current=tr-1&position=12345") == nil)
            let queue = try #require(
                try await player.get("getPlayQueue")["playQueue"] as? TestPlayer.Members)
            #expect(queue["current"] as? String == "tr-1" && queue["position"] as? Int == 12345)
            #expect(queue["changedBy"] as? String == "test")
            #expect(
                try await player.ids("getPlayQueue", "", "playQueue", "entry")
                    == ["tr-3", "tr-1", "tr-3", "tr-2"])
            #expect(try await player.code("savePlayQueueByIndex", ids + "&currentIndex=2") == nil)
            let byIndex = try #require(
                try await player.get("getPlayQueueByIndex")["playQueueByIndex"]
                    as? TestPlayer.Members)
            #expect(byIndex["currentIndex"] as? Int == 2)
            for (query, code) in [
                ("id=tr-1&current=tr-2", 0), ("id=tr-99", 70), ("id=tr-1&position=x", 0),
            ] { #expect(try await player.code("savePlayQueue", query) == code, "\(query)") }
            #expect(try await player.code("savePlayQueueByIndex", ids + "&currentIndex=4") == 0)
            // Without songs it is forgotten.
            #expect(try await player.code("savePlayQueue") == nil)
            #expect(try await player.get("getPlayQueue")["playQueue"] == nil)
        }
    }

    @Test func importedPlaylistsAreShownAndStayAsTheyAre() async throws {
        let library = try SubsonicLibrary()
        let file = library.folder.appendingPathComponent("Évening.m3u8")
        let text =
            "#EXTM3U\n#PLAYLIST:Évening\n\(library.file(4).path)\n\(library.file(2).path)\n/nowhere/else.mp3\n"
        try Data(text.utf8).write(to: file)
        _ = try ImportStage(library.catalogue, context: StageContext(threads: 1))
            .run(file: file, format: nil, listener: "l0")
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            let all = try #require(
                try await player.get("getPlaylists")["playlists"] as? TestPlayer.Members)
            let lists = try #require(all["playlist"] as? [TestPlayer.Members])
            let list = try #require(lists.first { $0["name"] as? String == "Évening" })
            let id = try #require(list["id"] as? String)
            #expect(list["songCount"] as? Int == 2 && list["readonly"] as? Bool == true)
            #expect(
                try await player.ids("getPlaylist", "id=\(id)", "playlist", "entry")
                    == ["tr-5", "tr-3"])
            #expect(try await player.code("deletePlaylist", "id=\(id)") == 50)
            #expect(
                try await player.code("updatePlaylist", "playlistId=\(id)&songIdToAdd=tr-1") == 50)
            #expect(try await player.code("getPlaylist", "id=pi-0") == 70)
            // Somebody else does not see it.
            let other = TestPlayer(client: client, login: "u=l1&p=x")
            #expect(try await other.code("getPlaylist", "id=\(id)") == 70)
        }
    }
}

@Suite struct SubsonicListenerTests {
    @Test func loveAndHate() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            func stars() async throws -> [String] {
                _ = try await player.code("getStarred2")
                return try await player.ids("getStarred2", "", "starred2", "song")
            }
            func rating(_ id: String) async throws -> Int? {
                let song = try await player.get("getSong", "id=\(id)")["song"]
                return (song as? TestPlayer.Members)?["userRating"] as? Int
            }
            #expect(try await player.code("star", "id=tr-1&id=tr-2") == nil)
            #expect(try await Set(stars()) == ["tr-1", "tr-2"])
            #expect(try await player.code("unstar", "id=tr-1") == nil)
            #expect(try await stars() == ["tr-2"])
            // All or nothing.
            #expect(try await player.code("star", "id=tr-5&id=tr-77") == 70)
            #expect(try await stars() == ["tr-2"])
            #expect(try await player.code("star") == 10)

            let before = try await player.ids("getPlaylist", "id=coldwave-new", "playlist", "entry")
            let first = try #require(before.first)
            #expect(try await player.code("setRating", "id=\(first)&rating=1") == nil)
            #expect(try await rating(first) == 1)
            let after = try await player.ids("getPlaylist", "id=coldwave-new", "playlist", "entry")
            #expect(!after.isEmpty && !after.contains(first))
            #expect(
                try await !player.ids(
                    "getSimilarSongs", "id=tr-1&count=500", "similarSongs", "song"
                )
                .contains(first))
            // Hate is no star, and taking a star away does not take hate away.
            #expect(try await player.code("unstar", "id=\(first)") == nil)
            #expect(try await rating(first) == 1)
            #expect(try await player.code("setRating", "id=\(first)&rating=4") == nil)
            #expect(try await rating(first) == 4)
            #expect(
                try await player.ids("getPlaylist", "id=coldwave-new", "playlist", "entry")
                    .contains(first))
            #expect(try await player.code("setRating", "id=\(first)&rating=0") == nil)
            #expect(try await rating(first) == nil)
            for query in ["id=tr-1&rating=6", "id=tr-1&rating=x"] {
                #expect(try await player.code("setRating", query) == 0)
            }
            #expect(try await player.code("setRating", "id=tr-1") == 10)
        }
    }

    @Test func playsMoveTheLists() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client, login: "u=newcomer&p=x")
            // Nobody knows this listener yet.
            #expect(try await player.ids("getPlaylists", "", "playlists", "playlist").isEmpty)
            for id in ["tr-4", "tr-7"] {
                #expect(
                    try await player.code(
                        "scrobble", "id=\(id)&time=1700000000000&submission=false")
                        == nil)
            }
            let now = try await player.ids("getNowPlaying", "", "nowPlaying", "entry")
            #expect(now == ["tr-7"])
            #expect(try await player.ids("getPlaylists", "", "playlists", "playlist").isEmpty)
            #expect(
                try await player.code(
                    "scrobble", "id=tr-4&id=tr-7&time=1700000000000&time=1700000200000") == nil)
            #expect(
                try await player.ids("getPlaylists", "", "playlists", "playlist")
                    == MadePlaylist.allCases.map(\.rawValue))
            let rock = try await player.ids(
                "getPlaylist", "id=coldwave-weekly", "playlist", "entry")
            #expect(!rock.isEmpty && !rock.contains("tr-4") && !rock.contains("tr-7"))
            // The same again is the same listen.
            #expect(try await player.code("scrobble", "id=tr-4&time=1700000000000") == nil)
            #expect(try library.catalogue.listenCount(of: "newcomer") == 2)
            let song = try await player.get("getSong", "id=tr-4")["song"] as? TestPlayer.Members
            #expect(song?["playCount"] as? Int == 1)
            #expect(song?["played"] as? String == "2023-11-14T22:13:20Z")
            // Many plays of another style move the list.
            for id in ["tr-2", "tr-5", "tr-8", "tr-11", "tr-14"] {
                #expect(try await player.code("scrobble", "id=\(id)") == nil)
            }
            let jazz = try await player.ids(
                "getPlaylist", "id=coldwave-weekly", "playlist", "entry")
            #expect(jazz != rock)
            for (query, code) in [
                ("", 10), ("id=tr-99", 70), ("id=tr-1&time=soon", 0), ("id=tr-1&time=9e15", 0),
                ("id=tr-1&submission=perhaps", 0),
            ] {
                #expect(try await player.code("scrobble", query) == code, "\(query)")
            }
        }
    }

    @Test func playlists() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            let made = try await player.json(
                "createPlaylist", "name=A+%26+B&songId=tr-1&songId=tr-2")
            let id = try #require((made["playlist"] as? TestPlayer.Members)?["id"] as? String)
            func songs() async throws -> [String] {
                try await player.ids("getPlaylist", "id=\(id)", "playlist", "entry")
            }
            #expect(try await songs() == ["tr-1", "tr-2"])
            _ = try await player.json(
                "updatePlaylist",
                "playlistId=\(id)&name=C&comment=mine&songIdToAdd=tr-9&songIdToAdd=tr-1&songIndexToRemove=0"
            )
            #expect(try await songs() == ["tr-2", "tr-9", "tr-1"])
            let list = try await player.get("getPlaylist", "id=\(id)")["playlist"]
            #expect((list as? TestPlayer.Members)?["name"] as? String == "C")
            #expect((list as? TestPlayer.Members)?["comment"] as? String == "mine")
            #expect((list as? TestPlayer.Members)?["songCount"] as? Int == 3)
            #expect(try await player.code("createPlaylist", "playlistId=\(id)&songId=tr-30") == nil)
            #expect(try await songs() == ["tr-30"])
            for (query, code) in [
                ("playlistId=\(id)&songIdToAdd=tr-99", 70),
                ("playlistId=\(id)&songIndexToRemove=5", 0), ("playlistId=pl-999", 70), ("", 10),
                ("playlistId=17", 70),
            ] {
                #expect(try await player.code("updatePlaylist", query) == code, "\(query)")
            }
            #expect(try await songs() == ["tr-30"])
            #expect(try await player.code("createPlaylist") == 10)
            _ = try await player.json("deletePlaylist", "id=\(id)")
            #expect(try await player.code("getPlaylist", "id=\(id)") == 70)
            // Coldwave's own are nobody's to change.
            for list in MadePlaylist.allCases {
                #expect(try await player.code("getPlaylist", "id=\(list.rawValue)") == nil)
                let songs = try await player.ids(
                    "getPlaylist", "id=\(list.rawValue)", "playlist", "entry")
                #expect(!songs.isEmpty)
                #expect(try await player.code("deletePlaylist", "id=\(list.rawValue)") == 50)
                #expect(
                    try await player.code("updatePlaylist", "playlistId=\(list.rawValue)&name=x")
                        == 50)
                #expect(
                    try await player.code("createPlaylist", "playlistId=\(list.rawValue)") == 50)
            }
        }
    }

    @Test func similarSongs() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            let album = MusicIndex.albumID("Artist 1", "The Album 1")
            let artist = MusicIndex.artistID("Artist 1")
            for id in ["tr-4", album, artist] {
                for (name, outer) in [
                    ("getSimilarSongs", "similarSongs"), ("getSimilarSongs2", "similarSongs2"),
                ] {
                    #expect(try await player.code(name, "id=\(id)&count=5") == nil)
                    let songs = try await player.ids(name, "id=\(id)&count=5", outer, "song")
                    #expect(songs.count == 5 && !songs.contains(id))
                }
            }
            // Song 3 is of the first style, as 1, 4, 7, … are.
            let near = try await player.ids(
                "getSimilarSongs", "id=tr-4&count=4", "similarSongs", "song")
            #expect(near.allSatisfy { Int($0.dropFirst(3)).map { $0 % 3 == 1 } ?? false })
            #expect(try await player.code("getSimilarSongs", "id=tr-99") == 70)
            #expect(try await player.code("getSimilarSongs2") == 10)

            let sonic = try await player.get("getSonicSimilarTracks", "id=tr-4&count=7")
            let matches = try #require(sonic["sonicMatch"] as? [TestPlayer.Members])
            let similarity = matches.compactMap { $0["similarity"] as? Double }
            #expect(similarity.count == 7 && similarity == similarity.sorted(by: >))
            #expect(similarity.allSatisfy { (0...1).contains($0) })
            let path = try await player.get(
                "findSonicPath", "startSongId=tr-4&endSongId=tr-2&count=6")
            let steps = try #require(path["sonicMatch"] as? [TestPlayer.Members])
                .compactMap { ($0["entry"] as? TestPlayer.Members)?["id"] as? String }
            #expect(steps.first == "tr-4" && steps.last == "tr-2" && (2...6).contains(steps.count))
            #expect(try await player.code("findSonicPath", "startSongId=tr-4") == 10)
            #expect(try await player.code("findSonicPath", "startSongId=tr-4&endSongId=al-x") == 70)

            #expect(try await player.code("getTopSongs", "artist=Artist+1") == nil)
            let top = try await player.ids("getTopSongs", "artist=artist+1", "topSongs", "song")
            #expect(Set(top) == ["tr-2", "tr-12", "tr-22"])
            #expect(
                try await player.ids("getTopSongs", "artist=Nobody", "topSongs", "song").isEmpty)
            #expect(try await player.code("getTopSongs") == 10)
        }
    }
}
