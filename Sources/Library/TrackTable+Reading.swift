import Foundation
import GRDB
import Recommendation

extension Catalogue {
    /// Every track's part of lists.
    func trackTable() throws -> TrackTable {
        var builder = TrackTableBuilder()
        try database.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, path, title, artist, album, genres, recording, matchKey, recordingMBID, year,
                        durationSeconds, hasCover, kind, missing FROM track ORDER BY id
                    """)
            while let row = try rows.next() { builder.add(row) }
        }
        return builder.finish()
    }
}

private struct TrackTableBuilder {
    private var table = TrackTable()
    private var nameIndex: [String: Int32] = [:]
    /// The first track of each recording.
    private var firstOf: [UInt64: Int32] = [:]

    mutating func add(_ row: Row) {
        let place = Int32(table.count)
        let path: String = row[1]
        let title: String = row[2]
        let album: String? = row[4]
        let genres: String = row[5]
        table.ids.append(row[0])
        let recording = NameKey.of(row[6] as String)
        let first = firstOf[recording] ?? place
        if first == place { firstOf[recording] = place }
        table.first.append(first)
        table.artist.append(index(row[3]))
        table.album.append(album.map { index($0) } ?? -1)
        table.genres.append(index(genres))
        table.matchKey.append(NameKey.of(row[7] as String))
        table.mbid.append((row[8] as String?).map { NameKey.of($0) } ?? 0)
        table.year.append((row[9] as Int?).flatMap(Int16.init(exactly:)) ?? .min)
        let seconds: Double = row[10]
        table.milliseconds.append(Int32(clamping: Int((seconds * 1000).rounded())))
        let file = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
        table.folder.append(index(String(path[..<(file ?? path.startIndex)])))
        for text in [title[...], path[(file ?? path.startIndex)...]] {
            table.text.append(contentsOf: text.utf8)
            table.ends.append(UInt32(clamping: table.text.count))
        }
        var flags: TrackTable.Flags = []
        if row[13] { flags.insert(.missing) }
        if row[11] { flags.insert(.cover) }
        switch SongKind(rawValue: row[12]) {
        case .silence: flags.insert(.silence)
        case .interlude: flags.insert(.interlude)
        case .song, nil: break
        }
        if Season.isChristmas(title: title, album: album, genres: genres) {
            flags.insert(.christmas)
        }
        table.flags.append(flags)
    }

    private mutating func index(_ name: String) -> Int32 {
        if let known = nameIndex[name] { return known }
        let index = Int32(table.names.count)
        table.names.append(name)
        nameIndex[name] = index
        return index
    }

    mutating func finish() -> TrackTable {
        nameIndex = [:]
        var present = [Int32](repeating: -1, count: table.count)
        for place in 0..<table.count where !table.flags[place].contains(.missing) {
            let first = Int(table.first[place])
            if present[first] < 0 { present[first] = Int32(place) }
        }
        table.shown = (0..<table.count).map { place in
            let other = present[Int(table.first[place])]
            return table.flags[place].contains(.missing) && other >= 0 ? other : Int32(place)
        }
        let sorted = firstOf.sorted { $0.key < $1.key }
        firstOf = [:]
        table.recordings = sorted.map(\.key)
        table.recordingPlaces = sorted.map(\.value)
        return table
    }
}
