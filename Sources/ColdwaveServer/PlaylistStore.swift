import Foundation
import GRDB

/// A playlist somebody made.
public struct SavedPlaylist: Equatable, Sendable {
    public let id: Int64
    /// The account's name; empty without accounts.
    public let owner: String
    public let title: String
    public let created: Date
    public let changed: Date
    public let tracks: [Int64]
}

/// Playlists that users make, in the server's own database. Everybody sees only their own.
public struct PlaylistStore: Sendable {
    let database: ServerDatabase
    let blocking: BlockingPool

    public func list(of owner: String) async throws -> [SavedPlaylist] {
        try await blocking.run { [database] in
            try database.queue.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM playlist WHERE owner = ? ORDER BY changed DESC, id",
                    arguments: [owner]
                ).map { try Self.playlist($0, database) }
            }
        }
    }

    /// - Returns: nil where this owner has none of that id.
    public func playlist(_ id: Int64, of owner: String) async throws -> SavedPlaylist? {
        try await blocking.run { [database] in
            try database.queue.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT * FROM playlist WHERE id = ? AND owner = ?",
                    arguments: [id, owner]
                ).map { try Self.playlist($0, database) }
            }
        }
    }

    public func create(title: String, tracks: [Int64], owner: String) async throws -> Int64 {
        try await blocking.run { [database] in
            try database.queue.write { database in
                let now = Date().timeIntervalSince1970
                try database.execute(
                    sql:
                        "INSERT INTO playlist (owner, title, created, changed) VALUES (?, ?, ?, ?)",
                    arguments: [owner, title, now, now])
                let id = database.lastInsertedRowID
                try Self.fill(id, tracks, database)
                return id
            }
        }
    }

    /// - Parameters:
    ///   - title: nil leaves it.
    ///   - tracks: nil leaves them.
    /// - Throws: ``APIError/notFound(_:next:)``.
    public func update(_ id: Int64, of owner: String, title: String?, tracks: [Int64]?) async throws
    {
        try await blocking.run { [database] in
            try database.queue.write { database in
                try database.execute(
                    sql: """
                        UPDATE playlist SET title = coalesce(?, title), changed = ?
                        WHERE id = ? AND owner = ?
                        """, arguments: [title, Date().timeIntervalSince1970, id, owner])
                guard database.changesCount == 1 else { throw Self.unknown(id) }
                if let tracks { try Self.fill(id, tracks, database) }
            }
        }
    }

    /// - Throws: ``APIError/notFound(_:next:)``.
    public func delete(_ id: Int64, of owner: String) async throws {
        try await blocking.run { [database] in
            try database.queue.write {
                try $0.execute(
                    sql: "DELETE FROM playlist WHERE id = ? AND owner = ?", arguments: [id, owner])
                guard $0.changesCount == 1 else { throw Self.unknown(id) }
            }
        }
    }

    static func unknown(_ id: Int64) -> APIError {
        .notFound("there is no playlist \(id)", next: "GET playlists lists them")
    }

    private static func fill(_ id: Int64, _ tracks: [Int64], _ database: Database) throws {
        try database.execute(sql: "DELETE FROM playlistTrack WHERE playlist = ?", arguments: [id])
        let add = try database.makeStatement(sql: "INSERT INTO playlistTrack VALUES (?, ?, ?)")
        for (position, track) in tracks.enumerated() {
            try add.execute(arguments: [id, position, track])
        }
    }

    private static func playlist(_ row: Row, _ database: Database) throws -> SavedPlaylist {
        SavedPlaylist(
            id: row["id"], owner: row["owner"], title: row["title"],
            created: Date(timeIntervalSince1970: row["created"]),
            changed: Date(timeIntervalSince1970: row["changed"]),
            tracks: try Int64.fetchAll(
                database,
                sql: "SELECT track FROM playlistTrack WHERE playlist = ? ORDER BY position",
                arguments: [row["id"] as Int64]))
    }
}
