import Hummingbird

/// Who is logged in.
struct SessionRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct SessionView: Encodable {
        struct User: Encodable {
            let name: String
            let role: String
            let listener: String?
        }
        let user: OrNull<User>
        let firstRun: Bool
        let open: Bool
    }

    static let schema = JSONSchema.object([
        "user": .nullable(
            .object([
                "name": .string(), "role": .oneOf(["admin", "listener"]), "listener?": .string(),
            ])), "firstRun": .boolean, "open": .boolean,
    ])

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "session", about: "Who is logged in", access: .everyone,
                answer: .json(Self.schema)
            ) { call in
                let auth = call.context.auth
                let user = auth.flatMap { auth in
                    auth.user.map {
                        SessionView.User(
                            name: $0, role: auth.role.rawValue, listener: auth.listener)
                    }
                }
                return .json(
                    SessionView(
                        user: OrNull(user), firstRun: try await parts.accounts.isFirstRun(),
                        open: parts.configuration.isOpen))
            }
        ]
    }
}
