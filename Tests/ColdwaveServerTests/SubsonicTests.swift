import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer
@testable import Library

@Suite struct SubsonicNodeTests {
    private static let node: SubsonicNode = [
        "name": .text("a<b>&\"c\"\n\u{1}"), "count": .int(3), "gain": .double(-1.5),
        "isDir": .flag(false), "none": nil, "one": .node(["id": .text("x")]),
        "many": .nodes([["id": .text("1")], [:]]), "isrc": .texts(["A", "B"]),
        "versions": .numbers([1, 2]), "empty": .nodes([]),
    ]

    @Test func xml() {
        #expect(
            Self.node.xml("e")
                == "<e name=\"a&lt;b&gt;&amp;&quot;c&quot;&#10;\" count=\"3\" gain=\"-1.5\" isDir=\"false\">"
                + "<one id=\"x\"/><many id=\"1\"/><many/><isrc>A</isrc><isrc>B</isrc>"
                + "<versions>1</versions><versions>2</versions></e>")
    }

    @Test func json() {
        #expect(
            Self.node.json
                == "{\"name\":\"a<b>&\\\"c\\\"\\n\\u0001\",\"count\":3,\"gain\":-1.5,\"isDir\":false,"
                + "\"one\":{\"id\":\"x\"},\"many\":[{\"id\":\"1\"},{}],\"isrc\":[\"A\",\"B\"],"
                + "\"versions\":[1,2],\"empty\":[]}")
    }

    @Test func ownText() {
        var genre: SubsonicNode = ["songCount": .int(1)]
        genre.content = "R&B"
        #expect(genre.xml("genre") == "<genre songCount=\"1\">R&amp;B</genre>")
        #expect(genre.json == "{\"songCount\":1,\"value\":\"R&B\"}")
    }

    @Test func passwordsAndTokens() {
        #expect(PlayerLogin.plain("enc:736573616d65") == "sesame")
        #expect(PlayerLogin.plain("sesame") == "sesame")
        #expect(PlayerLogin.plain("enc:7") == "enc:7")
        // The example of the protocol's documentation.
        #expect(PlayerLogin.md5("sesame" + "c19b2d") == "26719a1196d2a940705a59634eb18eab")
    }
}

