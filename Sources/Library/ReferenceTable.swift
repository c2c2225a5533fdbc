import GRDB
import ListeningHistory

/// Listeners' and songs' rows in the catalogue during one import: found or made once, then remembered.
final class ReferenceTable {
    private let database: Database
    private var listeners: [String: Int64] = [:]
    private var songs: [SongReference: Int64] = [:]
    /// Rows of the file by song.
    private(set) var rowsOfSong: [Int64: Int] = [:]
    /// The highest id before this import.
    let newest: Int64
    /// Whether a reference from before learned something, so that it may match now.
    private(set) var hasLearned = false
    /// So many songs are remembered at once; those beyond are asked for again.
    private static let mostSongs = 1_000_000

    private let addListener: Statement
    private let findListener: Statement
    private let addSong: Statement
    private let findSong: Statement
    private let teachSong: Statement

    init(_ database: Database) throws {
        self.database = database
        newest =
            try Int64.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM reference") ?? 0
        addListener = try database.makeStatement(
            sql: "INSERT OR IGNORE INTO listener (name) VALUES (?)")
        findListener = try database.makeStatement(sql: "SELECT id FROM listener WHERE name = ?")
        addSong = try database.makeStatement(
            sql: """
                INSERT INTO reference (externalID, artist, title, album, recordingMBID, spotifyURI, isrc, path,
                    matchKey, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        findSong = try database.makeStatement(sql: "SELECT id FROM reference WHERE key = ?")
        let columns = [
            "externalID", "artist", "title", "album", "recordingMBID", "spotifyURI", "isrc", "path",
            "matchKey",
        ]
        teachSong = try database.makeStatement(
            sql: "UPDATE reference SET "
                + columns.enumerated().map { "\($0.1) = coalesce(\($0.1), ?\($0.0 + 1))" }
                .joined(separator: ", ")
                + " WHERE key = ?10 AND ("
                + columns.enumerated().map { "(\($0.1) IS NULL AND ?\($0.0 + 1) IS NOT NULL)" }
                .joined(separator: " OR ") + ")")
    }

    var listenerCount: Int { listeners.count }

    /// A name is one listener's however its letters are composed, as for Swift's strings.
    func listener(_ name: String) throws -> Int64 {
        let name = name.precomposedStringWithCanonicalMapping
        if let id = listeners[name] { return id }
        try addListener.execute(arguments: [name])
        let id = try Int64.fetchOne(findListener, arguments: [name]) ?? 0
        listeners[name] = id
        return id
    }

    /// The song of one row.
    /// - Parameter isRow: whether the row is one of those that are counted as matched or not.
    func song(_ reference: SongReference, isRow: Bool = true) throws -> Int64 {
        let id = try songs[reference] ?? find(reference)
        if isRow { rowsOfSong[id, default: 0] += 1 }
        return id
    }

    private func find(_ reference: SongReference) throws -> Int64 {
        let key = reference.key
        let isNamed = reference.artist != nil && reference.title != nil
        let values: StatementArguments = [
            reference.id, reference.artist, reference.title, reference.album,
            reference.recordingMBID?.lowercased(), reference.spotifyURI,
            reference.isrc?.uppercased(), reference.path,
            isNamed
                ? MatchKey.normalize(artist: reference.artist ?? "", title: reference.title ?? "")
                : nil, key,
        ]
        let id: Int64
        if let known = try Int64.fetchOne(findSong, arguments: [key]) {
            id = known
            try teachSong.execute(arguments: values)
            if database.changesCount > 0 { hasLearned = hasLearned || id <= newest }
        } else {
            try addSong.execute(arguments: values)
            id = database.lastInsertedRowID
        }
        if songs.count >= Self.mostSongs { songs.removeAll(keepingCapacity: true) }
        songs[reference] = id
        return id
    }
}
