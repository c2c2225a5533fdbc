import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Library

/// Accounts, sessions and API keys, in a database of their own beside the catalogue (`server.sqlite`), which has one writer at a time
/// and is nobody's secret.
public struct AccountStore: Sendable {
    let database: ServerDatabase
    private let box: SecretBox
    private let limiter: LoginLimiter
    private let blocking: BlockingPool
    private let isOpen: Bool
    private let rounds: Int
    static let sessionSeconds = 30.0 * 86400

    /// - Throws: ``ServerError/damagedAccounts(path:reason:)``.
    init(
        _ database: ServerDatabase, location: LibraryLocation, limits: ServerLimits,
        blocking: BlockingPool, isOpen: Bool
    ) throws {
        self.database = database
        box = try SecretBox(keyFile: location.root.appendingPathComponent("server.key"))
        limiter = LoginLimiter(most: limits.failedLogins, window: limits.loginSeconds)
        self.blocking = blocking
        self.isOpen = isOpen
        rounds = limits.passwordRounds
    }

    public func isFirstRun() async throws -> Bool {
        if isOpen { return false }
        return try await blocking.run { [database] in
            try database.queue.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM account") ?? 0 == 0
            }
        }
    }

    /// By cookie, or by an API key as `Authorization: Bearer KEY` or `Token KEY`.
    public func authenticate(_ request: Request, _ context: ServerContext) async throws
        -> AuthContext?
    {
        if isOpen { return .open }
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
            if parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) {
                return try await login(apiKey: parts[1])
            }
        }
        guard let token = request.cookies[SessionCookie.name]?.value else { return nil }
        return try await blocking.run { [database] in
            try database.account(
                """
                SELECT a.* FROM session s JOIN account a ON a.name = s.account
                WHERE s.hash = ? AND s.expires > ?
                """, [Secrets.hash(token), Date().timeIntervalSince1970]
            )?.auth(.session)
        }
    }

    /// - Returns: nil for a wrong name or password.
    /// - Throws: ``APIError/tooManyRequests(retryAfter:)`` after too many failures.
    public func login(name: String, password: String, from address: String?) async throws
        -> AuthContext?
    {
        try limiter.check(name, from: address)
        let account = try await blocking.run { [database, rounds] () -> Account? in
            let kept = try database.queue.read {
                try String.fetchOne(
                    $0, sql: "SELECT password FROM account WHERE name = ?", arguments: [name])
            }
            // An unknown name takes as long as a wrong password.
            guard PasswordHash.matches(password, kept ?? Self.nobodysHash(rounds)), kept != nil
            else {
                return nil
            }
            return try database.account("SELECT * FROM account WHERE name = ?", [name])
        }
        guard let account else {
            limiter.failed(name, from: address)
            return nil
        }
        limiter.succeeded(name, from: address)
        return account.auth(.credentials)
    }

    private static func nobodysHash(_ rounds: Int) -> String {
        "scrypt$\(rounds)$8$3$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    }

    /// - Returns: nil for a key that nobody has.
    public func login(apiKey: String) async throws -> AuthContext? {
        try await blocking.run { [database] in
            let hash = Secrets.hash(apiKey)
            guard
                let account = try database.account(
                    "SELECT a.* FROM apiKey k JOIN account a ON a.name = k.account WHERE k.hash = ?",
                    [hash])
            else { return nil }
            // Nobody is shut out because this cannot be kept.
            try? database.queue.write {
                // To the hour: a busy player need not write with every request.
                try $0.execute(
                    sql:
                        "UPDATE apiKey SET lastUsed = ?1 WHERE hash = ?2 AND coalesce(lastUsed, 0) < ?1 - 3600",
                    arguments: [Date().timeIntervalSince1970, hash])
            }
            return account.auth(.credentials)
        }
    }

    /// For a login that failed by other means than ``login(name:password:from:)``, such as a player's salted token.
    public func checkLimit(_ name: String, from address: String?) throws {
        try limiter.check(name, from: address)
    }
    public func loginFailed(_ name: String, from address: String?) {
        limiter.failed(name, from: address)
    }

    public func account(_ name: String) async throws -> Account? {
        try await blocking.run { [database] in
            try database.account("SELECT * FROM account WHERE name = ?", [name])
        }
    }

    /// The password a player gets instead of the account's own: OpenSubsonic's salted tokens, `t = md5(password + salt)`, need one that
    /// can be read again. It is made by us, lets into nothing but the player's interface, and is kept encrypted.
    /// - Returns: nil for an unknown name.
    public func playerPassword(of name: String) async throws -> String? {
        try await blocking.run { [database, box] in
            try database.queue.read {
                try Data.fetchOne(
                    $0, sql: "SELECT playerPassword FROM account WHERE name = ?",
                    arguments: [name])
            }.map { try box.open($0) }
        }
    }

    /// Makes another player password; players with the old one are locked out.
    func renewPlayerPassword(of name: String) async throws {
        try await blocking.run { [database, box] in
            let sealed = try box.seal(Secrets.token())
            try database.queue.write {
                try $0.execute(
                    sql: "UPDATE account SET playerPassword = ? WHERE name = ?",
                    arguments: [sealed, name])
            }
        }
    }
}

