import CollaborativeFiltering
import GRDB
import Matrices

/// A listener's playlist, in its order.
public struct StoredPlaylist: Equatable, Sendable {
    public let listener: String
    public let name: String
    public let songs: [SongID]
}

extension Catalogue {
    /// A song's track as SQL, for a reference `r`: the copy with the lowest id of the recording it matches.
    static let trackOfReference = """
        (SELECT min(c.id) FROM track t JOIN track c ON c.recording = t.recording WHERE t.id = r.trackID)
        """

    /// What listeners said of songs: 1 loves it, -1 hates it. By listener and song.
    public func feedback() throws -> [(listener: String, song: SongID, score: Int)] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT l.name AS listener, \(Self.trackOfReference) AS track, r.id AS reference, f.score AS score
                    FROM feedback f JOIN listener l ON l.id = f.listenerID JOIN reference r ON r.id = f.referenceID
                    WHERE f.score <> 0 ORDER BY l.name, track IS NULL, track, r.id
                    """
            ).map { ($0["listener"], Self.song($0), $0["score"]) }
        }
    }

    /// What hate weighs: as much against a song as so many plays speak for one. A skip weighs as one, and never more than hate.
    static let playsOfDislike: Float = 10

    /// How often listeners skipped songs.
    /// - Parameter listener: nil for all.
    func skips(of listener: String? = nil) throws -> [(listener: String, song: SongID, count: Int)]
    {
        // One listener's are looked up, not looked for among everybody's.
        let condition =
            listener == nil ? "" : "WHERE s.listenerID = (SELECT id FROM listener WHERE name = ?)"
        let name = listener?.precomposedStringWithCanonicalMapping
        return try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT l.name AS listener, \(Self.trackOfReference) AS track, r.id AS reference, count(*) AS skips
                    FROM skip s JOIN listener l ON l.id = s.listenerID JOIN reference r ON r.id = s.referenceID
                    \(condition) GROUP BY l.name, coalesce(track, -r.id)
                    """, arguments: name.map { [$0] } ?? []
            ).map { ($0["listener"], Self.song($0), $0["skips"]) }
        }
    }

    /// The weight w of a song that a listener hates, or skipped so often.
    static func weight(
        ofSkips count: Int? = nil, _ configuration: FactorizationConfiguration
    ) -> Float {
        let plays = min(playsOfDislike, count.map(Float.init) ?? playsOfDislike)
        return configuration.confidence(of: plays) - 1
    }

    /// What listeners turned away from, with the weight w of ``ImplicitALS/fit(_:dislikes:initial:progress:)``, in the shape of
    /// `data.plays`: songs they hate, and songs they skipped and have not otherwise played. Nil when there are none. Songs that
    /// nobody plays have no place there.
    func dislikes(_ data: TasteData, _ configuration: FactorizationConfiguration) throws
        -> SparseMatrix?
    {
        let (listeners, songs) = (data.listenerIndex, data.songIndex)
        var weights: [Int: [Int: Float]] = [:]
        for skip in try skips() {
            guard let row = listeners[skip.listener], let column = songs[skip.song],
                data.plays.place(row, column) == nil
            else { continue }
            weights[row, default: [:]][column] = Self.weight(ofSkips: skip.count, configuration)
        }
        for item in try feedback() where item.score < 0 {
            guard let row = listeners[item.listener], let column = songs[item.song] else {
                continue
            }
            weights[row, default: [:]][column] = Self.weight(configuration)
        }
        guard !weights.isEmpty else { return nil }
        return SparseMatrix(
            rows: data.plays.rows, columns: data.plays.columns,
            entries: weights.flatMap { row, mine in
                mine.map { (row: row, column: $0.key, value: $0.value) }
            })
    }

    /// Whether any listener said something of a song, or skipped one.
    func hasOpinions() throws -> Bool {
        try database.read {
            try Bool.fetchOne(
                $0,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM feedback WHERE score > 0) OR EXISTS (SELECT 1 FROM skip)
                    """
            ) ?? false
        }
    }

    /// Every playlist that was imported, by listener and name.
    /// - Parameter owner: only this listener's; nil for everybody's.
    public func playlists(of owner: String? = nil) throws -> [StoredPlaylist] {
        try database.read { database in
            var playlists: [StoredPlaylist] = []
            for list in try Row.fetchAll(
                database,
                sql: """
                    SELECT p.id, l.name AS listener, p.name AS name FROM playlist p
                    JOIN listener l ON l.id = p.listenerID WHERE ?1 IS NULL OR l.name = ?1
                    ORDER BY l.name, p.name
                    """, arguments: [owner?.precomposedStringWithCanonicalMapping])
            {
                let songs = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT \(Self.trackOfReference) AS track, r.id AS reference FROM playlistItem i
                        JOIN reference r ON r.id = i.referenceID WHERE i.playlistID = ? ORDER BY i.position
                        """, arguments: [list["id"] as Int64])
                playlists.append(
                    StoredPlaylist(
                        listener: list["listener"], name: list["name"], songs: songs.map(Self.song))
                )
            }
            return playlists
        }
    }

    private static func song(_ row: Row) -> SongID {
        (row["track"] as Int64?).map(SongID.track) ?? .reference(row["reference"])
    }
}
