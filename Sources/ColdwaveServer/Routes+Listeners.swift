import Foundation
import Hummingbird
import Library

/// Listeners: what they played, and what they get.
struct ListenerRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct ListenerList: Encodable {
        let total: Int
        let listeners: [ListenerSummary]
    }
    private struct HistoryList: Encodable {
        struct Entry: Encodable {
            let track: OrNull<SongView>
            let name: String
            let plays: Int
        }
        let total: Int
        let songs: [Entry]
    }

    private static let listSchema = JSONSchema.object([
        "listener": .string(), "suggestions": .suggestions,
    ])

    var endpoints: [Endpoint] { [list, create, history, listen, recommendations] + mixes }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "listeners", about: "Listeners, those who play most first",
            parameters: [.text("query", "Part of the name"), .limit, .offset],
            answer: .json(
                .object([
                    "total": .integer(),
                    "listeners": .array(
                        .object(["name": .string(), "plays": .integer(), "songs": .integer()])),
                ]))
        ) { call in
            let auth = call.context.auth
            let (query, limit, offset) = (
                call.text("query") ?? "", call.int("limit", or: 50), call.int("offset", or: 0)
            )
            return .json(
                try await parts.library.read { snapshot in
                    if let auth, !auth.isAdmin {
                        let own =
                            try auth.listener.map {
                                try snapshot.catalogue.listeners(matching: $0, limit: 1000).items
                            }?.filter { auth.maySee(listener: $0.name) } ?? []
                        return ListenerList(
                            total: own.count,
                            listeners: Array(own.dropFirst(offset).prefix(limit)))
                    }
                    let page = try snapshot.catalogue.listeners(
                        matching: query, limit: limit, offset: offset)
                    return ListenerList(total: page.total, listeners: page.items)
                })
        }
    }

    private var history: Endpoint {
        Endpoint(
            method: .get, path: "listeners/{name}/history", about: "What they played, most first",
            parameters: [.limit, .offset],
            answer: .json(
                .object([
                    "total": .integer(),
                    "songs": .array(
                        .object([
                            "track": .nullable(.song), "name": .string(), "plays": .integer(),
                        ])),
                ])), failures: [403, 404]
        ) { call in
            let name = call.required("name")
            try call.requireListener(name)
            let (limit, offset) = (call.int("limit", or: 50), call.int("offset", or: 0))
            let auth = call.context.auth
            return .json(
                try await parts.library.read { snapshot in
                    try snapshot.catalogue.requireListener(name)
                    let all = try snapshot.catalogue.history(of: name)
                    let entries = try all.dropFirst(offset).prefix(limit).map { item in
                        var track: Track?
                        if case .track(let id) = item.song {
                            track = try snapshot.catalogue.track(id: id)
                        }
                        return HistoryList.Entry(
                            track: OrNull(try track.map { try snapshot.view($0, for: auth) }),
                            name: item.name, plays: item.count)
                    }
                    return HistoryList(total: all.count, songs: Array(entries))
                })
        }
    }

    private struct NewListener: Codable { let name: String }

    private var create: Endpoint {
        Endpoint(
            method: .post, path: "listeners",
            about: "Makes a listener known who has not played anything yet; a known one stays",
            access: .admin, body: .object(["name": AccountRoutes.nameSchema]),
            answer: .json(.object(["name": .string()]), status: 201)
        ) { call in
            let name = try await call.body(NewListener.self).name
                .precomposedStringWithCanonicalMapping
            guard AccountRoutes.isName(name) else { throw AccountRoutes.notAName }
            try await parts.library.read { try $0.catalogue.addListener(name) }
            return .json(NewListener(name: name), status: .created)
        }
    }

    private struct Heard: Decodable {
        let track: Int64
        let listenedAt: Int64?
    }

    private var listen: Endpoint {
        Endpoint(
            method: .post, path: "listeners/{name}/listens",
            about:
                "A song was heard: half of it, or four minutes. The next list goes by it; the same listen twice is one",
            body: .object([
                "track": .integer(0...9_007_199_254_740_991),
                // Seconds since 1970 when it began; nothing: now.
                "listenedAt?": .nullable(
                    .integer(Int(ListenSubmission.earliest)...253_402_300_799)),
            ]), answer: .empty, failures: [404]
        ) { call in
            let name = call.required("name")
            try call.requireListener(name)
            let heard = try await call.body(Heard.self)
            let now = Int64(Date().timeIntervalSince1970)
            // A clock that is ahead: what was heard was heard by now.
            let time = min(heard.listenedAt ?? now, now)
            guard time >= ListenSubmission.earliest else {
                throw APIError.unprocessable(
                    "listenedAt must be seconds since 1970, from \(ListenSubmission.earliest) on")
            }
            let track = try await parts.library.read { snapshot in
                try snapshot.catalogue.requireListener(name)
                return try snapshot.requireTrack(heard.track)
            }
            try await parts.inbox.submit([
                NewListen(
                    listener: name, time: time, reference: track.reference, trackID: track.id)
            ])
            return Response(status: .noContent)
        }
    }

    private var recommendations: Endpoint {
        Endpoint(
            method: .get, path: "listeners/{name}/recommendations",
            about: "Songs for a listener, from plays and from sound",
            parameters: [
                .count, .flag("new", "Only songs that nobody has played"), .discovery, .seed,
                .integer("maxPerArtist", 0...1000, 2, "Songs by one artist; 0 for any number"),
                .flag("includePlayed", "Also what they have played"),
            ], answer: .json(Self.listSchema), failures: [403, 404, 409]
        ) { call in
            var request = RecommendationRequest()
            request.count = call.int("count", or: 20)
            request.onlyNew = call.flag("new")
            request.discovery = Float(call.double("discovery"))
            request.seed = call.int("seed").map { UInt64($0) }
            request.maxPerArtist = call.int("maxPerArtist", or: 2)
            request.includePlayed = call.flag("includePlayed")
            return try await suggestions(call) { [request] recommender, name in
                try recommender.recommend(name, request)
            }
        }
    }

    private var mixes: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "listeners/{name}/daily",
                about: "Today's mix of what they know and what is new to them",
                parameters: [.count], answer: .json(Self.listSchema), failures: [403, 404, 409]
            ) { call in
                let count = call.int("count", or: 20)
                return try await suggestions(call) { try $0.dailyMix($1, count: count) }
            },
            Endpoint(
                method: .get, path: "listeners/{name}/weekly",
                about: "This week's discoveries", parameters: [.count],
                answer: .json(Self.listSchema), failures: [403, 404, 409]
            ) { call in
                let count = call.int("count", or: 20)
                return try await suggestions(call) { try $0.weeklyDiscovery($1, count: count) }
            },
        ]
    }

    private func suggestions(
        _ call: Call, _ make: @escaping @Sendable (Recommender, String) throws -> [Suggestion]
    ) async throws -> Response {
        let name = call.required("name")
        try call.requireListener(name)
        let auth = call.context.auth
        return try await parts.library.rank { snapshot in
            let list = try make(snapshot.requireRecommender(), name)
            return .json(
                SuggestionList(listener: name, suggestions: snapshot.views(list, for: auth)))
        }
    }
}
