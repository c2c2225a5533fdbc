import Foundation
import GRDB

/// What is in a library and what is fresh or stale; encodes to `status --json`.
public struct StatusReport: Codable, Equatable, Sendable {
    public struct Stage: Codable, Equatable, Sendable {
        public let name: String
        public let state: StageState
        public let run: String?
    }
    public let library: String
    public let roots: [String]
    public let tracks: Int
    public let missing: Int
    public let artists: Int
    /// Tracks that nobody has played.
    public let cold: Int
    public let failures: Int
    public let listeners: Int
    public let plays: Int
    public let playedSongs: Int
    public let matchedSongs: Int
    public let bytes: Int64
    public let spectrogramBytes: Int64
    public let stages: [Stage]
    public let next: String
}

extension Pipeline {
    public func status() throws -> StatusReport {
        let tracks = try catalogue.tracks(includingMissing: true)
        let present = tracks.filter { !$0.missing }
        let plays = try catalogue.playCounts()
        let states = try states()
        let (roots, failures, played) = try catalogue.database.read { database in
            (
                try String.fetchAll(database, sql: "SELECT path FROM root ORDER BY path"),
                try Int.fetchOne(database, sql: "SELECT count(*) FROM failure") ?? 0,
                Set(
                    try Int64.fetchAll(
                        database,
                        sql: """
                            SELECT DISTINCT trackID FROM reference r
                            WHERE trackID IS NOT NULL AND \(Catalogue.isPlayed)
                            """))
            )
        }
        let stale = states.filter { $0.state != .fresh }
        let next =
            tracks.isEmpty
            ? "coldwave scan FOLDER"
            : plays.plays == 0 ? "coldwave import FILE" : stale.isEmpty ? "" : "coldwave build"
        return StatusReport(
            library: catalogue.location.root.path, roots: roots, tracks: present.count,
            missing: tracks.count - present.count, artists: Set(present.map(\.artist)).count,
            cold: present.count { !played.contains($0.id ?? 0) }, failures: failures,
            listeners: plays.listeners,
            plays: plays.plays, playedSongs: plays.songs, matchedSongs: plays.matchedSongs,
            bytes: folderBytes(catalogue.location.root),
            spectrogramBytes: folderBytes(catalogue.location.spectrograms),
            stages: states.map { .init(name: $0.stage.rawValue, state: $0.state, run: $0.run) },
            next: next)
    }
}

/// The bytes of all files below a folder.
func folderBytes(_ folder: URL) -> Int64 {
    guard
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.fileSizeKey])
    else {
        return 0
    }
    var sum: Int64 = 0
    for case let file as URL in files {
        sum += Int64((try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0)
    }
    return sum
}
