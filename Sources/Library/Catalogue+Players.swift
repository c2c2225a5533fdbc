import Foundation
import GRDB
import ListeningHistory
import Matrices

/// How often and when a listener last played a recording.
public struct PlaySummary: Equatable, Sendable {
    public let count: Int
    /// Seconds since 1970; nil where only counts are known.
    public let last: Int64?

    public init(count: Int, last: Int64?) {
        self.count = count
        self.last = last
    }
}

/// What a listener said of a recording.
public struct Opinion: Equatable, Sendable {
    /// 1 loves it, -1 hates it.
    public let score: Int
    /// Seconds since 1970; nil where it was not said.
    public let time: Int64?
}

/// A listen with its time.
public struct TimedListen: Equatable, Sendable {
    /// Seconds since 1970.
    public let time: Int64
    public let referenceID: Int64
    public let reference: SongReference
    /// The library's track, where it has one.
    public let trackID: Int64?
}

/// What an index of artists and albums is made of.
public struct TrackHeader: Sendable {
    public let id: Int64
    public let path: String
    public let title: String
    public let artist: String
    public let albumArtist: String?
    public let album: String?
    public let trackNumber: Int?
    public let discNumber: Int?
    public let year: Int?
    /// Separated by "; ".
    public let genres: String
    public let releaseMBID: String?
    /// Separated by "; ".
    public let artistMBIDs: String
    public let durationSeconds: Double
    /// Seconds since 1970.
    public let modified: Double
}

extension Catalogue {
    /// The heads of all present tracks, one after the other, in the order of their ids.
    public func forEachTrackHeader(_ body: (TrackHeader) throws -> Void) throws {
        try database.read { database in
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, path, title, artist, albumArtist, album, trackNumber, discNumber, year, genres,
                        releaseMBID, artistMBIDs, durationSeconds, modified
                    FROM track WHERE missing = 0 ORDER BY id
                    """)
            while let row = try cursor.next() {
                try body(
                    TrackHeader(
                        id: row[0], path: row[1], title: row[2], artist: row[3],
                        albumArtist: row[4], album: row[5], trackNumber: row[6],
                        discNumber: row[7], year: row[8], genres: row[9], releaseMBID: row[10],
                        artistMBIDs: row[11], durationSeconds: row[12], modified: row[13]))
            }
        }
    }

    public func isListener(_ name: String) throws -> Bool {
        try database.read {
            try Bool.fetchOne(
                $0, sql: "SELECT EXISTS (SELECT 1 FROM listener WHERE name = ?)",
                arguments: [name.precomposedStringWithCanonicalMapping]) ?? false
        }
    }

    /// A listener's plays of the library's songs, by recording. Empty for an unknown listener.
    public func playSummary(of listener: String) throws -> [String: PlaySummary] {
        try database.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT t.recording, sum(p.count), max(p.time) FROM play p
                    JOIN reference r ON r.id = p.referenceID JOIN track t ON t.id = r.trackID
                    WHERE p.listenerID = (SELECT id FROM listener WHERE name = ?) GROUP BY t.recording
                    """, arguments: [listener.precomposedStringWithCanonicalMapping])
            var summary: [String: PlaySummary] = [:]
            while let row = try rows.next() {
                let last: Int64 = row[2]
                summary[row[0]] = PlaySummary(count: row[1], last: last < 0 ? nil : last)
            }
            return summary
        }
    }

    /// Plays by recording as plays by track: of copies the first one that is there.
    public func plays(byTrack plays: [String: PlaySummary]) throws -> [Int64: PlaySummary] {
        try database.read { database in
            let find = try database.makeStatement(
                sql: "SELECT min(id) FROM track WHERE recording = ? AND missing = 0")
            var found: [Int64: PlaySummary] = [:]
            for (recording, play) in plays {
                if let id = try Int64.fetchOne(find, arguments: [recording]) { found[id] = play }
            }
            return found
        }
    }

    /// What a listener loves and hates of the library, by recording.
    public func opinions(of listener: String) throws -> [String: Opinion] {
        try database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT t.recording, f.score, f.time FROM feedback f
                    JOIN reference r ON r.id = f.referenceID JOIN track t ON t.id = r.trackID
                    WHERE f.score <> 0 AND f.listenerID = (SELECT id FROM listener WHERE name = ?)
                    ORDER BY f.time
                    """, arguments: [listener.precomposedStringWithCanonicalMapping])
            return Dictionary(
                rows.map { row in
                    let time: Int64 = row[2]
                    return (row[0], Opinion(score: row[1], time: time < 0 ? nil : time))
                }, uniquingKeysWith: { _, last in last })
        }
    }

    /// A listener's listens with times, the newest first.
    /// - Parameters:
    ///   - after: only later ones, and of these the earliest; seconds since 1970.
    ///   - before: only earlier ones.
    public func listens(
        of listener: String, after: Int64? = nil, before: Int64? = nil, limit: Int
    ) throws -> [TimedListen] {
        let ascending = after != nil && before == nil
        let rows = try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT p.time, r.* FROM play p JOIN reference r ON r.id = p.referenceID
                    WHERE p.listenerID = (SELECT id FROM listener WHERE name = ?1) AND p.time >= 0
                        AND (?2 IS NULL OR p.time > ?2) AND (?3 IS NULL OR p.time < ?3)
                    ORDER BY p.time \(ascending ? "ASC" : "DESC"), r.id LIMIT ?4
                    """,
                arguments: [
                    listener.precomposedStringWithCanonicalMapping, after, before, limit,
                ])
        }
        let listens = rows.map { row in
            TimedListen(
                time: row["time"], referenceID: row["id"], reference: Self.reference(row),
                trackID: row["trackID"])
        }
        return ascending ? listens.reversed() : listens
    }

    /// Listens of a listener, of which counts without times are some.
    public func listenCount(of listener: String) throws -> Int {
        try database.read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT coalesce(sum(count), 0) FROM play
                    WHERE listenerID = (SELECT id FROM listener WHERE name = ?)
                    """, arguments: [listener.precomposedStringWithCanonicalMapping]) ?? 0
        }
    }

    /// The present track that a song of listening files is, by its id there.
    public func track(ofReference id: Int64) throws -> Track? {
        try database.read {
            try Track.fetchOne(
                $0,
                sql: """
                    SELECT t.* FROM track t JOIN reference r ON r.trackID = t.id WHERE r.id = ?
                    """, arguments: [id])
        }
    }

    /// The present track that a song's ids, or else its artist and title, name; nil for none. Nothing is written.
    public func track(like reference: SongReference) throws -> Track? {
        let named =
            reference.artist.flatMap { artist in
                reference.title.map { MatchKey.normalize(artist: artist, title: $0) }
            }
        return try database.read { database in
            for (column, value) in [
                ("recordingMBID", reference.recordingMBID?.lowercased()),
                ("spotifyURI", reference.spotifyURI), ("isrc", reference.isrc?.uppercased()),
                ("matchKey", named),
            ] {
                guard let value else { continue }
                if let track = try Track.fetchOne(
                    database,
                    sql: "SELECT * FROM track WHERE \(column) = ? AND missing = 0 ORDER BY id",
                    arguments: [value])
                {
                    return track
                }
            }
            return nil
        }
    }

    /// The track with a MusicBrainz recording id; nil for none.
    public func track(recordingMBID: String) throws -> Track? {
        try database.read {
            try Track.fetchOne(
                $0, sql: "SELECT * FROM track WHERE recordingMBID = ? ORDER BY missing, id LIMIT 1",
                arguments: [recordingMBID.lowercased()])
        }
    }

    /// What a listening file calls a track, by its id there; nil where none names it.
    public func references(ofTracks ids: [Int64]) throws -> [Int64: Int64] {
        guard !ids.isEmpty else { return [:] }
        return try database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT trackID, min(id) FROM reference
                    WHERE trackID IN (\(ids.map(String.init).joined(separator: ","))) GROUP BY trackID
                    """)
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { a, _ in a })
        }
    }

    private static func reference(_ row: Row) -> SongReference {
        SongReference(
            id: row["externalID"], artist: row["artist"], title: row["title"], album: row["album"],
            recordingMBID: row["recordingMBID"], spotifyURI: row["spotifyURI"], isrc: row["isrc"],
            path: row["path"])
    }
}

