import Foundation
import Library

/// Lists of albums and songs: by the alphabet, by year, genre, plays and love, at random.
enum SubsonicLists {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "getAlbumList": { call in
            .node(
                try await albums(call) { view, found in
                    ["albumList": .node(["album": .nodes(found.map { view.folder($0.0, $0.1) })])]
                })
        },
        "getAlbumList2": { call in
            .node(
                try await albums(call) { view, found in
                    ["albumList2": .node(["album": .nodes(found.map { view.node($0.0, $0.1) })])]
                })
        },
        "getRandomSongs": randomSongs, "getSongsByGenre": songsByGenre,
        "getStarred": { .node(["starred": .node(try await starred($0, asFolders: true))]) },
        "getStarred2": { .node(["starred2": .node(try await starred($0, asFolders: false))]) },
        "getNowPlaying": nowPlaying,
    ]

    static let types = [
        "random", "newest", "highest", "frequent", "recent", "starred", "alphabeticalByName",
        "alphabeticalByArtist", "byYear", "byGenre",
    ]

    private typealias Found = [(MusicIndex.Album, PlaySummary?)]

    private static func albums(
        _ call: SubsonicCall, _ node: @escaping @Sendable (LibraryView, Found) -> SubsonicNode
    ) async throws -> SubsonicNode {
        let parameters = call.parameters
        let type = try parameters.required("type")
        guard types.contains(type) else {
            throw SubsonicError.wrong("type", "one of \(types.joined(separator: ", "))")
        }
        let size = try parameters.int("size", 10, in: 0...500)
        let offset = try parameters.int("offset", 0, in: 0...Int(Int32.max))
        let years =
            type == "byYear"
            ? (
                try parameters.int(
                    "fromYear", Int(parameters.required("fromYear")) ?? 0, in: 0...9999),
                try parameters.int("toYear", Int(parameters.required("toYear")) ?? 0, in: 0...9999)
            ) : (0, 0)
        let genre = type == "byGenre" ? try parameters.required("genre") : ""
        return try await call.read { view in
            let played = try view.playsOfAlbums()
            let places = order(view, type, played, years: years, genre: genre)
            let page = places.dropFirst(offset).prefix(size)
            return node(view, page.map { (view.index.albums[$0], played[$0]) })
        }
    }

    /// Places of albums in the index.
    private static func order(
        _ view: LibraryView, _ type: String, _ played: [Int: PlaySummary], years: (Int, Int),
        genre: String
    ) -> [Int] {
        let albums = view.index.albums
        let all = Array(albums.indices)
        func descending<T: Comparable>(_ places: [Int], _ key: (Int) -> T) -> [Int] {
            places.map { ($0, key($0)) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
        }
        switch type {
        case "random": return all.shuffled()
        case "newest": return descending(all) { albums[$0].newest }
        case "highest":
            let rated = all.filter { view.marks[albums[$0].id]?.rating ?? 0 > 0 }
            return descending(rated) { view.marks[albums[$0].id]?.rating ?? 0 }
        case "frequent":
            return descending(all.filter { played[$0] != nil }) { played[$0]?.count ?? 0 }
        case "recent":
            return descending(all.filter { played[$0]?.last != nil }) { played[$0]?.last ?? 0 }
        case "starred":
            let starred = all.filter { view.marks[albums[$0].id]?.starred != nil }
            return descending(starred) { view.marks[albums[$0].id]?.starred ?? .distantPast }
        case "alphabeticalByArtist":
            return all.sorted { (albums[$0].artist, $0) < (albums[$1].artist, $1) }
        case "byYear":
            let (from, to) = years
            let range = min(from, to)...max(from, to)
            let found = all.filter { albums[$0].year.map(range.contains) ?? false }
                .sorted { (albums[$0].year ?? 0, $0) < (albums[$1].year ?? 0, $1) }
            return from > to ? found.reversed() : found
        case "byGenre":
            let key = MusicIndex.key(genre)
            return all.filter { albums[$0].genres.contains { MusicIndex.key($0) == key } }
        default: return all
        }
    }

    private static func randomSongs(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let parameters = call.parameters
        let size = try parameters.int("size", 10, in: 0...500)
        let from = try parameters.int("fromYear")
        let to = try parameters.int("toYear")
        let genre = parameters["genre"]
        return .node(
            try await call.read { view in
                let index = view.index
                var places: [Int]
                if let genre {
                    places = (index.genre(genre)?.songs ?? []).map(Int.init)
                } else {
                    places = Array(index.songs.indices)
                }
                if from != nil || to != nil {
                    places = places.filter { place in
                        let year = Int(index.years[place])
                        return year > 0 && year >= from ?? 0 && year <= to ?? 9999
                    }
                }
                // As many as are asked for change places with the first ones.
                var generator = SystemRandomNumberGenerator()
                for i in 0..<min(size, places.count) {
                    places.swapAt(i, Int.random(in: i..<places.count, using: &generator))
                }
                let tracks = try view.snapshot.tracks(places.prefix(size).map { index.songs[$0] })
                return ["randomSongs": .node(["song": view.children(tracks)])]
            })
    }

    private static func songsByGenre(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let genre = try call.parameters.required("genre")
        let count = try call.parameters.int("count", 10, in: 0...500)
        let offset = try call.parameters.int("offset", 0, in: 0...Int(Int32.max))
        return .node(
            try await call.read { view in
                let places = view.index.genre(genre)?.songs.dropFirst(offset).prefix(count) ?? []
                let tracks = try view.snapshot.tracks(places.map { view.index.songs[Int($0)] })
                return ["songsByGenre": .node(["song": view.children(tracks)])]
            })
    }

    private static func starred(_ call: SubsonicCall, asFolders: Bool) async throws -> SubsonicNode
    {
        try await call.read { view in
            func marked<T>(_ all: [T], _ id: (T) -> String) -> [T] {
                all.compactMap { item in view.marks[id(item)]?.starred.map { (item, $0) } }
                    .sorted { $0.1 > $1.1 }.map(\.0)
            }
            let loved = Dictionary(
                view.opinions.filter { $0.value.score > 0 }.map {
                    ($0.key, PlaySummary(count: 1, last: $0.value.time))
                }, uniquingKeysWith: { a, _ in a })
            let ids = try view.snapshot.catalogue.plays(byTrack: loved)
                .sorted { ($0.value.last ?? 0, $0.key) > ($1.value.last ?? 0, $1.key) }.map(\.key)
            let albums = marked(view.index.albums, \.id)
            return [
                "artist": .nodes(marked(view.index.artists, \.id).map(view.node)),
                "album": .nodes(
                    albums.map { asFolders ? view.folder($0, nil) : view.node($0, nil) }),
                "song": view.children(try view.snapshot.tracks(ids)),
            ]
        }
    }

    private static func nowPlaying(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        // Others' listening is theirs, except for administrators.
        let all = call.state.nowPlaying.all().filter {
            call.user.isAdmin || $0.listener == call.user.listener
        }
        return .node(
            try await call.read { view in
                let entries = all.compactMap { entry -> SubsonicNode? in
                    guard let track = entry.track else { return nil }
                    var node = view.child(track)
                    node.add("username", .text(entry.user))
                    node.add("minutesAgo", .int(Int(-entry.started.timeIntervalSinceNow / 60)))
                    node.add("playerId", .int(0))
                    node.add("playerName", .text(entry.player))
                    return node
                }
                return ["nowPlaying": .node(["entry": .nodes(entries)])]
            })
    }
}
