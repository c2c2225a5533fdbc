import Foundation
import GRDB
import ListeningHistory
import Matrices

extension SongReference {
    /// What makes two references the same song to the catalogue: the strongest identifier there is.
    var key: String {
        if let id { return "id:" + id }
        if let recordingMBID { return "mbid:" + recordingMBID.lowercased() }
        if let spotifyURI { return "spotify:" + spotifyURI }
        if let isrc { return "isrc:" + isrc.uppercased() }
        if let path { return "path:" + path }
        return "name:" + MatchKey.normalize(artist: artist ?? "", title: title ?? "")
    }
}

extension Catalogue {
    /// Points references without a track to the track they name, if it has arrived.
    /// - Returns: how many found one.
    func matchReferences() throws -> Int {
        try database.write { try matchReferences($0) }
    }

    /// The order of the contract: recording MBID, Spotify URI or ISRC, path below a root, file name stem, (artist, title).
    /// A stem counts only where one recording has it: half of all albums have an "01 - Intro".
    /// - Parameter newest: look only at references with a higher id; the others were tried before.
    @discardableResult
    func matchReferences(_ database: Database, after newest: Int64 = 0) throws -> Int {
        var matched = 0
        for (column, own) in [
            ("recordingMBID", "recordingMBID"), ("spotifyURI", "spotifyURI"), ("isrc", "isrc"),
            ("relativePath", "coalesce(reference.path, externalID)"),
            ("path", "coalesce(reference.path, externalID)"),
            ("stem", "externalID"), ("matchKey", "matchKey"),
        ] {
            let unique =
                column == "stem" ? "GROUP BY t.stem HAVING count(DISTINCT t.recording) = 1" : ""
            let value = own.contains("(") || own.contains(".") ? own : "reference." + own
            try database.execute(
                sql: """
                    UPDATE reference SET trackID =
                        (SELECT min(t.id) FROM track t WHERE t.\(column) = \(value) \(unique))
                    WHERE id > \(newest) AND trackID IS NULL AND \(value) IS NOT NULL
                        AND EXISTS (SELECT 1 FROM track t WHERE t.\(column) = \(value) \(unique))
                    """)
            matched += database.changesCount
        }
        if matched > 0 { try bumpRevision("plays", database) }
        return matched
    }

    /// Whether a reference `r` has a play, as SQL; some only have love, hate or skips.
    static let isPlayed = "EXISTS (SELECT 1 FROM play p WHERE p.referenceID = r.id)"

    /// Counts for `status`.
    func playCounts() throws -> (listeners: Int, plays: Int, songs: Int, matchedSongs: Int) {
        try database.read { database in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
            return (
                try count("SELECT count(*) FROM listener"),
                try count("SELECT coalesce(sum(count), 0) FROM play"),
                try count("SELECT count(*) FROM reference r WHERE \(Self.isPlayed)"),
                try count(
                    "SELECT count(*) FROM reference r WHERE trackID IS NOT NULL AND \(Self.isPlayed)"
                )
            )
        }
    }
}

/// A song of the taste space: a track of the library, or one that listeners play but the library lacks.
public enum SongID: Hashable, Sendable, CustomStringConvertible {
    case track(Int64)
    case reference(Int64)

    public var description: String {
        switch self {
        case .track(let id): "track-\(id)"
        case .reference(let id): "reference-\(id)"
        }
    }

    public init?(_ text: some StringProtocol) {
        guard let dash = text.lastIndex(of: "-"), let id = Int64(text[text.index(after: dash)...])
        else { return nil }
        switch text[..<dash] {
        case "track": self = .track(id)
        case "reference": self = .reference(id)
        default: return nil
        }
    }
}

/// All plays as a matrix, with what its rows and columns are.
public struct TasteData: Sendable {
    public let listeners: [String]
    public let songs: [SongID]
    /// Play counts `[listeners, songs]`.
    public let plays: SparseMatrix

    public var listenerIndex: [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(listeners, 0...))
    }
    public var songIndex: [SongID: Int] { Dictionary(uniqueKeysWithValues: zip(songs, 0...)) }
}

extension Catalogue {
    /// Reads all plays, and love, which counts as one more: who loves a song has heard it, with or without a log. Copies of one
    /// recording count as one song, the one with the lowest id.
    public func tasteData() throws -> TasteData {
        try database.read { database in
            var listenerRow: [Int64: Int] = [:]
            var listeners: [String] = []
            var songColumn: [SongID: Int] = [:]
            var songs: [SongID] = []
            let columns = try Row.fetchAll(
                database,
                sql: """
                    SELECT r.id AS reference, (SELECT min(c.id) FROM track t JOIN track c ON c.recording = t.recording
                        WHERE t.id = r.trackID) AS track
                    FROM reference r WHERE \(Self.isPlayed)
                        OR r.id IN (SELECT referenceID FROM feedback WHERE score > 0)
                    ORDER BY track IS NULL, track, r.id
                    """)
            var columnOfReference: [Int64: Int] = [:]
            for row in columns {
                let reference: Int64 = row["reference"]
                let id = (row["track"] as Int64?).map(SongID.track) ?? .reference(reference)
                if songColumn[id] == nil {
                    songColumn[id] = songs.count
                    songs.append(id)
                }
                columnOfReference[reference] = songColumn[id]
            }
            for row in try Row.fetchAll(
                database,
                sql: """
                    SELECT id, name FROM listener WHERE id IN (SELECT DISTINCT listenerID FROM play)
                        OR id IN (SELECT listenerID FROM feedback WHERE score > 0) ORDER BY name
                    """
            ) {
                listenerRow[row["id"]] = listeners.count
                listeners.append(row["name"])
            }
            var entries: [(row: Int, column: Int, value: Float)] = []
            for sql in [
                "SELECT listenerID, referenceID, sum(count) FROM play GROUP BY listenerID, referenceID",
                "SELECT listenerID, referenceID, 1 FROM feedback WHERE score > 0",
            ] {
                let cursor = try Row.fetchCursor(database, sql: sql)
                while let row = try cursor.next() {
                    guard let listener = listenerRow[row[0]], let column = columnOfReference[row[1]]
                    else { continue }
                    entries.append((listener, column, Float(row[2] as Int64)))
                }
            }
            return TasteData(
                listeners: listeners, songs: songs,
                plays: SparseMatrix(rows: listeners.count, columns: songs.count, entries: entries))
        }
    }
}
