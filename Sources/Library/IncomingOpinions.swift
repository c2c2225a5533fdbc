import GRDB
import ListeningHistory

/// The love, hate, skips and playlists of one file on their way into the catalogue.
struct IncomingOpinions {
    private struct Place: Hashable {
        let listener: Int64
        let song: Int64
    }
    private struct Opinion {
        var score: Int
        /// Seconds since 1970; -1 where the file does not say.
        var time: Int64
        var rows = 1
    }
    private struct List: Hashable {
        let listener: Int64
        let name: String
    }
    private let database: Database
    private var opinions: [Place: Opinion] = [:]
    private var lists: [List: [Int64]] = [:]
    private(set) var feedbackRows = 0
    /// Skips that the catalogue did not know yet.
    private(set) var newSkips = 0

    private let addSkip: Statement

    init(_ database: Database) throws {
        self.database = database
        addSkip = try database.makeStatement(sql: "INSERT OR IGNORE INTO skip VALUES (?, ?, ?)")
    }

    var playlistCount: Int { lists.count }

    /// The latest word counts; without times the last one of the file.
    mutating func add(_ feedback: Feedback, listener: Int64, song: Int64) {
        feedbackRows += 1
        let time = feedback.time.map { Int64($0.timeIntervalSince1970) } ?? -1
        let place = Place(listener: listener, song: song)
        var opinion = opinions[place] ?? Opinion(score: 0, time: -1, rows: 0)
        opinion.rows += 1
        if time < 0 || time >= opinion.time {
            (opinion.score, opinion.time) = (feedback.score, time)
        }
        opinions[place] = opinion
    }

    /// The same skip twice is one. Goes to the catalogue at once: a history may hold more skips than plays.
    mutating func add(_ skip: Skip, listener: Int64, song: Int64) throws {
        let time = skip.time.map { Int64($0.timeIntervalSince1970) } ?? -1
        try addSkip.execute(arguments: [listener, song, time])
        newSkips += database.changesCount
    }

    mutating func add(playlist: String, listener: Int64, song: Int64) {
        lists[List(listener: listener, name: playlist), default: []].append(song)
    }

    /// - Returns: how many rows of feedback and of playlists were known already.
    mutating func merge() throws -> Int {
        let known = try mergeFeedback() + mergePlaylists()
        (opinions, lists) = ([:], [:])
        return known
    }

    /// An older word does not replace a newer one.
    private func mergeFeedback() throws -> Int {
        let add = try database.makeStatement(
            sql: """
                INSERT INTO feedback VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
                SET score = excluded.score, time = excluded.time
                WHERE score <> excluded.score AND (time < 0 OR excluded.time < 0 OR excluded.time >= time)
                """)
        var known = 0
        for (place, opinion) in opinions {
            try add.execute(arguments: [place.listener, place.song, opinion.score, opinion.time])
            if database.changesCount == 0 { known += opinion.rows }
        }
        return known
    }

    /// A playlist of the same listener and name is replaced.
    private func mergePlaylists() throws -> Int {
        let add = try database.makeStatement(sql: "INSERT INTO playlistItem VALUES (?, ?, ?)")
        var known = 0
        for (list, songs) in lists {
            try database.execute(
                sql: "INSERT OR IGNORE INTO playlist (listenerID, name) VALUES (?, ?)",
                arguments: [list.listener, list.name])
            let id =
                try Int64.fetchOne(
                    database, sql: "SELECT id FROM playlist WHERE listenerID = ? AND name = ?",
                    arguments: [list.listener, list.name]) ?? 0
            let old = try Int64.fetchAll(
                database,
                sql: "SELECT referenceID FROM playlistItem WHERE playlistID = ? ORDER BY position",
                arguments: [id])
            known += zip(old, songs).filter { $0 == $1 }.count
            if old == songs { continue }
            try database.execute(
                sql: "DELETE FROM playlistItem WHERE playlistID = ?", arguments: [id])
            for (position, song) in songs.enumerated() {
                try add.execute(arguments: [id, position, song])
            }
        }
        return known
    }
}
