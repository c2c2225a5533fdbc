import Foundation
import GRDB

/// What a server compares to see that a library has changed.
public struct LibraryVersion: Equatable, Sendable {
    /// The last run of every stage, by its name.
    public let runs: [String: String]
    /// Counts up with every scan that changed something.
    public let tracks: Int
    /// Counts up whenever plays, love or what they match change.
    public let plays: Int
}

/// A listener in a list of them.
public struct ListenerSummary: Codable, Equatable, Sendable {
    public let name: String
    public let plays: Int
    /// Different songs they played.
    public let songs: Int
}

/// How a list of tracks is ordered.
public enum TrackOrder: String, CaseIterable, Sendable {
    case artist, title, year, added, plays
}

/// Part of a longer list.
public struct Page<Element: Sendable>: Sendable {
    /// How long the whole list is.
    public let total: Int
    public let items: [Element]
}

extension Catalogue {
    public func version() throws -> LibraryVersion {
        try database.read { database in
            let runs = try Row.fetchAll(database, sql: "SELECT stage, run FROM stageRun")
            func revision(_ name: String) throws -> Int {
                try Int.fetchOne(
                    database, sql: "SELECT value FROM revision WHERE name = ?", arguments: [name])
                    ?? 0
            }
            return LibraryVersion(
                runs: Dictionary(
                    runs.map { ($0["stage"], $0["run"]) }, uniquingKeysWith: { _, last in last }),
                tracks: try revision("tracks"), plays: try revision("plays"))
        }
    }

    /// Listeners whose name contains `query`, those who play most first.
    public func listeners(matching query: String = "", limit: Int, offset: Int = 0) throws
        -> Page<ListenerSummary>
    {
        let pattern = Self.pattern(query)
        return try database.read { database in
            let total =
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM listener WHERE name LIKE ? ESCAPE '\\'",
                    arguments: [pattern]) ?? 0
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT l.name AS name, coalesce(sum(p.count), 0) AS plays,
                        count(DISTINCT p.referenceID) AS songs
                    FROM listener l LEFT JOIN play p ON p.listenerID = l.id
                    WHERE l.name LIKE ? ESCAPE '\\' GROUP BY l.id ORDER BY plays DESC, l.name LIMIT ? OFFSET ?
                    """, arguments: [pattern, limit, offset])
            return Page(
                total: total,
                items: rows.map {
                    ListenerSummary(name: $0["name"], plays: $0["plays"], songs: $0["songs"])
                })
        }
    }

    /// Present tracks whose artist, title and album together contain every word of `query`.
    public func tracks(
        matching query: String = "", order: TrackOrder = .artist, limit: Int, offset: Int = 0
    ) throws -> Page<Track> {
        let words = query.split(separator: " ").prefix(8).map { Self.pattern(String($0)) }
        let condition =
            "missing = 0"
            + words.map { _ in
                " AND (artist || ' ' || title || ' ' || coalesce(album, '')) LIKE ? ESCAPE '\\'"
            }.joined()
        let byArtist =
            "artist COLLATE NOCASE, album COLLATE NOCASE, coalesce(discNumber, 1), trackNumber, title COLLATE NOCASE, id"
        let sorted =
            switch order {
            case .artist: byArtist
            case .title: "title COLLATE NOCASE, \(byArtist)"
            case .year: "year IS NULL, year, \(byArtist)"
            case .added: "id DESC"
            case .plays:
                """
                (SELECT coalesce(sum(p.count), 0) FROM reference r JOIN play p ON p.referenceID = r.id
                    WHERE r.trackID = track.id) DESC, \(byArtist)
                """
            }
        return try database.read { database in
            Page(
                total: try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM track WHERE \(condition)",
                    arguments: StatementArguments(words)) ?? 0,
                items: try Track.fetchAll(
                    database,
                    sql:
                        "SELECT * FROM track WHERE \(condition) ORDER BY \(sorted) LIMIT ? OFFSET ?",
                    arguments: StatementArguments(words) + [limit, offset]))
        }
    }

    /// The track with this id, whether its file is there or not; nil for none.
    public func track(id: Int64) throws -> Track? {
        try database.read {
            try Track.fetchOne($0, sql: "SELECT * FROM track WHERE id = ?", arguments: [id])
        }
    }

    /// Tracks by their ids, in that order; unknown ids are left out.
    public func tracks(ids: [Int64]) throws -> [Track] {
        guard !ids.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: ids.count).joined(separator: ",")
        let found = try database.read {
            try Track.fetchAll(
                $0, sql: "SELECT * FROM track WHERE id IN (\(marks))",
                arguments: StatementArguments(ids))
        }
        let byID = Dictionary(
            found.compactMap { track in track.id.map { ($0, track) } },
            uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// Plays of a track by all listeners together.
    public func plays(ofTrack id: Int64) throws -> Int {
        try database.read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT coalesce(sum(p.count), 0) FROM play p JOIN reference r ON r.id = p.referenceID
                    WHERE r.trackID = ?
                    """, arguments: [id]) ?? 0
        }
    }

    /// Files that could not be heard, by path.
    public func failures(limit: Int) throws -> Page<(path: String, reason: String)> {
        try database.read { database in
            Page(
                total: try Int.fetchOne(database, sql: "SELECT count(*) FROM failure") ?? 0,
                items: try Row.fetchAll(
                    database, sql: "SELECT path, reason FROM failure ORDER BY path LIMIT ?",
                    arguments: [limit]
                ).map { ($0["path"], $0["reason"]) })
        }
    }

    /// The folders that were scanned: nothing outside them is ever served.
    public func roots() throws -> [String] {
        try database.read {
            try String.fetchAll($0, sql: "SELECT path FROM root ORDER BY path")
        }
    }

    /// `LIKE`'s pattern for texts that contain `query`.
    private static func pattern(_ query: String) -> String {
        var escaped = ""
        for character in query.precomposedStringWithCanonicalMapping {
            if "\\%_".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return "%\(escaped)%"
    }
}
