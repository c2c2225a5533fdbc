import Foundation
import GRDB
import ListeningHistory

extension Catalogue {
    /// Finds the track that a text names: an id, a path, a recording MBID, a file name stem, or "Artist - Title".
    /// - Throws: ``LibraryError/ambiguousTrack(query:candidates:)``, ``LibraryError/unknownTrack(query:near:)``.
    public func track(_ query: String) throws -> Track {
        if let id = Int64(query), let track = try tracks("id = ?", [id]).first { return track }
        let absolute = URL(fileURLWithPath: query).standardizedFileURL.resolvingSymlinksInPath()
            .path
        let composed = query.precomposedStringWithCanonicalMapping
        for (condition, value) in [
            ("path = ?", absolute), ("relativePath = ?", composed),
            ("recordingMBID = ?", query.lowercased()), ("stem = ?", composed),
        ] {
            let found = try tracks(condition, [value])
            if let track = try single(found, query) { return track }
        }
        if let dash = query.range(of: " - ") {
            let key = MatchKey.normalize(
                artist: String(query[..<dash.lowerBound]), title: String(query[dash.upperBound...]))
            if let track = try single(try tracks("matchKey = ?", [key]), query) { return track }
        }
        if let track = try single(try tracks("title = ? COLLATE NOCASE", [query]), query) {
            return track
        }
        let words = "%" + query.replacingOccurrences(of: " - ", with: "%") + "%"
        let near = try tracks("artist || ' ' || title LIKE ?", [words]).prefix(5)
        throw LibraryError.unknownTrack(
            query: query,
            near: near.isEmpty
                ? try nearTracks(query) : near.map { "\($0.id ?? 0): \($0.name)" })
    }

    /// Tracks spelt like the query.
    private func nearTracks(_ query: String) throws -> [String] {
        let all = try tracks()
        let byName = Dictionary(all.map { ($0.name, $0.id ?? 0) }, uniquingKeysWith: { a, _ in a })
        let byTitle = Dictionary(all.map { ($0.title, $0) }, uniquingKeysWith: { a, _ in a })
        let names = NearNames.of(query, among: byName.keys, count: 3)
        let titles = NearNames.of(query, among: byTitle.keys, count: 3)
            .compactMap { byTitle[$0]?.name }
        return (names + titles.filter { !names.contains($0) }).prefix(5)
            .map { "\(byName[$0] ?? 0): \($0)" }
    }

    /// The one recording among `found`, nil if there is none.
    private func single(_ found: [Track], _ query: String) throws -> Track? {
        guard let first = found.first else { return nil }
        guard found.allSatisfy({ $0.recording == first.recording }) else {
            throw LibraryError.ambiguousTrack(
                query: query,
                candidates: found.prefix(12).map { "\($0.id ?? 0)  \($0.name)  (\($0.path))" })
        }
        return first
    }

    private func tracks(_ condition: String, _ arguments: StatementArguments) throws -> [Track] {
        try database.read {
            try Track.fetchAll(
                $0, sql: "SELECT * FROM track WHERE \(condition) ORDER BY missing, id LIMIT 100",
                arguments: arguments)
        }
    }

    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func requireListener(_ name: String) throws {
        let name = name.precomposedStringWithCanonicalMapping
        try database.read { database in
            guard
                try Int.fetchOne(
                    database, sql: "SELECT id FROM listener WHERE name = ?", arguments: [name])
                    == nil
            else { return }
            let near = try String.fetchAll(
                database, sql: "SELECT name FROM listener WHERE name LIKE ? ORDER BY name LIMIT 5",
                arguments: ["%\(name)%"])
            guard near.isEmpty else {
                throw LibraryError.unknownListener(name: name, near: near)
            }
            let all = try String.fetchAll(database, sql: "SELECT name FROM listener ORDER BY name")
            let alike = NearNames.of(name, among: all)
            throw LibraryError.unknownListener(
                name: name, near: alike.isEmpty ? Array(all.prefix(3)) : alike)
        }
    }

    /// A listener's plays by song, love counted as one more, most played first; songs the library lacks are named from the
    /// listening file.
    public func history(of listener: String) throws -> [(song: SongID, name: String, count: Int)] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT (SELECT min(c.id) FROM track c WHERE c.recording = t.recording) AS track, r.id AS reference,
                        coalesce(t.artist || ' - ' || t.title, r.artist || ' - ' || r.title, r.externalID, r.key) AS name,
                        sum(p.count) AS plays
                    FROM (SELECT referenceID, count FROM play
                            WHERE listenerID = (SELECT id FROM listener WHERE name = ?1)
                        UNION ALL SELECT referenceID, 1 FROM feedback
                            WHERE listenerID = (SELECT id FROM listener WHERE name = ?1) AND score > 0) p
                    JOIN reference r ON r.id = p.referenceID LEFT JOIN track t ON t.id = r.trackID
                    GROUP BY coalesce(t.recording, 'reference ' || r.id) ORDER BY plays DESC, name
                    """, arguments: [listener.precomposedStringWithCanonicalMapping]
            ).map { row in
                let track: Int64? = row["track"]
                return (
                    track.map(SongID.track) ?? .reference(row["reference"]), row["name"],
                    row["plays"]
                )
            }
        }
    }

    /// The songs a listener played last, the last one first, each once; only plays whose time is known.
    func lastPlayed(by listener: String, count: Int) throws -> [SongID] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT (SELECT min(c.id) FROM track c WHERE c.recording = t.recording) AS track, r.id AS reference,
                        max(p.time) AS last
                    FROM play p JOIN reference r ON r.id = p.referenceID LEFT JOIN track t ON t.id = r.trackID
                    WHERE p.listenerID = (SELECT id FROM listener WHERE name = ?) AND p.time >= 0
                    GROUP BY coalesce(t.recording, 'reference ' || r.id) ORDER BY last DESC, r.id LIMIT ?
                    """, arguments: [listener.precomposedStringWithCanonicalMapping, count]
            ).map { row in
                (row["track"] as Int64?).map(SongID.track) ?? .reference(row["reference"])
            }
        }
    }
}
