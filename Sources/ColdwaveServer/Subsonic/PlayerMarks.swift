import Foundation
import GRDB

/// What players keep of a user beside love and hate of songs, which the catalogue has: stars of albums and artists, ratings of
/// two stars and more, comments on playlists.
struct PlayerMarks: Sendable {
    struct Mark: Sendable, Equatable {
        var starred: Date?
        var rating = 0
        var comment: String?
    }
    private let database: ServerDatabase
    private let blocking: BlockingPool

    init(_ parts: ServerParts) {
        database = parts.playlists.database
        blocking = parts.blocking
    }

    /// - Throws: `DatabaseError`.
    func all(of owner: String) throws -> [String: Mark] {
        try database.queue.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM playerMark WHERE owner = ?", arguments: [owner])
            return Dictionary(
                rows.map { row in
                    let starred = (row["starred"] as Double?).map(Date.init(timeIntervalSince1970:))
                    return (
                        row["item"] as String,
                        Mark(starred: starred, rating: row["rating"], comment: row["comment"])
                    )
                }, uniquingKeysWith: { _, last in last })
        }
    }

    func change(
        _ items: [String], of owner: String, _ change: @escaping @Sendable (inout Mark) -> Void
    ) async throws {
        guard !items.isEmpty else { return }
        let marks = self
        try await blocking.run {
            let known = try marks.all(of: owner)
            try marks.database.queue.write { database in
                for item in items {
                    var mark = known[item] ?? Mark()
                    change(&mark)
                    try database.execute(
                        sql: "DELETE FROM playerMark WHERE owner = ? AND item = ?",
                        arguments: [owner, item])
                    if mark == Mark() { continue }
                    try database.execute(
                        sql: "INSERT INTO playerMark VALUES (?, ?, ?, ?, ?)",
                        arguments: [
                            owner, item, mark.starred?.timeIntervalSince1970, mark.rating,
                            mark.comment,
                        ])
                }
            }
        }
    }

    /// A migration of ``ServerDatabase``.
    static func makeTable(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE playerMark (owner TEXT NOT NULL COLLATE NOCASE, item TEXT NOT NULL,
                    starred REAL, rating INTEGER NOT NULL DEFAULT 0, comment TEXT, PRIMARY KEY (owner, item))
                    WITHOUT ROWID
                """)
    }
}
