import Foundation
import HTTPTypes
import Hummingbird
import Library
import ListeningHistory

/// What scrobblers speak: the part of ListenBrainz' API with which they submit listens and love, and read them again.
struct ListenBrainzRoutes: Sendable {
    let parts: ServerParts
    let nowPlaying: NowPlaying

    init(_ parts: ServerParts, nowPlaying: NowPlaying) {
        self.parts = parts
        self.nowPlaying = nowPlaying
    }

    func add(to root: RouterGroup<ServerContext>) {
        route(root, .post, "submit-listens", submit)
        route(root, .get, "validate-token", validateToken)
        route(root, .get, "user/:name/listens", listens)
        route(root, .get, "user/:name/listen-count", listenCount)
        route(root, .get, "user/:name/playing-now", playingNow)
        route(root, .post, "feedback/recording-feedback", giveFeedback)
        route(root, .get, "feedback/user/:name/get-feedback", feedback)
    }

    private typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

    private func route(
        _ root: RouterGroup<ServerContext>, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping Handler
    ) {
        root.on("1/\(path)", method: method) { request, context in
            do {
                return try await handler(request, context)
            } catch let error as ListenBrainzError {
                return Self.failure(error.code, error.message)
            } catch {
                guard let known = APIError(error) else { throw error }
                return Self.failure(known.status.code, known.message)
            }
        }
    }

    private struct Failure: Encodable {
        let code: Int
        let error: String
    }
    private static func failure(_ code: Int, _ message: String) -> Response {
        .listenBrainz(Failure(code: code, error: message), status: .init(code: code))
    }

    // MARK: Who asks

