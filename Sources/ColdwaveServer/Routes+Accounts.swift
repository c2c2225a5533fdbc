import Foundation
import Hummingbird

/// Accounts and their API keys.
struct AccountRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    /// No control characters, and no space around it.
    private static let namePattern =
        #"^[^\u0000-\u0020\u007f-\u00a0]([^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u00a0])?$"#
    static let nameSchema = JSONSchema.string(length: 1...100, pattern: namePattern)
    static let passwordSchema = JSONSchema.string(length: 8...1000)

    private struct NewAccount: Decodable {
        let name: String
        let password: String
        let role: String
        let listener: String?
    }
    private struct UserView: Encodable {
        let name: String
        let role: String
        let listener: String?

        init(_ account: Account) {
            name = account.name
            role = account.role.rawValue
            listener = account.listener
        }
    }
    private struct UserList: Encodable { let users: [UserView] }
    private struct KeyList: Encodable { let keys: [KeyInfo] }
    private struct NewKey: Decodable { let label: String }
    private struct MadeKey: Encodable {
        let id: Int64
        let key: String
    }
    private struct PlayerPassword: Encodable { let password: String }

    private static let userSchema = JSONSchema.object([
        "name": .string(), "role": .oneOf(["admin", "listener"]), "listener?": .string(),
    ])

    static let notAName = APIError.unprocessable(
        "a name has 1 to 100 characters, none of them a control character, and no space around it")

    static func isName(_ name: String) -> Bool {
        (1...100).contains(name.unicodeScalars.count)
            && name.range(of: namePattern, options: .regularExpression) != nil
    }

    /// - Throws: ``APIError/unprocessable(_:next:)``.
    static func check(_ account: Account, password: String) throws {
        let names = [account.name] + (account.listener.map { [$0] } ?? [])
        guard names.allSatisfy(isName) else { throw notAName }
        guard (8...1000).contains(password.unicodeScalars.count) else {
            throw APIError.unprocessable("a password has 8 to 1000 characters")
        }
    }

    var endpoints: [Endpoint] { users + keys + players }

    private var users: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "users", about: "All accounts", access: .admin,
                answer: .json(.object(["users": .array(Self.userSchema)]))
            ) { _ in
                .json(UserList(users: try await parts.accounts.accounts().map(UserView.init)))
            },
            Endpoint(
                method: .post, path: "users", about: "Makes an account", access: .admin,
                body: .object([
                    "name": Self.nameSchema, "password": Self.passwordSchema,
                    "role": .oneOf(["admin", "listener"]),
                    "listener?": .nullable(Self.nameSchema),
                ]), answer: .json(Self.userSchema, status: 201), failures: [409, 422]
            ) { call in
                let new = try await call.body(NewAccount.self)
                guard let role = AuthContext.Role(rawValue: new.role) else {
                    throw APIError.unprocessable("role must be admin or listener")
                }
                let account = Account(
                    name: new.name, role: role,
                    listener: new.listener?.precomposedStringWithCanonicalMapping)
                try Self.check(account, password: new.password)
                guard !parts.configuration.isOpen else {
                    throw APIError.conflict("--open goes without accounts")
                }
                try await parts.accounts.create(account, password: new.password)
                if let listener = account.listener {
                    try await parts.library.read { try $0.catalogue.addListener(listener) }
                }
                return .json(UserView(account), status: .created)
            },
            Endpoint(
                method: .delete, path: "users/{name}",
                about: "Removes an account with its sessions and keys; the listener's plays stay",
                access: .admin, answer: .empty, failures: [404, 409]
            ) { call in
                try await parts.accounts.delete(call.required("name"))
                return Response(status: .noContent)
            },
        ]
    }

    private var keys: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "users/{name}/keys", about: "An account's API keys",
                answer: .json(
                    .object([
                        "keys": .array(
                            .object([
                                "id": .integer(), "label": .string(), "created": .string(),
                                "lastUsed?": .string(),
                            ]))
                    ])), failures: [403, 404]
            ) { call in
                let name = try await own(call)
                return .json(KeyList(keys: try await parts.accounts.keys(of: name)))
            },
            Endpoint(
                method: .post, path: "users/{name}/keys",
                about: "Makes an API key, which is shown this once",
                body: .object(["label": .string(length: 0...100)]),
                answer: .json(.object(["id": .integer(), "key": .string()]), status: 201),
                failures: [403, 404, 422]
            ) { call in
                let name = try await own(call)
                let label = try await call.body(NewKey.self).label
                guard label.unicodeScalars.count <= 100 else {
                    throw APIError.unprocessable("a label has at most 100 characters")
                }
                let made = try await parts.accounts.createKey(for: name, label: label)
                return .json(MadeKey(id: made.id, key: made.key), status: .created)
            },
            Endpoint(
                method: .delete, path: "users/{name}/keys/{id}", about: "Takes an API key back",
                answer: .empty, failures: [403, 404]
            ) { call in
                let name = try await own(call)
                try await parts.accounts.deleteKey(call.id("id"), of: name)
                return Response(status: .noContent)
            },
        ]
    }

    private var players: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "users/{name}/player-password",
                about:
                    "The password to enter in players: it opens the OpenSubsonic interface and nothing else",
                answer: .json(.object(["password": .string()])), failures: [403, 404]
            ) { call in
                let name = try await own(call)
                let password = try await parts.accounts.playerPassword(of: name) ?? ""
                return .json(PlayerPassword(password: password))
            },
            Endpoint(
                method: .post, path: "users/{name}/player-password",
                about: "Makes another player password; players with the old one are locked out",
                answer: .json(.object(["password": .string()])), failures: [403, 404]
            ) { call in
                let name = try await own(call)
                try await parts.accounts.renewPlayerPassword(of: name)
                let password = try await parts.accounts.playerPassword(of: name) ?? ""
                return .json(PlayerPassword(password: password))
            },
        ]
    }

    /// The account in the path, which is the sender's own or an administrator asks.
    private func own(_ call: Call) async throws -> String {
        let name = call.required("name")
        guard let auth = call.context.auth,
            auth.isAdmin || auth.user?.lowercased() == name.lowercased()
        else { throw APIError.forbidden("this is somebody else's account") }
        guard let account = try await parts.accounts.account(name) else {
            throw APIError.notFound("there is no account \(name)")
        }
        return account.name
    }
}
