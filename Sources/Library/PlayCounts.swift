import Foundation
import GRDB

/// How often songs of the library were played, and what references stand for, as of when this was read.
struct PlayCounts: Sendable {
    /// By the place of a recording's first file; love counts as a play.
    var plays: [Int32]
    var listeners: [Int32]
    /// Places of first files by the reference's id; -1 for those that match no track, or did not then. A reference once matched stays so
    /// until a scan changes the tracks.
    var placeOfReference: [Int32]
    /// What counting took.
    var seconds = 0.0
}

extension Catalogue {
    /// - Complexity: one pass over all plays, in the order they are stored in.
    func playCounts(_ table: TrackTable) throws -> PlayCounts {
        let started = Date()
        return try database.read { database in
            let newest = try Int.fetchOne(database, sql: "SELECT max(id) FROM reference") ?? 0
            var counts = PlayCounts(
                plays: Array(repeating: 0, count: table.count),
                listeners: Array(repeating: 0, count: table.count),
                placeOfReference: Array(repeating: -1, count: newest + 1))
            let matched = try Row.fetchCursor(
                database, sql: "SELECT id, trackID FROM reference WHERE trackID IS NOT NULL")
            while let row = try matched.next() {
                let id: Int = row[0]
                guard let place = table.place(of: row[1]), id >= 0 else { continue }
                counts.placeOfReference[id] = table.first[place]
            }
            var loved: [Int64: Set<Int>] = [:]
            let love = try Row.fetchCursor(
                database, sql: "SELECT listenerID, referenceID FROM feedback WHERE score > 0")
            while let row = try love.next() {
                guard let place = counts.place(ofReference: row[1]) else { continue }
                counts.plays[place] += 1
                loved[row[0], default: []].insert(place)
            }
            // The listener who was counted last for a song.
            var last = [Int64](repeating: -1, count: table.count)
            let plays = try Row.fetchCursor(
                database,
                sql: "SELECT listenerID, referenceID, count FROM play ORDER BY listenerID")
            while let row = try plays.next() {
                guard let place = counts.place(ofReference: row[1]) else { continue }
                let listener: Int64 = row[0]
                counts.plays[place] &+= Int32(clamping: row[2] as Int)
                if last[place] != listener {
                    last[place] = listener
                    counts.listeners[place] += 1
                    loved[listener]?.remove(place)
                }
            }
            for places in loved.values { for place in places { counts.listeners[place] += 1 } }
            counts.seconds = Date().timeIntervalSince(started)
            return counts
        }
    }
}

extension PlayCounts {
    /// Nil where it must be looked up.
    func place(ofReference id: Int64) -> Int? {
        guard let index = Int(exactly: id), placeOfReference.indices.contains(index),
            placeOfReference[index] >= 0
        else { return nil }
        return Int(placeOfReference[index])
    }
}

/// What a listener played, loves, hates and skipped, by reference.
struct ListenerRecord: Sendable {
    var plays: [(reference: Int64, count: Int)] = []
    var loved: [Int64] = []
    var hated: [Int64] = []
    var skips: [(reference: Int64, count: Int)] = []
    /// Songs that the counts do not know: their track's id, where they have one now, and their name.
    var others: [Int64: (track: Int64?, name: String)] = [:]
}

extension Catalogue {
    /// Everything that places a listener, in one read.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    func record(of listener: String, _ counts: PlayCounts) throws -> ListenerRecord {
        let name = listener.precomposedStringWithCanonicalMapping
        let record = try database.read { database -> ListenerRecord? in
            func rows(_ sql: String, _ arguments: StatementArguments) throws -> RowCursor {
                try Row.fetchCursor(
                    try database.cachedStatement(sql: sql), arguments: arguments)
            }
            guard
                let id = try Int64.fetchOne(
                    database.cachedStatement(sql: "SELECT id FROM listener WHERE name = ?"),
                    arguments: [name])
            else { return nil }
            var record = ListenerRecord()
            let plays = try rows(
                "SELECT referenceID, sum(count) FROM play WHERE listenerID = ? GROUP BY referenceID",
                [id])
            while let row = try plays.next() { record.plays.append((row[0], row[1])) }
            let opinions = try rows(
                "SELECT referenceID, score FROM feedback WHERE listenerID = ? AND score <> 0", [id])
            while let row = try opinions.next() {
                let score: Int = row[1]
                if score > 0 { record.loved.append(row[0]) } else { record.hated.append(row[0]) }
            }
            let skips = try rows(
                "SELECT referenceID, count(*) FROM skip WHERE listenerID = ? GROUP BY referenceID",
                [id])
            while let row = try skips.next() { record.skips.append((row[0], row[1])) }
            let all =
                record.plays.map(\.reference) + record.loved + record.hated
                + record.skips.map(\.reference)
            for reference in all where counts.place(ofReference: reference) == nil {
                let found = try rows(
                    """
                    SELECT \(Self.trackOfReference), coalesce(t.artist || ' - ' || t.title,
                        r.artist || ' - ' || r.title, r.externalID, r.key)
                    FROM reference r LEFT JOIN track t ON t.id = r.trackID WHERE r.id = ?
                    """, [reference])
                while let row = try found.next() { record.others[reference] = (row[0], row[1]) }
            }
            return record
        }
        guard let record else {
            try requireListener(listener)
            return ListenerRecord()
        }
        return record
    }
}