    private func token(_ request: Request) -> String? {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["token", "bearer"].contains(parts[0].lowercased()) else {
                return nil
            }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return Call.query(request.uri.query ?? "")["token"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Returns: nil for a token that nobody has. Without accounts the token is the listener's name.
    private func user(_ request: Request, _ context: ServerContext) async throws -> PlayerUser? {
        guard let token = token(request), token.count <= 200 else {
            throw ListenBrainzError.unauthorized("You need to provide an Authorization header.")
        }
        if parts.configuration.isOpen {
            if PlayerLogin.isForeign(request) {
                throw ListenBrainzError.forbidden("another site's page may not use this server")
            }
            return try await parts.library.read { try PlayerUser.open(token, $0) }
        }
        if let auth = context.auth, auth.means == .credentials { return PlayerUser(auth) }
        return try await parts.accounts.login(apiKey: token).flatMap(PlayerUser.init)
    }

    func requireUser(_ request: Request, _ context: ServerContext) async throws
        -> PlayerUser
    {
        guard let user = try await user(request, context) else {
            throw ListenBrainzError.unauthorized("Invalid authorization token.")
        }
        return user
    }

    /// The listener that a path names, by the listener's own name or by the account's: one's own, or anybody's for
    /// administrators.
    func listener(_ request: Request, _ context: ServerContext) async throws -> String {
        let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
        let user = try await requireUser(request, context)
        func isSame(_ other: String) -> Bool {
            name.precomposedStringWithCanonicalMapping.lowercased()
                == other.precomposedStringWithCanonicalMapping.lowercased()
        }
        if isSame(user.listener) || isSame(user.name) { return user.listener }
        guard user.isAdmin else {
            throw ListenBrainzError.forbidden("these are somebody else's listens")
        }
        if !parts.configuration.isOpen, let account = try await parts.accounts.account(name) {
            return account.listener ?? account.name
        }
        guard try await parts.library.read({ try $0.catalogue.isListener(name) }) else {
            throw ListenBrainzError.notFound("Cannot find user: \(name)")
        }
        return name
    }

    func body(_ request: Request) async throws -> Data {
        let limit = parts.configuration.limits.body
        var body = ByteBuffer()
        for try await part in request.body {
            guard body.readableBytes + part.readableBytes <= limit else {
                throw ListenBrainzError.bad(
                    "Payload too large. Payload can be at most \(limit) bytes.")
            }
            body.writeImmutableBuffer(part)
        }
        return Data(body.readableBytesView)
    }

    // MARK: Listens

    struct Status: Encodable { let status = "ok" }
    private struct Validity: Encodable {
        let code = 200
        let message: String
        let valid: Bool
        let userName: String?
    }

    private func validateToken(_ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        guard token(request) != nil else {
            throw ListenBrainzError.bad("You need to provide an Authorization token.")
        }
        let user = try await user(request, context)
        return .listenBrainz(
            Validity(
                message: user == nil ? "Token invalid." : "Token valid.", valid: user != nil,
                userName: user?.name))
    }

    private func submit(_ request: Request, _ context: ServerContext) async throws -> Response {
        let user = try await requireUser(request, context)
        let submission = try ListenSubmission(try await body(request))
        switch submission.kind {
        case .playingNow:
            for item in submission.items {
                let track = try await parts.library.read {
                    try $0.catalogue.track(like: item.reference)
                }
                nowPlaying.set(
                    user, item.reference, track: track, player: item.player ?? "player",
                    seconds: item.seconds ?? track?.durationSeconds)
            }
        case .single, .importing:
            try await parts.inbox.submit(
                submission.items.map {
                    NewListen(
                        listener: user.listener, time: $0.time ?? 0, reference: $0.reference)
                })
        }
        return .listenBrainz(Status())
    }

    private struct Wrapped<Payload: Encodable & Sendable>: Encodable, Sendable {
        let payload: Payload
    }
    private struct Count: Encodable, Sendable { let count: Int }
    private struct ListenPage: Encodable, Sendable {
        let count: Int
        let latestListenTs: Int64
        let oldestListenTs: Int64
        let userId: String
        let listens: [ListenView]
    }
    private struct PlayingNowPage: Encodable, Sendable {
        let count: Int
        let playingNow = true
        let userId: String
        let listens: [ListenView]
    }

    private func listens(_ request: Request, _ context: ServerContext) async throws -> Response {
        let name = try await listener(request, context)
        let query = Call.query(request.uri.query ?? "")
        func time(_ key: String) throws -> Int64? {
            guard let text = query[key], !text.isEmpty else { return nil }
            guard let value = Int64(text), value >= 0 else {
                throw ListenBrainzError.bad("Invalid \(key) argument: \(text)")
            }
            return value
        }
        let (after, before) = (try time("min_ts"), try time("max_ts"))
        if let after, let before, after > before {
            throw ListenBrainzError.bad("max_ts should be greater than min_ts")
        }
        let count = try time("count").map { min(Int($0), ListenSubmission.most) } ?? 25
        return .listenBrainz(
            try await parts.library.read { snapshot in
                let catalogue = snapshot.catalogue
                let found = try catalogue.listens(
                    of: name, after: after, before: before, limit: count)
                // One id for a song, whatever it was called.
                let names = try catalogue.references(ofTracks: found.compactMap(\.trackID))
                return Wrapped(
                    payload: ListenPage(
                        count: found.count,
                        latestListenTs: try catalogue.listens(of: name, limit: 1).first?.time
                            ?? 0,
                        oldestListenTs: try catalogue.listens(of: name, after: -1, limit: 1)
                            .first?.time ?? 0,
                        userId: name,
                        listens: try found.map { listen in
                            ListenView(
                                listen, user: name,
                                reference: listen.trackID.flatMap { names[$0] },
                                track: try listen.trackID.flatMap { try catalogue.track(id: $0) })
                        }))
            })
    }

    private func listenCount(_ request: Request, _ context: ServerContext) async throws -> Response
    {
        let name = try await listener(request, context)
        return .listenBrainz(
            Wrapped(
                payload: Count(
                    count: try await parts.library.read {
                        try $0.catalogue.listenCount(of: name)
                    })))
    }

    private func playingNow(_ request: Request, _ context: ServerContext) async throws -> Response {
        let name = try await listener(request, context)
        let entry = nowPlaying.of(name)
        return .listenBrainz(
            Wrapped(
                payload: PlayingNowPage(
                    count: entry == nil ? 0 : 1, userId: name,
                    listens: entry.map { [ListenView($0)] } ?? [])))
    }
}
