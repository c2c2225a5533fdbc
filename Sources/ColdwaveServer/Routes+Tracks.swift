import Hummingbird
import Library

/// Songs: the list, one of them, and those near it.
struct TrackRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct TrackList: Encodable {
        let total: Int
        let tracks: [SongView]
    }

    var endpoints: [Endpoint] { [list, similar] }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "tracks", about: "Songs, by artist, album and number",
            parameters: [
                .text("query", "Words of artist, title or album"), .limit, .offset,
                .choice("sort", TrackOrder.allCases.map(\.rawValue), "artist", "By what"),
            ], answer: .json(.object(["total": .integer(), "tracks": .songs]))
        ) { call in
            let auth = call.context.auth
            let (query, limit, offset) = (
                call.text("query") ?? "", call.int("limit", or: 50), call.int("offset", or: 0)
            )
            let order = call.text("sort").flatMap(TrackOrder.init(rawValue:)) ?? .artist
            return .json(
                try await parts.library.read { snapshot in
                    let page = try snapshot.catalogue.tracks(
                        matching: query, order: order, limit: limit, offset: offset)
                    return TrackList(
                        total: page.total,
                        tracks: try page.items.map { try snapshot.view($0, for: auth) })
                })
        }
    }

    private var similar: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/similar", about: "The nearest songs by cosine",
            parameters: [.count], answer: .json(.object(["suggestions": .suggestions])),
            failures: [404, 409]
        ) { call in
            let (id, count, auth) = (call.id("id"), call.int("count", or: 20), call.context.auth)
            return .json(
                try await parts.library.read { snapshot in
                    let track = try snapshot.requireTrack(id)
                    let recommender = try snapshot.requireRecommender()
                    let list = try recommender.similar(
                        to: recommender.seeds(of: [track]), count: count)
                    return SuggestionList(suggestions: try snapshot.views(list, for: auth))
                })
        }
    }
}
