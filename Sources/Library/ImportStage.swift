import Foundation
import GRDB
import ListeningHistory

/// Adds listening history to the library. A file (an archive) is imported whole or not at all, in one transaction, and
/// importing it again changes nothing: listens with a time are known by it; of two counts for one listener and song the
/// higher is kept; a playlist of the same name is replaced; of love and hate the latest word counts.
public struct ImportStage: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    /// Plays of a file that are added up in memory.
    var playsInMemory = 500_000

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// - Throws: ``LibraryError`` and `HistoryError`; the library is then as it was.
    public func run(file: URL, options: HistoryOptions = HistoryOptions()) throws -> ImportReport {
        let started = Date()
        for path in [
            file, options.uniqueTracks, options.mismatches, options.acceptedMatches,
            options.artists,
        ].compactMap({ $0?.path }) where !FileManager.default.fileExists(atPath: path) {
            throw LibraryError.noSuchPath(path: path)
        }
        var report = ImportReport()
        report.file = file.path
        try catalogue.database.write { database in
            try add(HistoryReader(file, options), to: database, &report)
        }
        report.seconds = Date().timeIntervalSince(started)
        return report
    }

    /// The same with the options most callers need.
    public func run(file: URL, format: HistoryFormat?, listener: String?) throws -> ImportReport {
        try run(file: file, options: HistoryOptions(format: format, listener: listener))
    }

    private func add(_ reader: HistoryReader, to database: Database, _ report: inout ImportReport)
        throws
    {
        let references = try ReferenceTable(database)
        var plays = IncomingPlays(database, most: playsInMemory)
        var opinions = try IncomingOpinions(database)
        var counts = report
        let summary = try reader.read { item in
            if counts.rows % 8192 == 0 {
                try context.checkStop("import")
                context.report(
                    StageProgress(stage: "import", done: counts.rows, total: nil, unit: "plays"))
            }
            if case .skip(let skip) = item {
                return try opinions.add(
                    skip, listener: try references.listener(skip.listener),
                    song: try references.song(skip.reference, isRow: false))
            }
            counts.rows += 1
            switch item {
            case .skip: break
            case .play(let play):
                try plays.add(
                    listener: references.listener(play.listener),
                    song: references.song(play.reference),
                    time: play.time.map { Int64($0.timeIntervalSince1970) } ?? -1,
                    count: play.count)
            case .feedback(let feedback):
                opinions.add(
                    feedback, listener: try references.listener(feedback.listener),
                    song: try references.song(feedback.reference))
            case .playlistEntry(let entry):
                let listener = try references.listener(entry.listener)
                let song = try references.song(entry.reference)
                opinions.add(playlist: entry.playlist, listener: listener, song: song)
                // Who puts a song on a list has heard it.
                try plays.add(listener: listener, song: song, time: -1, count: 1, rows: 0)
            }
        } rejected: {
            counts.take($0)
        }
        report = counts
        report.take(summary)
        report.listeners = references.listenerCount
        report.feedback = opinions.feedbackRows
        report.playlists = opinions.playlistCount
        try merge(&plays, &opinions, references, database, &report)
    }

    private func merge(
        _ plays: inout IncomingPlays, _ opinions: inout IncomingOpinions,
        _ references: ReferenceTable, _ database: Database, _ report: inout ImportReport
    ) throws {
        report.duplicates = try plays.merge() + opinions.merge()
        report.imported = report.rows - report.duplicates
        try catalogue.matchReferences(
            database, after: references.hasLearned ? 0 : references.newest)
        let matched = try Int64.fetchCursor(
            database, sql: "SELECT id FROM reference WHERE trackID IS NOT NULL")
        while let song = try matched.next() { report.matched += references.rowsOfSong[song] ?? 0 }
        report.unmatched = report.rows - report.matched
        report.newSkips = opinions.newSkips
        if report.imported + report.newSkips > 0 { try catalogue.bumpRevision("plays", database) }
    }
}
