import Foundation
import Hummingbird

/// The cookie of a session.
enum SessionCookie {
    static let name = "coldwave"

    static func set(_ token: String, seconds: Double, _ request: Request, prefix: String) -> String
    {
        // A reverse proxy says whether it speaks TLS with the browser.
        let isSecure =
            request.headers[.forwardedProto]?.lowercased() == "https" ? "; Secure" : ""
        return
            "\(name)=\(token); Path=\(prefix)/; Max-Age=\(Int(seconds)); HttpOnly; SameSite=Strict\(isSecure)"
    }
}

/// Logging in and out, and the first account.
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

        init(_ auth: AuthContext?, firstRun: Bool, open: Bool) {
            user = OrNull(
                auth.flatMap { auth in
                    auth.user.map {
                        User(name: $0, role: auth.role.rawValue, listener: auth.listener)
                    }
                })
            self.firstRun = firstRun
            self.open = open
        }
    }

    private struct Login: Decodable {
        let name: String
        let password: String
        let code: String?
    }

    static let schema = JSONSchema.object([
        "user": .nullable(
            .object([
                "name": .string(), "role": .oneOf(["admin", "listener"]), "listener?": .string(),
            ])), "firstRun": .boolean, "open": .boolean,
    ])

    var endpoints: [Endpoint] { [current, setup, login, logout] }

    private var current: Endpoint {
        Endpoint(
            method: .get, path: "session", about: "Who is logged in", access: .everyone,
            answer: .json(Self.schema)
        ) { call in
            .json(
                SessionView(
                    call.context.auth, firstRun: try await parts.accounts.isFirstRun(),
                    open: parts.configuration.isOpen))
        }
    }

    private var setup: Endpoint {
        Endpoint(
            method: .post, path: "setup",
            about:
                "Makes the first account, an administrator's, and logs in. From another machine it takes the `code` that the server prints at its start",
            access: .everyone,
            body: .object([
                "name": AccountRoutes.nameSchema, "password": AccountRoutes.passwordSchema,
                "code?": .string(length: 0...100),
            ]), answer: .json(Self.schema), failures: [403, 409, 422, 429]
        ) { call in
            let login = try await call.body(Login.self)
            guard !parts.configuration.isOpen else {
                throw APIError.conflict("--open goes without accounts")
            }
            guard try await parts.accounts.isFirstRun() else {
                throw APIError.conflict("the first account was made already", next: "log in")
            }
            let address = call.context.clientAddress(call.request)
            if !ServerContext.isLoopback(address) {
                try parts.accounts.checkLimit("setup", from: address)
                guard let code = login.code,
                    Secrets.areEqual(Secrets.hash(code), Secrets.hash(parts.setupCode))
                else {
                    parts.accounts.loginFailed("setup", from: address)
                    throw APIError.forbidden(
                        "from another machine the first account takes the code that the server printed at its start"
                    )
                }
            }
            let account = Account(name: login.name, role: .admin, listener: nil)
            try AccountRoutes.check(account, password: login.password)
            try await parts.accounts.create(account, password: login.password, isFirst: true)
            return try await logIn(account.auth(.session), call)
        }
    }

    private var login: Endpoint {
        Endpoint(
            method: .post, path: "session", about: "Logs in: the answer sets a cookie",
            access: .everyone,
            body: .object([
                "name": .string(length: 1...100), "password": .string(length: 1...1000),
            ]), answer: .json(Self.schema), failures: [429]
        ) { call in
            let login = try await call.body(Login.self)
            let auth = try await parts.accounts.login(
                name: login.name, password: login.password,
                from: call.context.clientAddress(call.request))
            guard let auth else { throw APIError.unauthorized("name or password is wrong") }
            return try await logIn(auth, call)
        }
    }

    private var logout: Endpoint {
        Endpoint(
            method: .delete, path: "session", about: "Logs out", access: .everyone,
            answer: .empty, failures: [403]
        ) { call in
            if let token = call.request.cookies[SessionCookie.name]?.value {
                try await parts.accounts.closeSession(token)
            }
            return Response(
                status: .noContent,
                headers: [
                    .setCookie: SessionCookie.set(
                        "", seconds: 0, call.request, prefix: parts.configuration.pathPrefix)
                ])
        }
    }

    private func logIn(_ auth: AuthContext, _ call: Call) async throws -> Response {
        let token = try await parts.accounts.openSession(auth.user ?? "")
        var response = Response.json(SessionView(auth, firstRun: false, open: false))
        response.headers[.setCookie] = SessionCookie.set(
            token, seconds: AccountStore.sessionSeconds, call.request,
            prefix: parts.configuration.pathPrefix)
        return response
    }
}
