import Hummingbird
import Library

/// Lists that lead somewhere: radio, and the way from one song to another.
struct DiscoverRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct TrackList: Encodable { let tracks: [SongView] }

    private static let schema = JSONSchema.object(["tracks": .songs])

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "radio",
                about:
                    "Songs that go on from a song or from a listener's taste; with what was played as `skip` it carries on and repeats nothing. Without either it starts anywhere",
                parameters: [
                    .integer("track", 0...9_007_199_254_740_991, nil, "The song it starts from"),
                    .text("listener", "Whose taste it starts from, and who knows what is familiar"),
                    .count,
                    .number(
                        "discovery", 0...1, 0.5,
                        "From 0 (only what is familiar) to 1 (only what is new)"),
                    .seed, .ids("skip", "What was played, oldest first"),
                ], answer: .json(Self.schema), failures: [403, 404, 409]
            ) { call in
                let listener = call.text("listener").flatMap { $0.isEmpty ? nil : $0 }
                if let listener { try call.requireListener(listener) }
                let track = call.int("track").map { Int64($0) }
                let (skip, count, auth) = (
                    call.ids("skip"), call.int("count", or: 20), call.context.auth
                )
                let (discovery, seed) = (call.double("discovery"), UInt64(call.int("seed") ?? 0))
                return .json(
                    try await parts.library.read { snapshot in
                        let recommender = try snapshot.requireRecommender()
                        let heard = try snapshot.catalogue.tracks(ids: skip)
                        let start: SeedSongs
                        if let track {
                            start = try recommender.seeds(of: [snapshot.requireTrack(track)])
                        } else if let listener {
                            start = try recommender.seeds(placeOf: listener)
                        } else if let last = heard.last {
                            start = try recommender.seeds(of: [last])
                        } else {
                            start = try recommender.seeds(of: [snapshot.anyTrack(seed)])
                        }
                        let list = try recommender.radio(
                            from: start, after: heard, listener: listener, discovery: discovery,
                            count: count, seed: seed)
                        return TrackList(tracks: try list.map { try snapshot.view($0, for: auth) })
                    })
            },
            Endpoint(
                method: .get, path: "path", about: "A way from one song to another, both included",
                parameters: [
                    .init(
                        name: "from", schema: .integer(0...9_007_199_254_740_991),
                        about: "The first song", isRequired: true),
                    .init(
                        name: "to", schema: .integer(0...9_007_199_254_740_991),
                        about: "The last song", isRequired: true), .count,
                ], answer: .json(Self.schema), failures: [404, 409]
            ) { call in
                let (from, to, count) = (call.id("from"), call.id("to"), call.int("count", or: 20))
                let auth = call.context.auth
                return .json(
                    try await parts.library.read { snapshot in
                        let list = try snapshot.requireRecommender().path(
                            from: snapshot.requireTrack(from), to: snapshot.requireTrack(to),
                            count: count)
                        return TrackList(tracks: try list.map { try snapshot.view($0, for: auth) })
                    })
            },
        ]
    }
}
