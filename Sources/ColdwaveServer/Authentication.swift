import Foundation
import HTTPTypes
import Hummingbird

/// Puts who sent the request into its context, and turns away what another site's page sends in their name.
struct Authentication: RouterMiddleware {
    let accounts: AccountStore
    let isOpen: Bool
    /// Where players are, some of them pages of another site: there no cookie counts, and every request brings its own password.
    let players: String

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        // Another site's name may be made to lead to this machine (DNS rebinding); its pages then ask under that name.
        if isOpen, let host = request.head.authority, !Self.isLoopback(host) {
            throw APIError.forbidden(
                "without accounts this only answers to 127.0.0.1 and localhost")
        }
        context.auth = try await accounts.authenticate(request, context)
        if ![.get, .head, .options].contains(request.method),
            context.auth?.means != .credentials, !request.uri.path.hasPrefix(players)
        {
            try checkOrigin(request, context.auth)
        }
        return try await next(request, context)
    }

    private func checkOrigin(_ request: Request, _ auth: AuthContext?) throws {
        let site = request.headers[.secFetchSite]
        let isForeign =
            site == "cross-site" || site == "same-site"
            || request.headers[.origin].map { origin in
                guard let host = request.head.authority else { return true }
                return origin.split(separator: "/", omittingEmptySubsequences: true).last
                    .map(String.init) != host
            } ?? false
        let needsHeader = auth?.means == .session
        if isForeign || needsHeader && request.headers[.coldwave] == nil {
            throw APIError.forbidden(
                "a request that changes something must come from Coldwave's own page, with the header X-Coldwave: 1"
            )
        }
    }

    static func isLoopback(_ authority: String) -> Bool {
        let host =
            authority.hasPrefix("[")
            ? String(authority.prefix { $0 != "]" }) + "]"
            : String(authority.prefix { $0 != ":" })
        return ["127.0.0.1", "localhost", "[::1]"].contains(host.lowercased())
    }
}

extension Endpoint.Access {
    /// - Throws: ``APIError/unauthorized(_:)``, ``APIError/forbidden(_:)``.
    func check(_ auth: AuthContext?) throws {
        switch self {
        case .everyone: return
        case .signedIn:
            guard auth != nil else { throw APIError.unauthorized("nobody is logged in") }
        case .admin:
            guard let auth else { throw APIError.unauthorized("nobody is logged in") }
            guard auth.isAdmin else { throw APIError.forbidden("only administrators may do this") }
        }
    }
}
