import Foundation
import GRDB
import Library

/// `server.sqlite`: what the server alone keeps. Only its own user may read it.
struct ServerDatabase: Sendable {
    let queue: DatabaseQueue

    /// - Throws: ``ServerError/damagedAccounts(path:reason:)``.
    init(_ location: LibraryLocation) throws {
        let path = location.root.appendingPathComponent("server.sqlite").path
        // SQLite would make it readable for everybody whom the umask lets.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ServerError.damagedAccounts(path: path, reason: String(cString: strerror(errno)))
        }
        fchmod(descriptor, 0o600)
        close(descriptor)
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        configuration.label = "server"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            // What was accepted must outlive a power failure.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1") { try $0.execute(sql: Self.schema) }
            migrator.registerMigration("players") { try PlayerMarks.makeTable($0) }
            migrator.registerMigration("queues") { try PlayQueueStore.makeTable($0) }
            try migrator.migrate(queue)
        } catch let error as DatabaseError {
            throw ServerError.damagedAccounts(
                path: path, reason: error.message ?? "SQLite cannot open it")
        }
    }

    private static let schema = """
        CREATE TABLE account (name TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, password TEXT NOT NULL,
            role TEXT NOT NULL, listener TEXT, playerPassword BLOB NOT NULL, created REAL NOT NULL);
        CREATE TABLE session (hash BLOB PRIMARY KEY NOT NULL,
            account TEXT NOT NULL COLLATE NOCASE REFERENCES account(name) ON DELETE CASCADE, expires REAL NOT NULL);
        CREATE TABLE apiKey (id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL COLLATE NOCASE REFERENCES account(name) ON DELETE CASCADE,
            label TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, created REAL NOT NULL, lastUsed REAL);
        -- Listens and opinions that were accepted and are not in the catalogue yet, as JSON.
        CREATE TABLE inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL);
        -- owner: an account's name, or '' without accounts.
        CREATE TABLE playlist (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL COLLATE NOCASE,
            title TEXT NOT NULL, created REAL NOT NULL, changed REAL NOT NULL);
        CREATE TABLE playlistTrack (playlist INTEGER NOT NULL REFERENCES playlist(id) ON DELETE CASCADE,
            position INTEGER NOT NULL, track INTEGER NOT NULL, PRIMARY KEY (playlist, position)) WITHOUT ROWID;
        """

    func account(_ sql: String, _ arguments: StatementArguments) throws -> Account? {
        try queue.read { try Row.fetchOne($0, sql: sql, arguments: arguments) }.map(Self.account)
    }

    static func account(_ row: Row) -> Account {
        Account(
            name: row["name"],
            role: AuthContext.Role(rawValue: row["role"]) ?? .listener, listener: row["listener"])
    }
}