@Suite struct SubsonicBrowsingTests {
    @Test func systemAndBrowsing() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            for name in [
                "ping", "getLicense", "getOpenSubsonicExtensions", "getMusicFolders", "getIndexes",
                "getArtists", "getGenres", "getScanStatus", "getUsers", "getPlaylists",
                "getNowPlaying", "getStarred", "getStarred2", "getRandomSongs", "getBookmarks",
                "getPodcasts", "getInternetRadioStations", "getPlayQueue", "getLyrics", "tokenInfo",
            ] {
                #expect(try await player.code(name) == nil, "\(name)")
                #expect(try await player.code(name + ".view") == nil, "\(name).view")
            }
            let artists = try await player.get("getArtists")
            let letters = try #require(
                (artists["artists"] as? TestPlayer.Members)?["index"] as? [TestPlayer.Members])
            #expect(letters.map { $0["name"] as? String } == ["A"])
            let all = try #require(letters[0]["artist"] as? [TestPlayer.Members])
            #expect(all.count == 10)
            let artist = try #require(all[3]["id"] as? String)
            let albums = try await player.ids("getArtist", "id=\(artist)", "artist", "album")
            #expect(albums.count == 1)
            let songs = try await player.ids("getAlbum", "id=\(albums[0])", "album", "song")
            // By number: songs 3, 13 and 23.
            #expect(songs == ["tr-4", "tr-14", "tr-24"])
            #expect(
                try await player.ids("getMusicDirectory", "id=\(artist)", "directory", "child")
                    == albums)
            #expect(
                try await player.ids("getMusicDirectory", "id=\(albums[0])", "directory", "child")
                    == songs)
            #expect(
                try await player.ids("getMusicDirectory", "id=1", "directory", "child").count == 10)
            let song = try #require(
                try await player.get("getSong", "id=tr-1")["song"] as? TestPlayer.Members)
            #expect(song["title"] as? String == "Song & 0")
            #expect(song["isDir"] as? Bool == false)
            #expect(song["contentType"] as? String == "audio/flac")
            #expect(song["duration"] as? Int == 100)
            #expect((song["path"] as? String)?.contains(library.folder.path) == false)
            for (name, id) in [
                ("getArtist", artist), ("getAlbum", albums[0]), ("getMusicDirectory", albums[0]),
                ("getArtistInfo2", artist), ("getAlbumInfo2", albums[0]), ("getSong", "tr-2"),
                ("getLyricsBySongId", "tr-2"),
            ] {
                #expect(try await player.code(name, "id=\(id)") == nil, "\(name)")
                #expect(try await player.code(name) == 10, "\(name)")
                for wrong in [
                    "al-0", "tr-99", "ar-x", "17", "..%2F..%2Fetc%2Fpasswd", "tr-1%2F..", "tr--1",
                ] {
                    #expect(try await player.code(name, "id=\(wrong)") == 70, "\(name) \(wrong)")
                }
            }
            #expect(try await player.code("getNothing") == 70)
            #expect(try await player.code("createShare", "id=tr-1") == 50)
            let user = try await player.get("getUser", "username=l0")
            #expect((user["user"] as? TestPlayer.Members)?["username"] as? String == "l0")
        }
    }

    @Test func lists() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            func names(_ query: String, _ name: String = "getAlbumList2") async throws -> [String] {
                _ = try await player.code(name, query)
                let list = name == "getAlbumList2" ? "albumList2" : "albumList"
                let answer = try await player.json(name, query)
                let albums =
                    (answer[list] as? TestPlayer.Members)?["album"] as? [TestPlayer.Members]
                return (albums ?? []).compactMap { ($0["name"] as? String)?.suffix(1).description }
            }
            let alphabet = (0..<10).map(String.init)
            let byName = try await names("type=alphabeticalByName")
            #expect(byName == alphabet)
            #expect(try await names("type=alphabeticalByName", "getAlbumList") == alphabet)
            #expect(
                try await names("type=alphabeticalByArtist&size=3&offset=2") == ["2", "3", "4"])
            #expect(try await names("type=newest&size=2") == ["9", "8"])
            #expect(try await names("type=byYear&fromYear=1972&toYear=1974") == ["2", "3", "4"])
            #expect(try await names("type=byYear&fromYear=1974&toYear=1972") == ["4", "3", "2"])
            // Each artist's songs are of all three styles.
            #expect(try await names("type=byGenre&genre=Blues").count == 10)
            #expect(try await names("type=byGenre&genre=polka").isEmpty)
            #expect(try await Set(names("type=random&size=50")).count == 10)
            #expect(try await names("type=starred").isEmpty)
            #expect(try await names("type=highest").isEmpty)
            // l0 plays songs 3, 6, 9, 12, 18, 21 and 24: the last of album 4.
            #expect(try await names("type=recent&size=1") == ["4"])
            #expect(try await names("type=frequent&size=50").count == 7)
            let album = MusicIndex.albumID("Artist 5", "The Album 5")
            #expect(try await player.code("star", "albumId=\(album)") == nil)
            #expect(try await player.code("setRating", "id=\(album)&rating=4") == nil)
            #expect(try await names("type=starred") == ["5"])
            #expect(try await names("type=highest") == ["5"])
            #expect(try await player.code("unstar", "id=\(album)") == nil)
            #expect(try await names("type=starred").isEmpty)
            for (query, code) in [
                ("", 10), ("type=best", 0), ("type=byYear", 10), ("type=byGenre", 10),
                ("type=newest&size=many", 0),
            ] {
                #expect(try await player.code("getAlbumList2", query) == code, "\(query)")
            }
            #expect(
                try await player.ids(
                    "getSongsByGenre", "genre=rock&count=100", "songsByGenre", "song"
                )
                .count == 10)
            #expect(try await player.code("getSongsByGenre", "genre=rock") == nil)
            #expect(
                try await player.ids(
                    "getRandomSongs", "size=100&genre=rock&fromYear=1980", "randomSongs", "song"
                ).count == 6)
        }
    }

    @Test func search() async throws {
        let library = try SubsonicLibrary()
        try await library.server().application().test(.router) { client in
            let player = TestPlayer(client: client)
            for name in ["search2", "search3"] {
                let result = name == "search2" ? "searchResult2" : "searchResult3"
                #expect(try await player.code(name, "query=artist") == nil)
                #expect(try await player.ids(name, "query=artist+7", result, "artist").count == 1)
                #expect(try await player.ids(name, "query=ALBUM+7", result, "album").count == 1)
                // "Song & 7" and "Song & 17", "Song & 27", and all of album and artist 7: the same three.
                #expect(try await player.ids(name, "query=song+7", result, "song").count == 3)
                #expect(try await player.ids(name, "query=nothing", result, "song").isEmpty)
                #expect(try await player.code(name) == 10)
                // Everything, page by page.
                var seen: [String] = []
                for offset in stride(from: 0, to: 40, by: 8) {
                    seen += try await player.ids(
                        name, "query=%22%22&songCount=8&songOffset=\(offset)", result, "song")
                }
                #expect(seen.count == 30 && Set(seen).count == 30)
            }
        }
    }

    @Test func albumsWithoutAlbumArtist() throws {
        let library = try SubsonicLibrary()
        try library.catalogue.database.write {
            // Three artists in one folder: a compilation. Two thirds of one album by one artist: theirs.
            try $0.execute(sql: "UPDATE track SET album = 'Hits' WHERE id IN (1, 2, 3)")
            try $0.execute(sql: "UPDATE track SET album = 'Mostly' WHERE id IN (4, 14, 5)")
            try $0.execute(sql: "UPDATE track SET album = NULL WHERE id = 6")
        }
        let index = try MusicIndex(library.catalogue)
        func owner(_ name: String) -> [String] {
            index.albums.filter { $0.name == name }.map { index.artists[$0.artist].name }
        }
        #expect(owner("Hits") == ["Various Artists"])
        #expect(owner("Mostly") == ["Artist 3"])
        #expect(owner(MusicIndex.unknownAlbum) == ["Artist 5"])
        #expect(index.songs.count == 30 && Set(index.songs).count == 30)
        #expect(MusicIndex.sortName("The Knife") == "Knife")
        #expect(MusicIndex.artistID("Björk ") == MusicIndex.artistID("bjo\u{308}rk"))
    }
}
