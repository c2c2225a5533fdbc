import Foundation
import GRDB
import ListeningHistory

/// What an import did; encodes to the contract of `import --json`.
public struct ImportReport: Codable, Equatable, Sendable {
    public struct Rejected: Codable, Equatable, Sendable {
        public let line: Int
        public let reason: String
    }
    public var file = ""
    public var format = ""
    /// Rows that could be read.
    public var rows = 0
    /// Rows that brought something new.
    public var imported = 0
    /// Rows that were known already.
    public var duplicates = 0
    /// Rows that were left out on purpose, such as skipped songs and podcasts.
    public var filtered = 0
    /// The first 100 rows that could not be read.
    public var rejected: [Rejected] = []
    public var rejectedCount = 0
    /// Rows whose song is a track of this library, and rows that wait for their song to arrive.
    public var matched = 0
    public var unmatched = 0
    /// Listeners in this file.
    public var listeners = 0
    public var seconds = 0.0
}

/// Adds listening history to the library. A file is imported whole or not at all, and importing it again changes
/// nothing: listens with a time are known by it; of two counts for one listener and song the higher is kept.
public struct ImportStage: Sendable {
    let catalogue: Catalogue
    let context: StageContext

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// - Parameters:
    ///   - format: nil to detect it by content.
    ///   - listener: whose history it is, for formats that do not say.
    /// - Throws: ``LibraryError`` and `HistoryError`.
    public func run(file: URL, format: HistoryFormat?, listener: String?) throws -> ImportReport {
        let started = Date()
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw LibraryError.noSuchPath(path: file.path)
        }
        let reader = try HistoryReader(file, format: format, listener: listener)
        var report = ImportReport()
        report.file = file.path
        try catalogue.database.write { database in
            try database.execute(
                sql: """
                    CREATE TEMP TABLE IF NOT EXISTS incoming (listenerID INTEGER, referenceID INTEGER, time INTEGER,
                        count INTEGER, rows INTEGER, PRIMARY KEY (listenerID, referenceID, time)) WITHOUT ROWID;
                    DELETE FROM incoming;
                    """)
            try read(reader, into: database, &report)
            try merge(database, &report)
        }
        _ = try catalogue.matchReferences()
        report.seconds = Date().timeIntervalSince(started)
        return report
    }

    private func read(
        _ reader: HistoryReader, into database: Database, _ report: inout ImportReport
    ) throws {
        let add = try database.makeStatement(
            sql: """
                INSERT INTO incoming VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET rows = rows + 1,
                    count = CASE WHEN time < 0 THEN min(count + excluded.count, 1000000000) ELSE count END
                """)
        var listeners: [String: Int64] = [:]
        var references: [String: Int64] = [:]
        var counts = report
        let summary = try reader.read { play in
            if counts.rows % 8192 == 0 {
                try context.checkStop("import")
                context.report(
                    StageProgress(stage: "import", done: counts.rows, total: nil, unit: "plays"))
            }
            let listener =
                try listeners[play.listener] ?? catalogue.listenerID(play.listener, database)
            listeners[play.listener] = listener
            let key = play.reference.key
            let reference =
                try references[key] ?? catalogue.referenceID(play.reference, key: key, database)
            references[key] = reference
            let time = play.time.map { Int64($0.timeIntervalSince1970) } ?? -1
            try add.execute(arguments: [listener, reference, time, play.count])
            counts.rows += 1
        } rejected: { rejection in
            counts.rejectedCount += 1
            if counts.rejected.count < 100 {
                counts.rejected.append(.init(line: rejection.line, reason: rejection.reason))
            }
        }
        report = counts
        report.format = summary.format.rawValue
        report.filtered = summary.filtered
        report.listeners = listeners.count
    }

    private func merge(_ database: Database, _ report: inout ImportReport) throws {
        func sum(_ condition: String) throws -> Int {
            try Int.fetchOne(
                database,
                sql: """
                    SELECT coalesce(sum(i.rows), 0) FROM incoming i LEFT JOIN play p USING (listenerID, referenceID, time)
                    LEFT JOIN reference r ON r.id = i.referenceID WHERE \(condition)
                    """) ?? 0
        }
        report.duplicates = try sum("p.count >= i.count")
        report.imported = report.rows - report.duplicates
        try database.execute(
            sql: """
                INSERT INTO play SELECT listenerID, referenceID, time, count FROM incoming WHERE true
                ON CONFLICT DO UPDATE SET count = max(count, excluded.count)
                """)
        try catalogue.matchReferences(database)
        report.matched = try sum("r.trackID IS NOT NULL")
        report.unmatched = report.rows - report.matched
        try database.execute(sql: "DELETE FROM incoming")
        if report.imported > 0 { try catalogue.bumpRevision("plays", database) }
    }
}
