import Foundation
import GRDB

/// What a user's player was playing, so that another one can go on with it: one queue a user, as the protocol has it.
struct PlayQueueStore: Sendable {
    struct Queue: Sendable, Equatable {
        /// Numbers of tracks.
        var songs: [Int64]
        /// The place of the current one.
        var current: Int?
        /// Milliseconds into it.
        var position: Int
        var changed: Date
        var changedBy: String
    }
    private let database: ServerDatabase
    private let blocking: BlockingPool

    init(_ parts: ServerParts) {
        database = parts.playlists.database
        blocking = parts.blocking
    }

    func queue(of owner: String) async throws -> Queue? {
        try await blocking.run { [database] in
            try database.queue.read { database in
                guard
                    let row = try Row.fetchOne(
                        database, sql: "SELECT * FROM playQueue WHERE owner = ?", arguments: [owner]
                    )
                else { return nil }
                let songs: String = row["songs"]
                return Queue(
                    songs: songs.split(separator: ",").compactMap { Int64($0) },
                    current: row["current"], position: row["position"],
                    changed: Date(timeIntervalSince1970: row["changed"]),
                    changedBy: row["changedBy"])
            }
        }
    }

    /// - Parameter queue: nil forgets it.
    func save(_ queue: Queue?, of owner: String) async throws {
        try await blocking.run { [database] in
            try database.queue.write { database in
                guard let queue else {
                    return try database.execute(
                        sql: "DELETE FROM playQueue WHERE owner = ?", arguments: [owner])
                }
                try database.execute(
                    sql: "INSERT OR REPLACE INTO playQueue VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        owner, queue.songs.map(String.init).joined(separator: ","), queue.current,
                        queue.position, queue.changed.timeIntervalSince1970, queue.changedBy,
                    ])
            }
        }
    }

    /// A migration of ``ServerDatabase``.
    static func makeTable(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE playQueue (owner TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, songs TEXT NOT NULL,
                    current INTEGER, position INTEGER NOT NULL, changed REAL NOT NULL, changedBy TEXT NOT NULL)
                """)
    }
}
