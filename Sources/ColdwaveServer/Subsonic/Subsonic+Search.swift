import Foundation
import Library

/// Search by words; without any everything, page by page, which is how players copy a library.
enum SubsonicSearch {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "search2": { .node(["searchResult2": .node(try await search($0, asFolders: true))]) },
        "search3": { .node(["searchResult3": .node(try await search($0, asFolders: false))]) },
    ]

    /// The words of a query; quotes and asterisks, which some players add, don't count.
    static func words(_ query: String) -> [String] {
        query.filter { !"\"*".contains($0) }.split(separator: " ").prefix(8).map(String.init)
    }

    private static func search(_ call: SubsonicCall, asFolders: Bool) async throws -> SubsonicNode {
        let parameters = call.parameters
        guard parameters.has("query") else { throw SubsonicError.missing("query") }
        let words = words(String((parameters["query"] ?? "").prefix(200)))
        func page(_ name: String) throws -> (count: Int, offset: Int) {
            (
                try parameters.int("\(name)Count", 20, in: 0...500),
                try parameters.int("\(name)Offset", 0, in: 0...Int(Int32.max))
            )
        }
        let (artistPage, albumPage, songPage) = (
            try page("artist"), try page("album"), try page("song")
        )
        return try await call.read { view in
            let folded = words.map(MusicIndex.folded)
            func fits(_ name: String) -> Bool {
                if folded.isEmpty { return true }
                let name = MusicIndex.folded(name)
                return folded.allSatisfy { name.contains($0) }
            }
            func some<T>(
                _ all: [T], _ page: (count: Int, offset: Int), _ name: @escaping (T) -> String
            )
                -> [T]
            {
                guard page.count > 0 else { return [] }
                return Array(
                    all.lazy.filter { fits(name($0)) }.dropFirst(page.offset).prefix(page.count))
            }
            let artists = some(view.index.artists, artistPage, \.name)
            let albums = some(view.index.albums, albumPage) {
                "\(view.index.artists[$0.artist].name) \($0.name)"
            }
            let songs: [Track]
            if songPage.count == 0 {
                songs = []
            } else if words.isEmpty {
                songs = try view.snapshot.tracks(
                    Array(view.index.songs.dropFirst(songPage.offset).prefix(songPage.count)))
            } else {
                songs = try view.snapshot.catalogue.tracks(
                    matching: words.joined(separator: " "), limit: songPage.count,
                    offset: songPage.offset
                ).items
            }
            return [
                "artist": .nodes(artists.map(view.node)),
                "album": .nodes(
                    albums.map { asFolders ? view.folder($0, nil) : view.node($0, nil) }),
                "song": view.children(songs),
            ]
        }
    }
}
