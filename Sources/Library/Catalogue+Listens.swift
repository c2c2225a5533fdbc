import Foundation
import GRDB
import ListeningHistory

/// A listen as it happens, told by a player.
public struct NewListen: Codable, Equatable, Sendable {
    public var listener: String
    /// Seconds since 1970.
    public var time: Int64
    /// What the player calls the song.
    public var reference: SongReference
    /// The library's own track, where the player got it from here.
    public var trackID: Int64?

    public init(listener: String, time: Int64, reference: SongReference, trackID: Int64? = nil) {
        self.listener = listener
        self.time = time
        self.reference = reference
        self.trackID = trackID
    }
}

/// A word about a song: 1 loves it, -1 hates it, 0 takes that back.
public struct NewOpinion: Codable, Equatable, Sendable {
    public var listener: String
    public var trackID: Int64
    public var score: Int
    /// Seconds since 1970.
    public var time: Int64

    public init(listener: String, trackID: Int64, score: Int, time: Int64) {
        self.listener = listener
        self.trackID = trackID
        self.score = score
        self.time = time
    }
}

extension Track {
    /// The track as a listening file would name it.
    public var reference: SongReference {
        SongReference(
            artist: artist, title: title, album: album, recordingMBID: recordingMBID,
            spotifyURI: spotifyURI, isrc: isrc, path: recordingMBID == nil ? path : nil)
    }
}

extension Catalogue {
    /// Adds listens and opinions in one transaction; the same listen twice (listener, song, time) is one, so adding again after a
    /// crash is safe. Short transactions, which SQLite keeps apart from those of a scan or a build in another process: the library's
    /// ``WriterLock`` is not needed.
    /// - Returns: how many listens were new.
    @discardableResult
    public func add(_ listens: [NewListen], _ opinions: [NewOpinion] = []) throws -> Int {
        guard !listens.isEmpty || !opinions.isEmpty else { return 0 }
        return try database.write { database in
            let references = try ReferenceTable(database)
            var added = 0
            for listen in listens {
                let listener = try references.listener(listen.listener)
                let song = try song(listen.trackID, listen.reference, references, database)
                try database.execute(
                    sql: "INSERT OR IGNORE INTO play VALUES (?, ?, ?, 1)",
                    arguments: [listener, song, listen.time])
                added += database.changesCount
            }
            for opinion in opinions {
                guard let track = try track(opinion.trackID, database) else { continue }
                let listener = try references.listener(opinion.listener)
                let song = try song(track.id, track.reference, references, database)
                // One word for a recording, whatever files and logs call it.
                try database.execute(
                    sql: """
                        DELETE FROM feedback WHERE listenerID = ? AND referenceID <> ? AND referenceID IN (
                            SELECT r.id FROM reference r JOIN track t ON t.id = r.trackID WHERE t.recording = ?)
                        """, arguments: [listener, song, track.recording])
                try database.execute(
                    sql: "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)",
                    arguments: [listener, song, opinion.score, opinion.time])
            }
            try matchReferences(database, after: references.hasLearned ? 0 : references.newest)
            try bumpRevision("plays", database)
            return added
        }
    }

    /// Makes a listener known who has not played anything yet.
    public func addListener(_ name: String) throws {
        try database.write { _ = try ReferenceTable($0).listener(name) }
    }

    /// What a listener loves and hates, as tracks.
    public func feedback(of listener: String) throws -> [(song: SongID, score: Int)] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Self.trackOfReference) AS track, r.id AS reference, f.score AS score
                    FROM feedback f JOIN reference r ON r.id = f.referenceID
                    WHERE f.score <> 0 AND f.listenerID = (SELECT id FROM listener WHERE name = ?)
                    ORDER BY f.time DESC, track
                    """, arguments: [listener.precomposedStringWithCanonicalMapping]
            ).map {
                (
                    ($0["track"] as Int64?).map(SongID.track) ?? .reference($0["reference"]),
                    $0["score"]
                )
            }
        }
    }

    private func track(_ id: Int64, _ database: Database) throws -> Track? {
        try Track.fetchOne(database, sql: "SELECT * FROM track WHERE id = ?", arguments: [id])
    }

    /// The reference of a listen; that of a known track points to it from the start.
    private func song(
        _ trackID: Int64?, _ named: SongReference, _ references: ReferenceTable,
        _ database: Database
    ) throws -> Int64 {
        guard let trackID, let track = try track(trackID, database) else {
            return try references.song(named, isRow: false)
        }
        // What logs call it already keeps its plays together.
        if let known = try Int64.fetchOne(
            database, sql: "SELECT min(id) FROM reference WHERE trackID = ?", arguments: [trackID])
        {
            return known
        }
        let song = try references.song(track.reference, isRow: false)
        try database.execute(
            sql: "UPDATE reference SET trackID = ? WHERE id = ? AND trackID IS NULL",
            arguments: [trackID, song])
        return song
    }
}