extension Recommender {
    /// The songs that sound most like a track: neighbours of where the network hears it, whoever plays them. One of each
    /// recording, none of the track itself, with the cosine of both.
    /// - Returns: nothing for a track without a place.
    /// - Throws: `ArrayFileError`.
    public func soundNeighbors(of track: Track, count: Int) throws
        -> [(track: Track, cosine: Float)]
    {
        guard let own = row(track) else { return [] }
        let places = try predictions.predicted.matrix()
        let start = places.row(own)
        var scored: [(row: Int, cosine: Float)] = []
        scored.reserveCapacity(predictions.tracks.count)
        for row in predictions.tracks.indices where row != own && placeOfRow[row] >= 0 {
            scored.append((row, cosine(start, places.row(row))))
        }
        scored.sort { ($0.cosine, -$0.row) > ($1.cosine, -$1.row) }
        var seen = Set(table.aliases(Int(placeOfRow[own])))
        var found: [(track: Track, cosine: Float)] = []
        for (row, cosine) in scored {
            guard found.count < count else { break }
            let place = Int(placeOfRow[row])
            let names = table.aliases(place)
            guard flagsOfRow[row].isDisjoint(with: .unplayable), seen.isDisjoint(with: names),
                let other = try self.track(predictions.tracks[row])
            else { continue }
            seen.formUnion(names)
            found.append((other, cosine))
        }
        return found
    }

    /// The cosine of two tracks' sounds; nil where one has no place.
    /// - Throws: `ArrayFileError`.
    public func soundCosine(_ a: Track, _ b: Track) throws -> Float? {
        guard let a = row(a), let b = row(b) else { return nil }
        return cosine(try predictions.predicted.row(a)[...], try predictions.predicted.row(b)[...])
    }

    private func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
        let norms = dot(a, a) * dot(b, b)
        return norms > 0 ? dot(a, b) / norms.squareRoot() : 0
    }
}
