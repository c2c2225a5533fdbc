import Foundation
import HTTPTypes
import Hummingbird

/// Everything under `api/v1`. A route is in the router and in the OpenAPI document because it is in this list.
struct API: Sendable {
    let endpoints: [Endpoint]
    let document: OpenAPIDocument

    init(_ parts: ServerParts) {
        let routes =
            SessionRoutes(parts).endpoints + AccountRoutes(parts).endpoints
            + StatusRoutes(parts).endpoints + ListenerRoutes(parts).endpoints
            + FeedbackRoutes(parts).endpoints + TrackRoutes(parts).endpoints
            + DiscoverRoutes(parts).endpoints + PlaylistRoutes(parts).endpoints
            + MapRoutes(parts).endpoints + FilterRoutes(parts).endpoints
            + JobRoutes(parts).endpoints
        func about(_ answer: JSONValue?) -> Endpoint {
            Endpoint(
                method: .get, path: "openapi.json", about: "This document", access: .everyone,
                answer: .json(.anything)
            ) { _ in .json(answer) }
        }
        let configuration = parts.configuration
        document = OpenAPIDocument(
            routes + [about(nil)], version: configuration.version,
            prefix: configuration.pathPrefix, isOpen: configuration.isOpen)
        endpoints = routes + [about(document.json)]
    }

    func add(to group: RouterGroup<ServerContext>) {
        for endpoint in endpoints {
            group.on(Self.routerPath(endpoint.path), method: endpoint.method) { request, context in
                try endpoint.access.check(context.auth)
                return try await endpoint.handle(Call(request, context, endpoint))
            }
        }
        // Another method on a path that exists is told so, instead of "not found".
        for (path, all) in Dictionary(grouping: endpoints, by: \.path) {
            var allowed = Set(all.map(\.method))
            if allowed.contains(.get) { allowed.insert(.head) }
            let names = allowed.map(\.rawValue).sorted()
            for method in Self.methods where !allowed.contains(method) {
                group.on(Self.routerPath(path), method: method) { _, _ -> Response in
                    throw APIError.methodNotAllowed(allowed: names)
                }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .post, .put, .delete, .patch, .options, .trace,
    ]

    /// `tracks/{id}` as the router has it.
    static func routerPath(_ path: String) -> RouterPath {
        RouterPath(
            path.split(separator: "/").map {
                $0.hasPrefix("{") ? ":" + $0.dropFirst().dropLast() : String($0)
            }.joined(separator: "/"))
    }
}
