import Foundation
import Library

/// Songs like others, by Coldwave.
enum SubsonicSimilar {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "getSimilarSongs": { .node(["similarSongs": .node(try await similar($0))]) },
        "getSimilarSongs2": { .node(["similarSongs2": .node(try await similar($0))]) },
        "getTopSongs": topSongs, "getSonicSimilarTracks": sonicTracks, "findSonicPath": sonicPath,
        "getArtistInfo": { .node(["artistInfo": .node(try await artistInfo($0))]) },
        "getArtistInfo2": { .node(["artistInfo2": .node(try await artistInfo($0))]) },
        "getAlbumInfo": { .node(["albumInfo": .node(try await albumInfo($0))]) },
        "getAlbumInfo2": { .node(["albumInfo": .node(try await albumInfo($0))]) },
    ]

    /// By plays and by sound; `id` is a song's, an album's or an artist's in both endpoints, as players send all of them.
    private static func similar(_ call: SubsonicCall) async throws -> SubsonicNode {
        let id = try call.parameters.required("id")
        let count = try call.parameters.int("count", 50, in: 0...500)
        return try await call.read { view in
            ["song": view.children(try similar(id, view, count: count))]
        }
    }

    private static func similar(_ id: String, _ view: LibraryView, count: Int) throws -> [Track] {
        let songs = try view.songs(of: id)
        guard count > 0, !songs.isEmpty else { return [] }
        let recommender = try view.snapshot.requireRecommender()
        // Some more, for those that the listener does not want.
        let hated = view.opinions.values.filter { $0.score < 0 }.count
        return try Array(
            recommender.similar(
                to: recommender.seeds(of: songs), count: count + hated, maxPerArtist: 0
            ).compactMap { try recommender.track($0.track.id) }.filter { !view.isHated($0) }
                .prefix(count))
    }

    /// An artist's songs that are played most, by all listeners together. `artist` is a name, or `id` an id.
    private static func topSongs(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let count = try call.parameters.int("count", 50, in: 0...500)
        let name = call.parameters["artist"]
        let given = call.parameters["id"] ?? call.parameters["artistId"]
        guard name != nil || given != nil else { throw SubsonicError.missing("artist") }
        return .node(
            try await call.read { view in
                let id = given ?? MusicIndex.artistID(name ?? "")
                // An artist that the library lacks has no songs, which is no failure.
                guard view.index.artistByID[id] != nil else {
                    return ["topSongs": .node(["song": .nodes([])])]
                }
                var plays: [(track: Track, plays: Int)] = []
                for track in try view.songs(of: id) {
                    plays.append((track, try view.snapshot.plays(of: track.id ?? 0)))
                }
                let top = plays.sorted {
                    ($1.plays, $0.track.id ?? 0) < ($0.plays, $1.track.id ?? 0)
                }
                return ["topSongs": .node(["song": view.children(top.prefix(count).map(\.track))])]
            })
    }

    /// The extension `sonicSimilarity`: by sound alone.
    private static func sonicTracks(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        let count = try call.parameters.int("count", 10, in: 0...500)
        return .node(
            try await call.read { view in
                let track = try view.song(id)
                let recommender = try view.snapshot.requireRecommender()
                let found = try recommender.soundNeighbors(of: track, count: count)
                return ["sonicMatch": .nodes(found.map { match(view, $0.track, $0.cosine) })]
            })
    }

    private static func sonicPath(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let first = try call.parameters.required("startSongId")
        let last = try call.parameters.required("endSongId")
        let count = try call.parameters.int("count", 25, in: 2...500)
        return .node(
            try await call.read { view in
                let (start, end) = (try view.song(first), try view.song(last))
                let recommender = try view.snapshot.requireRecommender()
                let path =
                    start.id == end.id
                    ? [start] : try recommender.path(from: start, to: end, count: count)
                return [
                    "sonicMatch": .nodes(
                        try path.map { track in
                            match(
                                view, track,
                                track.id == start.id
                                    ? 1 : try recommender.soundCosine(start, track))
                        })
                ]
            })
    }

    /// - Parameter cosine: 1 is the same sound; what points away counts as 0, what is unknown as -1.
    private static func match(_ view: LibraryView, _ track: Track, _ cosine: Float?) -> SubsonicNode
    {
        [
            "similarity": .double(cosine.map { Double(min(1, max(0, $0))) } ?? -1),
            "entry": .node(view.child(track)),
        ]
    }

    /// Artists of the songs that are like an artist's; the library has no biographies.
    private static func artistInfo(_ call: SubsonicCall) async throws -> SubsonicNode {
        let id = try call.parameters.required("id")
        let count = try call.parameters.int("count", 20, in: 0...100)
        return try await call.read { view in
            let own: MusicIndex.Artist
            switch SubsonicID(id) {
            case .artist?: own = try view.artist(id)
            case .album?: own = view.index.artists[try view.album(id).artist]
            case .song?:
                let name = MusicIndex.artistID(try view.song(id).artist)
                own = try view.artist(name)
            case nil: throw SubsonicError.unknown("artist", id)
            }
            var node: SubsonicNode = ["musicBrainzId": own.mbid.map(SubsonicValue.text)]
            // Without a build nothing is known to be similar.
            let songs =
                view.snapshot.recommender == nil
                ? [] : (try? similar(own.id, view, count: 10 * count)) ?? []
            var seen: Set<String> = [own.id]
            let others = songs.map { MusicIndex.artistID($0.artist) }
                .filter { seen.insert($0).inserted }.prefix(count)
            node.add(
                "similarArtist",
                .nodes(
                    others.compactMap { id in
                        view.index.artistByID[id].map { view.node(view.index.artists[$0]) }
                    }))
            return node
        }
    }

    private static func albumInfo(_ call: SubsonicCall) async throws -> SubsonicNode {
        let id = try call.parameters.required("id")
        return try await call.read { view in
            switch SubsonicID(id) {
            case .song?:
                return ["musicBrainzId": (try view.song(id)).releaseMBID.map(SubsonicValue.text)]
            default: return ["musicBrainzId": (try view.album(id)).mbid.map(SubsonicValue.text)]
            }
        }
    }
}
