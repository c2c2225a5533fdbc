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

    /// What a dislike weighs: as much against a song as so many plays speak for one.
    static let playsOfDislike: Float = 10

    /// The songs that listeners hate, with the weight w of ``ImplicitALS/fit(_:dislikes:initial:progress:)``, in the shape of
    /// `data.plays`; nil when there are none. Songs that nobody plays have no place there.
    func dislikes(_ data: TasteData, _ configuration: FactorizationConfiguration) throws
        -> SparseMatrix?
    {
        let hated = try feedback().filter { $0.score < 0 }
        guard !hated.isEmpty else { return nil }
        let (listeners, songs) = (data.listenerIndex, data.songIndex)
        let weight = configuration.confidence(of: Self.playsOfDislike) - 1
        return SparseMatrix(
            rows: data.plays.rows, columns: data.plays.columns,
            entries: hated.compactMap { item in
                guard let row = listeners[item.listener], let column = songs[item.song] else {
                    return nil
                }
                return (row: row, column: column, value: weight)
            })
    }

    /// Every playlist that was imported, by listener and name.
    public func playlists() throws -> [StoredPlaylist] {
        try database.read { database in
            var playlists: [StoredPlaylist] = []
            for list in try Row.fetchAll(
                database,
                sql: """
                    SELECT p.id, l.name AS listener, p.name AS name FROM playlist p
                    JOIN listener l ON l.id = p.listenerID ORDER BY l.name, p.name
                    """)
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
