import AudioFeatures
import Foundation
import GRDB
import ListeningHistory

extension Catalogue {
    enum Change { case added, updated, moved }

    /// Every track, by id ascending; missing ones only when asked for.
    public func tracks(includingMissing: Bool = false) throws -> [Track] {
        try database.read {
            try Track.fetchAll(
                $0,
                sql:
                    "SELECT * FROM track \(includingMissing ? "" : "WHERE missing = 0") ORDER BY id"
            )
        }
    }

    /// Every track, by id ascending, one after the other.
    func forEachTrack(_ body: (Track) throws -> Void) throws {
        try database.read { database in
            let tracks = try Track.fetchCursor(database, sql: "SELECT * FROM track ORDER BY id")
            while let track = try tracks.next() { try body(track) }
        }
    }

    func tracksByPath() throws -> [PathKey: Track] {
        Dictionary(
            uniqueKeysWithValues: try tracks(includingMissing: true).map { (PathKey($0.path), $0) })
    }

    /// Tracks with one of these content hashes.
    func tracksByHash(_ hashes: [String]) throws -> [String: [Track]] {
        var found: [String: [Track]] = [:]
        try database.read { database in
            for hash in Set(hashes) {
                let tracks = try Track.fetchAll(
                    database, sql: "SELECT * FROM track WHERE contentHash = ? ORDER BY id",
                    arguments: [hash])
                if !tracks.isEmpty { found[hash] = tracks }
            }
        }
        return found
    }

    /// Keeps what a scan heard in one file.
    /// - Parameters:
    ///   - audio: of a file that was not decoded because its sound is known, only what the container says.
    ///   - same: the tracks with the same audio; a missing one among them is this file, moved.
    func save(
        _ file: FoundFile, _ audio: AudioInfo, _ place: SpectrogramPlace, excerpt: Excerpt,
        decoded: Bool, signature: Data?, same: [Track], _ database: Database
    ) throws -> Change {
        let atPath = try Track.fetchOne(
            database, sql: "SELECT * FROM track WHERE path = ?", arguments: [file.path])
        // Missing as of now, not as of the batch's start: two copies of a moved file must not both claim its track.
        let moved = try same.first { candidate in
            try candidate.missing && candidate.path != file.path
                && Bool.fetchOne(
                    database, sql: "SELECT missing FROM track WHERE id = ?",
                    arguments: [candidate.id]) == true
        }
        var track =
            atPath ?? moved
            ?? Track(
                path: "", relativePath: "", stem: "", size: 0, modified: 0, contentHash: "",
                title: "", artist: "",
                genres: "", matchKey: "", codec: "", channels: 0, sampleRate: 0, durationSeconds: 0,
                excerptStartSeconds: 0, shard: 0, shardOffset: 0, frames: 0, padded: false,
                warnings: "",
                missing: false, artistMBIDs: "", hasCover: false, excerpt: "", audibleShare: 1,
                kind: .song, recording: "", compared: false)
        track.path = file.path
        // These two are only compared with names in listening files, where letters may be
        // composed otherwise.
        track.relativePath = file.relativePath.precomposedStringWithCanonicalMapping
        track.stem =
            URL(fileURLWithPath: file.path).deletingPathExtension()
            .lastPathComponent.precomposedStringWithCanonicalMapping
        track.size = file.size
        track.modified = file.modified
        if track.contentHash != audio.contentHash {
            track.recording = same.first?.recording ?? audio.contentHash
            track.compared = same.first?.compared ?? false
        }
        track.contentHash = audio.contentHash
        track.signature = signature ?? same.first?.signature
        track.apply(audio.tags, path: file.path)
        track.codec = audio.codec
        track.channels = audio.channels
        track.sampleRate = audio.sourceSampleRate
        let alike = same.first
        track.durationSeconds = decoded ? audio.durationSeconds : alike?.durationSeconds ?? 0
        track.excerptStartSeconds =
            decoded ? audio.excerptStartSeconds : alike?.excerptStartSeconds ?? 0
        track.audibleShare = decoded ? audio.audibleShare : alike?.audibleShare ?? 1
        track.excerpt = excerpt.text
        track.hasCover = audio.hasCover
        track.shard = place.shard
        track.shardOffset = place.offset
        track.frames = place.frames
        track.padded = place.frames < ScanStage.windowFrames
        track.warnings =
            decoded ? audio.warnings.joined(separator: "; ") : alike?.warnings ?? ""
        track.missing = false
        try track.save(database)
        try database.execute(sql: "DELETE FROM failure WHERE path = ?", arguments: [file.path])
        return atPath != nil ? .updated : moved != nil ? .moved : .added
    }

    /// Marks tracks under `roots` whose files were not found; those below unreadable folders are left alone.
    /// - Returns: how many were newly marked.
    func markMissing(
        under roots: [PathKey], except found: Set<PathKey>, unreadable: [PathKey]
    ) throws -> Int {
        let gone = try tracks().filter { track in
            let path = PathKey(track.path)
            return !found.contains(path) && roots.contains { path.isUnder($0) }
                && !unreadable.contains { path.isUnder($0) }
        }
        let lost = try failuresByPath().values.filter { failure in
            let path = PathKey(failure.path)
            return !found.contains(path) && roots.contains { path.isUnder($0) }
        }
        try database.write { database in
            for track in gone {
                try database.execute(
                    sql: "UPDATE track SET missing = 1 WHERE id = ?", arguments: [track.id])
            }
            for failure in lost {
                try database.execute(
                    sql: "DELETE FROM failure WHERE path = ?", arguments: [failure.path])
            }
        }
        return gone.count
    }

    func failuresByPath() throws -> [PathKey: KnownFailure] {
        try database.read { database in
            let failures = try KnownFailure.fetchAll(database, sql: "SELECT * FROM failure")
            return Dictionary(uniqueKeysWithValues: failures.map { (PathKey($0.path), $0) })
        }
    }

    /// What part of songs this library hears.
    func excerpt() throws -> Excerpt {
        try database.read {
            try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'excerpt'")
        }.flatMap(Excerpt.init(text:)) ?? .standard
    }

    func setExcerpt(_ excerpt: Excerpt) throws {
        try database.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO setting VALUES ('excerpt', ?)",
                arguments: [excerpt.text])
        }
    }

    func recordFailure(_ file: FoundFile, _ reason: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?)",
            arguments: [file.path, file.size, file.modified, reason])
    }
}

/// A file that could not be heard, as it was then.
struct KnownFailure: Codable, FetchableRecord {
    let path: String
    let size: Int64
    let modified: Double
    let reason: String
}