extension AccountStore {
    func accounts() async throws -> [Account] {
        try await blocking.run { [database] in
            try database.queue.read {
                try Row.fetchAll($0, sql: "SELECT * FROM account ORDER BY name")
            }.map(ServerDatabase.account)
        }
    }

    /// - Parameter isFirst: only where there is none yet.
    /// - Throws: ``APIError/conflict(_:next:)`` when there is one of that name.
    func create(
        _ account: Account, password: String, isFirst: Bool = false
    ) async throws {
        try await blocking.run { [database, box, rounds] in
            let hash = try PasswordHash.make(password, rounds: rounds)
            let sealed = try box.seal(Secrets.token())
            try database.queue.write { database in
                let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM account") ?? 0
                if isFirst, count > 0 {
                    throw APIError.conflict("the first account was made already", next: "log in")
                }
                try database.execute(
                    sql: "INSERT OR IGNORE INTO account VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        account.name, hash, account.role.rawValue, account.listener, sealed,
                        Date().timeIntervalSince1970,
                    ])
                guard database.changesCount == 1 else {
                    throw APIError.conflict("there is an account \(account.name) already")
                }
            }
        }
    }

    /// - Throws: ``APIError/notFound(_:next:)``, ``APIError/conflict(_:next:)`` for the last administrator.
    func delete(_ name: String) async throws {
        try await blocking.run { [database] in
            try database.queue.write { database in
                let role = try String.fetchOne(
                    database, sql: "SELECT role FROM account WHERE name = ?", arguments: [name])
                guard let role else { throw APIError.notFound("there is no account \(name)") }
                let admins =
                    try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM account WHERE role = 'admin'") ?? 0
                guard role != "admin" || admins > 1 else {
                    throw APIError.conflict("the last administrator stays")
                }
                try database.execute(
                    sql: "DELETE FROM account WHERE name = ?", arguments: [name])
            }
        }
    }

    /// - Returns: the session's token, for a cookie.
    func openSession(_ name: String) async throws -> String {
        try await blocking.run { [database] in
            let token = Secrets.token()
            let now = Date().timeIntervalSince1970
            try database.queue.write {
                try $0.execute(sql: "DELETE FROM session WHERE expires < ?", arguments: [now])
                try $0.execute(
                    sql: "INSERT INTO session VALUES (?, ?, ?)",
                    arguments: [Secrets.hash(token), name, now + Self.sessionSeconds])
            }
            return token
        }
    }

    func closeSession(_ token: String) async throws {
        try await blocking.run { [database] in
            try database.queue.write {
                try $0.execute(
                    sql: "DELETE FROM session WHERE hash = ?", arguments: [Secrets.hash(token)])
            }
        }
    }

    func keys(of name: String) async throws -> [KeyInfo] {
        @Sendable func date(_ seconds: Double) -> String {
            Date(timeIntervalSince1970: seconds).formatted(.iso8601)
        }
        return try await blocking.run { [database] in
            try database.queue.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT * FROM apiKey WHERE account = ? ORDER BY id",
                    arguments: [name]
                ).map { row in
                    KeyInfo(
                        id: row["id"], label: row["label"], created: date(row["created"]),
                        lastUsed: (row["lastUsed"] as Double?).map(date))
                }
            }
        }
    }

    /// - Returns: the key, which is not kept and cannot be shown again, and its id.
    func createKey(for name: String, label: String) async throws -> (id: Int64, key: String) {
        try await blocking.run { [database] in
            let key = Secrets.token()
            let id = try database.queue.write { database in
                try database.execute(
                    sql:
                        "INSERT INTO apiKey (account, label, hash, created) VALUES (?, ?, ?, ?)",
                    arguments: [name, label, Secrets.hash(key), Date().timeIntervalSince1970])
                return database.lastInsertedRowID
            }
            return (id, key)
        }
    }

    /// - Throws: ``APIError/notFound(_:next:)``.
    func deleteKey(_ id: Int64, of name: String) async throws {
        try await blocking.run { [database] in
            try database.queue.write {
                try $0.execute(
                    sql: "DELETE FROM apiKey WHERE id = ? AND account = ?", arguments: [id, name])
                guard $0.changesCount == 1 else {
                    throw APIError.notFound("\(name) has no key \(id)")
                }
            }
        }
    }
}
