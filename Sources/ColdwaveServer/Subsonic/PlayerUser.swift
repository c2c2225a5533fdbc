import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Library
import Synchronization

/// Who uses a player.
struct PlayerUser: Sendable, Equatable {
    /// The account's name; without accounts the listener's.
    let name: String
    /// Whose playlists and ratings these are: the account's name, or empty without accounts.
    let owner: String
    /// Whose plays and lists these are.
    let listener: String
    let isAdmin: Bool

    init(name: String, owner: String, listener: String, isAdmin: Bool) {
        self.name = name
        self.owner = owner
        self.listener = listener
        self.isAdmin = isAdmin
    }

    /// - Returns: nil without an account's name.
    init?(_ auth: AuthContext) {
        guard let name = auth.user else { return nil }
        self.init(
            name: name, owner: name, listener: auth.listener ?? name, isAdmin: auth.isAdmin)
    }

    /// Without accounts: the listener of this name, else the library's only one, else a new one of this name.
    static func open(_ name: String, _ snapshot: LibrarySnapshot) throws -> PlayerUser {
        let known = try snapshot.catalogue.isListener(name)
        let all = known ? [] : try snapshot.catalogue.listeners(limit: 2).items.map(\.name)
        let listener = known ? name : all.count == 1 ? all[0] : name
        return PlayerUser(name: listener, owner: "", listener: listener, isAdmin: true)
    }
}

/// Lets players in: by a salted token of the player password (`u`, `t`, `s`), by a password (`u`, `p`), by an API key.
final class PlayerLogin: Sendable {
    private let parts: ServerParts
    /// Passwords that were right a moment ago, as keyed hashes: checking one takes long on purpose, and old players send it
    /// always.
    private let recent = Mutex<[Data: Date]>([:])
    private let key = SymmetricKey(size: .bits256)
    private static let recentSeconds = 300.0

    init(_ parts: ServerParts) { self.parts = parts }

    /// - Throws: ``SubsonicError``, ``APIError/tooManyRequests(retryAfter:)``.
    func user(
        _ parameters: SubsonicParameters, _ request: Request, _ context: ServerContext
    ) async throws -> PlayerUser {
        try Self.checkVersion(parameters)
        let isOpen = parts.configuration.isOpen
        if isOpen, Self.isForeign(request) {
            // Without passwords nothing else tells a player from some page in the browser.
            throw SubsonicError(.notAllowed, "another site's page may not use this server")
        }
        if let apiKey = parameters["apiKey"] {
            guard !["u", "p", "t", "s"].contains(where: { parameters[$0] != nil }) else {
                throw SubsonicError(
                    .conflictingAuthentication, "apiKey goes without u, p, t and s")
            }
            if isOpen { return try await open(apiKey) }
            let address = context.clientAddress(request)
            try parts.accounts.checkLimit("", from: address)
            guard let auth = try await parts.accounts.login(apiKey: apiKey),
                let user = PlayerUser(auth)
            else {
                parts.accounts.loginFailed("", from: address)
                throw SubsonicError(.invalidAPIKey, "nobody has this API key")
            }
            return user
        }
        // A key in the Authorization header, as for the API.
        if parameters["u"] == nil, let auth = context.auth, auth.means == .credentials,
            let user = PlayerUser(auth)
        {
            return user
        }
        let name = try parameters.required("u")
        guard name.count <= 100, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw SubsonicError(.wrongCredentials, "wrong name or password")
        }
        let token = parameters["t"]?.lowercased()
        let password = parameters["p"].map(Self.plain)
        guard token == nil || password == nil else {
            throw SubsonicError(.conflictingAuthentication, "either p or t and s, not both")
        }
        if let token {
            let salt = try parameters.required("s")
            guard token.utf8.count == 32, token.utf8.allSatisfy({ $0.isHexDigit }) else {
                throw SubsonicError.wrong("t", "md5(password + salt) in hexadecimal digits")
            }
            return isOpen
                ? try await open(name)
                : try await user(name, request, context) { kept in
                    Self.equal(Self.md5(kept + salt), token)
                }
        }
        guard let password else { throw SubsonicError.missing("p, or t and s,") }
        if isOpen { return try await open(name) }
        return try await user(name, request, context, password: password) { kept in
            Self.equal(kept, password)
        }
    }

    private func open(_ name: String) async throws -> PlayerUser {
        try await parts.library.read { try PlayerUser.open(name, $0) }
    }

    /// - Parameters:
    ///   - password: tried as the account's own too.
    ///   - isRight: whether what was sent fits the player password.
    private func user(
        _ name: String, _ request: Request, _ context: ServerContext, password: String? = nil,
        _ isRight: (String) -> Bool
    ) async throws -> PlayerUser {
        let (accounts, address) = (parts.accounts, context.clientAddress(request))
        try accounts.checkLimit(name, from: address)
        if let kept = try await accounts.playerPassword(of: name), isRight(kept),
            let account = try await accounts.account(name),
            let user = PlayerUser(account.auth(.credentials))
        {
            return user
        }
        if let password {
            let mark = mark(name, password)
            if isRecent(mark), let account = try await accounts.account(name),
                let user = PlayerUser(account.auth(.credentials))
            {
                return user
            }
            // Counts its failures itself.
            if let auth = try await accounts.login(name: name, password: password, from: address),
                let user = PlayerUser(auth)
            {
                recent.withLock { $0[mark] = Date() }
                return user
            }
        } else {
            accounts.loginFailed(name, from: address)
        }
        throw SubsonicError(.wrongCredentials, "wrong name or password")
    }

    private func mark(_ name: String, _ password: String) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(
                for: Data("\(name.lowercased())\0\(password)".utf8), using: key))
    }

    private func isRecent(_ mark: Data) -> Bool {
        recent.withLock { recent in
            let now = Date()
            recent = recent.filter { now.timeIntervalSince($0.value) < Self.recentSeconds }
            return recent[mark] != nil
        }
    }

    /// `enc:` and hexadecimal digits is the same password, out of sight.
    static func plain(_ password: String) -> String {
        guard password.hasPrefix("enc:") else { return password }
        let digits = Array(password.dropFirst(4).utf8)
        guard digits.count.isMultiple(of: 2) else { return password }
        var bytes: [UInt8] = []
        for i in stride(from: 0, to: digits.count, by: 2) {
            guard
                let byte = UInt8(String(decoding: digits[i...i + 1], as: UTF8.self), radix: 16)
            else { return password }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }

    /// Takes as long wherever the two differ.
    private static func equal(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// This server speaks 1.16.1.
    private static func checkVersion(_ parameters: SubsonicParameters) throws {
        guard let version = parameters["v"] else { return }
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }) else {
            throw SubsonicError.wrong("v", "a version such as 1.16.1")
        }
        if major > 1 {
            throw SubsonicError(.serverTooOld, "this server speaks version 1.16.1 of the protocol")
        }
        if major < 1 {
            throw SubsonicError(.clientTooOld, "the player must speak version 1 of the protocol")
        }
    }

    static func isForeign(_ request: Request) -> Bool {
        if ["cross-site", "same-site"].contains(request.headers[.secFetchSite] ?? "") {
            return true
        }
        guard let origin = request.headers[.origin] else { return false }
        return origin.split(separator: "/").last.map(String.init) != request.head.authority
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (48...57).contains(self) || (97...102).contains(self)
    }
}
