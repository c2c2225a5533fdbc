import Foundation
import GRDB
import Matrices

extension Catalogue {
    /// The baskets that songs are factorised by, over the songs of `data`.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there are fewer than two of two songs or more.
    func baskets(_ kind: Baskets, _ data: TasteData) throws -> BasketData {
        let found: BasketData
        let missing: (what: String, next: String)
        switch kind {
        case .listeners:
            guard data.listeners.count == 1 else {
                return BasketData(names: data.listeners, counts: data.plays)
            }
            throw LibraryError.nothingToDo(
                stage: "factorize",
                reason: "all plays are by one listener, so nothing tells which songs go together",
                next: "Run `coldwave factorize --baskets sessions`, or --baskets playlists if the "
                    + "plays have no times; `coldwave build` keeps to it.")
        case .sessions:
            found = try sessions(data)
            missing = (
                found.names.isEmpty
                    ? "no play has a time, so nothing tells what was heard in one go"
                    : "fewer than two sessions (no pause of over \(Baskets.pauseSeconds / 60) minutes) "
                        + "have two songs",
                "Import a history with times (ListenBrainz, Last.fm, Spotify …), or use --baskets playlists."
            )
        case .playlists:
            found = try lists(data)
            missing = (
                "fewer than two playlists or albums have two played songs",
                "Import playlists (`coldwave import FILE.m3u8 --listener NAME`), scan music whose tags name the album, "
                    + "or use --baskets sessions if the plays have times."
            )
        }
        let usable = found.usable()
        guard usable.names.count >= 2 else {
            throw LibraryError.nothingToDo(
                stage: "factorize", reason: missing.what, next: missing.next)
        }
        return usable
    }

    /// In how many baskets of a factorisation's kind each song is.
    func basketsPerSong(_ kind: Baskets) throws -> [SongID: Int] {
        guard kind != .listeners else { return try listenersPerSong() }
        let data = try tasteData()
        var counts: [SongID: Int] = [:]
        for column in try baskets(kind, data).counts.columnIndices {
            counts[data.songs[Int(column)], default: 0] += 1
        }
        return counts
    }

    /// Each listener's plays with times, cut where the pause to the next is too long.
    private func sessions(_ data: TasteData) throws -> BasketData {
        try database.read { database in
            let columns = try columnOfReference(data, database)
            var names: [String] = []
            var entries: [(row: Int, column: Int, value: Float)] = []
            var last: (listener: Int64, time: Int64)?
            let plays = try Row.fetchCursor(
                database,
                sql: """
                    SELECT p.listenerID, p.time, p.referenceID, p.count, l.name FROM play p
                    JOIN listener l ON l.id = p.listenerID
                    WHERE p.time >= 0 ORDER BY p.listenerID, p.time, p.referenceID
                    """)
            while let row = try plays.next() {
                let (listener, time): (Int64, Int64) = (row[0], row[1])
                if last?.listener != listener || time - (last?.time ?? 0) > Baskets.pauseSeconds {
                    names.append("\(row[4] as String) session \(time)")
                }
                last = (listener, time)
                if let column = columns[row[2]] {
                    entries.append((names.count - 1, column, Float(row[3] as Int64)))
                }
            }
            return BasketData(
                names: names,
                counts: SparseMatrix(
                    rows: names.count, columns: data.songs.count, entries: entries))
        }
    }

    /// Playlists, each song of one once, and albums: by the tags of the files, or by what listening files say.
    private func lists(_ data: TasteData) throws -> BasketData {
        let songs = data.songIndex
        var baskets: [(name: String, columns: Set<Int>)] = try playlists().map { list in
            ("\(list.listener) playlist \(list.name)", Set(list.songs.compactMap { songs[$0] }))
        }
        let albums = try database.read { database in
            let columns = try columnOfReference(data, database)
            var albums: [String: Set<Int>] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT r.id, coalesce(t.albumArtist, t.artist, r.artist) || ' album ' || coalesce(t.album, r.album)
                    FROM reference r LEFT JOIN track t ON t.id = r.trackID
                    WHERE coalesce(t.album, r.album, '') <> ''
                        AND coalesce(t.albumArtist, t.artist, r.artist) IS NOT NULL
                    """)
            while let row = try rows.next() {
                guard let column = columns[row[0]] else { continue }
                albums[row[1], default: []].insert(column)
            }
            return albums
        }
        baskets += albums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return BasketData(
            names: baskets.map(\.name),
            counts: SparseMatrix(
                rows: baskets.count, columns: data.songs.count,
                entries: baskets.enumerated().flatMap { row, basket in
                    basket.columns.map { (row: row, column: $0, value: Float(1)) }
                }))
    }

    /// The column of `data` that a reference's plays count for; none where it has no plays.
    func columnOfReference(_ data: TasteData, _ database: Database) throws -> [Int64: Int] {
        let columns = data.songIndex
        var found: [Int64: Int] = [:]
        let references = try Row.fetchCursor(
            database, sql: "SELECT r.id, \(Self.trackOfReference) FROM reference r")
        while let row = try references.next() {
            found[row[0]] = columns[(row[1] as Int64?).map(SongID.track) ?? .reference(row[0])]
        }
        return found
    }
}
