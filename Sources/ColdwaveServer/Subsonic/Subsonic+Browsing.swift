import Foundation
import Library

/// Artists, their albums, their songs.
enum SubsonicBrowsing {
    /// There is one folder: the library.
    static let folderID = 1

    static let handlers: [String: SubsonicRoutes.Handler] = [
        "getMusicFolders": { _ in
            .node([
                "musicFolders": .node([
                    "musicFolder": .nodes([["id": .int(folderID), "name": .text("Music")]])
                ])
            ])
        },
        "getIndexes": indexes, "getArtists": artists, "getMusicDirectory": directory,
        "getArtist": artist, "getAlbum": album, "getSong": song, "getGenres": genres,
    ]

    private static func alphabet(_ view: LibraryView) -> SubsonicValue {
        let artists = view.index.artists.filter(\.hasAlbums)
        let letters = Dictionary(grouping: artists) { artist in
            let first = MusicIndex.folded(artist.sortName).uppercased().first
            return first.map { $0.isLetter ? String($0) : "#" } ?? "#"
        }
        return .nodes(
            letters.sorted { $0.key < $1.key }.map { letter, artists in
                ["name": .text(letter), "artist": .nodes(artists.map(view.node))]
            })
    }

    private static func indexes(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let since = try call.parameters.int("ifModifiedSince") ?? 0
        return .node(
            try await call.read { view in
                var node: SubsonicNode = [
                    "lastModified": .int(view.index.lastModified),
                    "ignoredArticles": .text(MusicIndex.articles),
                ]
                let isOld = since > 0 && view.index.lastModified <= since
                node.add("index", isOld ? .nodes([]) : alphabet(view))
                return ["indexes": .node(node)]
            })
    }

    private static func artists(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        .node(
            try await call.read { view in
                [
                    "artists": .node([
                        "ignoredArticles": .text(MusicIndex.articles), "index": alphabet(view),
                    ])
                ]
            })
    }

    private static func directory(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        return .node(
            try await call.read { view in
                var node: SubsonicNode
                switch SubsonicID(id) {
                case .artist?:
                    let artist = try view.artist(id)
                    let played = try view.playsOfAlbums()
                    node = ["id": .text(id), "name": .text(artist.name)]
                    node.add(
                        "child",
                        .nodes(artist.albums.map { view.folder(view.index.albums[$0], played[$0]) })
                    )
                case .album?:
                    let album = try view.album(id)
                    node = [
                        "id": .text(id), "parent": .text(view.index.artists[album.artist].id),
                        "name": .text(album.name),
                    ]
                    node.add("child", view.children(try view.snapshot.tracks(album.tracks)))
                default:
                    guard id == String(folderID) else {
                        throw SubsonicError.unknown("directory", id)
                    }
                    node = ["id": .text(id), "name": .text("Music")]
                    node.add(
                        "child",
                        .nodes(
                            view.index.artists.filter(\.hasAlbums).map { artist in
                                [
                                    "id": .text(artist.id), "parent": .text(id),
                                    "isDir": .flag(true), "title": .text(artist.name),
                                    "artist": .text(artist.name), "mediaType": .text("artist"),
                                ]
                            }))
                }
                return ["directory": .node(node)]
            })
    }

    private static func artist(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        return .node(
            try await call.read { view in
                let artist = try view.artist(id)
                let played = try view.playsOfAlbums()
                var node = view.node(artist)
                node.add(
                    "album",
                    .nodes(artist.albums.map { view.node(view.index.albums[$0], played[$0]) }))
                return ["artist": .node(node)]
            })
    }

    private static func album(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        return .node(
            try await call.read { view in
                let album = try view.album(id)
                let tracks = try view.snapshot.tracks(album.tracks)
                let plays = tracks.compactMap { view.plays[$0.recording] }
                var node = view.node(
                    album,
                    PlaySummary(
                        count: plays.reduce(0) { $0 + $1.count },
                        last: plays.compactMap(\.last).max()))
                node.add("song", view.children(tracks))
                return ["album": .node(node)]
            })
    }

    private static func song(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        return .node(try await call.read { ["song": .node($0.child(try $0.song(id)))] })
    }

    private static func genres(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        .node(
            try await call.read { view in
                let nodes = view.index.genres.map { genre in
                    var node: SubsonicNode = [
                        "songCount": .int(genre.songs.count), "albumCount": .int(genre.albums),
                    ]
                    node.content = genre.name
                    return node
                }
                return ["genres": .node(["genre": .nodes(nodes)])]
            })
    }
}
