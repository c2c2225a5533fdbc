import GRDB

/// The plays of one file, added up by listener, song and time before they meet those of the catalogue: in memory, or
/// in a temporary table when they are too many.
struct IncomingPlays {
    private struct Place: Hashable {
        let listener: Int64
        let song: Int64
        /// Seconds since 1970; -1 for counts.
        let time: Int64
    }
    private struct Total {
        var count: Int
        var rows: Int
    }
    private let database: Database
    private let most: Int
    private var totals: [Place: Total] = [:]
    private var isSpilled = false
    static let largestCount = 1_000_000_000

    /// - Parameter most: so many are kept in memory, at some 60 bytes each.
    init(_ database: Database, most: Int) {
        self.database = database
        self.most = most
    }

    /// - Parameter rows: how many rows of the file this is; 0 when they are counted elsewhere.
    mutating func add(listener: Int64, song: Int64, time: Int64, count: Int, rows: Int = 1) throws {
        let place = Place(listener: listener, song: song, time: time)
        if let total = totals[place] {
            // The same listen twice is one; counts of one song add up.
            let sum = time < 0 ? min(total.count + count, Self.largestCount) : total.count
            totals[place] = Total(count: sum, rows: total.rows + rows)
        } else {
            totals[place] = Total(count: count, rows: rows)
            if totals.count >= most { try spill() }
        }
    }

    /// Adds what came to the catalogue; of two counts for one listener and song the higher is kept.
    /// - Returns: how many rows were known already.
    mutating func merge() throws -> Int {
        if isSpilled {
            try spill()
            return try mergeTable()
        }
        // In the order of the table's key, so that neighbours are written together.
        let places = totals.keys.sorted {
            ($0.listener, $0.song, $0.time) < ($1.listener, $1.song, $1.time)
        }
        let add = try database.makeStatement(
            sql: """
                INSERT INTO play VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count
                WHERE excluded.count > count
                """)
        var known = 0
        for place in places {
            guard let total = totals[place] else { continue }
            add.setUncheckedArguments([place.listener, place.song, place.time, total.count])
            try add.execute()
            if database.changesCount == 0 { known += total.rows }
        }
        totals = [:]
        return known
    }

    private mutating func spill() throws {
        if !isSpilled {
            try database.execute(
                sql: """
                    CREATE TEMP TABLE IF NOT EXISTS incoming (listenerID INTEGER, referenceID INTEGER, time INTEGER,
                        count INTEGER, rows INTEGER, PRIMARY KEY (listenerID, referenceID, time)) WITHOUT ROWID;
                    DELETE FROM incoming;
                    """)
            isSpilled = true
        }
        let add = try database.makeStatement(
            sql: """
                INSERT INTO incoming VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows,
                    count = CASE WHEN time < 0 THEN min(count + excluded.count, \(Self.largestCount)) ELSE count END
                """)
        for (place, total) in totals {
            add.setUncheckedArguments([
                place.listener, place.song, place.time, total.count, total.rows,
            ])
            try add.execute()
        }
        totals.removeAll(keepingCapacity: true)
    }

    private func mergeTable() throws -> Int {
        let known =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT coalesce(sum(i.rows), 0) FROM incoming i JOIN play p USING (listenerID, referenceID, time)
                    WHERE p.count >= i.count
                    """) ?? 0
        try database.execute(
            sql: """
                INSERT INTO play SELECT listenerID, referenceID, time, count FROM incoming WHERE true
                ON CONFLICT DO UPDATE SET count = max(count, excluded.count);
                DELETE FROM incoming;
                """)
        return known
    }
}
