import CollaborativeFiltering
import Evaluation
import Foundation
import GRDB
import Matrices

/// How `evaluate --protocol warm` holds plays out.
public struct WarmEvaluationConfiguration: Codable, Equatable, Sendable {
    /// Share of a listener's songs that are held out, 0…1.
    public var share = 0.2
    /// Listeners with fewer songs keep all of them.
    public var minimumSongs = 5
    public var seed: UInt64 = 0
    /// Nil for the settings of the last factorisation, or the default ones when there is none.
    public var factorization: FactorizationConfiguration?
    public var neighbors = NeighborConfiguration()

    public init() {}
}

/// The warm protocol on a library: some of every listener's songs are held out, and every model that knows plays ranks all
/// songs that a listener does not play in what is left. Needs no audio. Where songs were factorised by sessions or playlists, these
/// take the listeners' place: a personal library can only tell how well it completes them.
public struct WarmEvaluation: Sendable {
    let catalogue: Catalogue
    let configuration: WarmEvaluationConfiguration
    let context: StageContext

    public init(
        _ catalogue: Catalogue, configuration: WarmEvaluationConfiguration, context: StageContext
    ) {
        self.catalogue = catalogue
        self.configuration = configuration
        self.context = context
    }

    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` without plays that can be divided.
    public func run() throws -> EvaluationReport {
        let started = Date()
        let data = try catalogue.tasteData()
        guard data.plays.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "evaluate", reason: "this library has no plays",
                next: "Add listening history with `coldwave import FILE`.")
        }
        let settings: FactorizeSettings? = try catalogue.lastConfiguration(.factorize, .factors)
        let baskets = settings?.baskets ?? .listeners
        let plays = try catalogue.baskets(baskets, data).counts
        let times = baskets == .listeners ? try catalogue.firstPlayed(data) : nil
        let warm = WarmProtocol(
            share: configuration.share, minimumSongs: configuration.minimumSongs,
            seed: configuration.seed)
        let (training, heldOut) = warm.split(plays, times: times)
        guard heldOut.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "evaluate",
                reason: "no \(baskets.one) has \(configuration.minimumSongs) songs or more",
                next: "Add more listening history with `coldwave import FILE`.")
        }
        var result: [FoldResult] = []
        let models = ["popularity", "item-based", "user-based", "ALS"]
        for (done, name) in models.enumerated() {
            try context.checkStop("evaluate")
            context.report(
                StageProgress(
                    stage: "evaluate", done: done, total: models.count, unit: "models",
                    detail: name))
            let model = try fit(name, training)
            result.append(
                warm.evaluate(
                    training: training, heldOut: heldOut, scorers: [(name, model.scores(for:))],
                    threads: context.threads))
        }
        try context.checkStop("evaluate")
        return EvaluationReport(
            protocol: "warm", split: words(plays, heldOut, times, baskets),
            folds: [FoldResult(sameRankings: result)], models: models,
            seconds: Date().timeIntervalSince(started), seed: configuration.seed)
    }

    private func fit(_ name: String, _ training: SparseMatrix) throws -> any Recommending {
        switch name {
        case "popularity": return PopularityModel(training)
        case "item-based":
            return try ItemNeighbors(training, configuration.neighbors, threads: context.threads)
        case "user-based":
            return try UserNeighbors(training, configuration.neighbors, threads: context.threads)
        default:
            var settings =
                try configuration.factorization
                ?? catalogue.lastConfiguration(.factorize, .factors)
                ?? FactorizeSettings().resolved(training).factorization
            settings.threads = context.threads
            return FactorModel(
                try ImplicitALS(settings).fit(training) { _ in !context.shouldStop() }.factors)
        }
    }

    /// What was held out, for who reads the table.
    private func words(
        _ plays: SparseMatrix, _ heldOut: SparseMatrix, _ times: [Int64]?, _ baskets: Baskets
    ) -> String {
        let divided = (0..<heldOut.rows).filter { !heldOut.range(ofRow: $0).isEmpty }
        let timed = divided.count { listener in
            plays.range(ofRow: listener).allSatisfy { (times?[$0] ?? -1) >= 0 }
        }
        let share = "\(Int((100 * configuration.share).rounded())) % of each \(baskets.one)'s songs"
        return timed == divided.count
            ? "the last \(share)"
            : timed == 0
                ? "\(share), at random"
                : "the last \(share) for \(timed) listeners whose times are known, random ones for \(divided.count - timed)"
    }
}

extension Catalogue {
    /// When each entry of the play matrix was first played, in seconds since 1970, in the order of storage; −1 where no time is
    /// known. Nil when no play of the library has a time.
    func firstPlayed(_ data: TasteData) throws -> [Int64]? {
        let rows = data.listenerIndex
        return try database.read { database in
            guard
                try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM play WHERE time >= 0)")
                    ?? false
            else { return nil }
            let columnOfReference = try columnOfReference(data, database)
            var times = [Int64](repeating: -1, count: data.plays.count)
            let first = try Row.fetchCursor(
                database,
                sql: """
                    SELECT l.name, p.referenceID, min(p.time) FROM play p JOIN listener l ON l.id = p.listenerID
                    WHERE p.time >= 0 GROUP BY p.listenerID, p.referenceID
                    """)
            while let row = try first.next() {
                guard let listener = rows[row[0]], let column = columnOfReference[row[1]],
                    let place = data.plays.place(listener, column)
                else { continue }
                let time: Int64 = row[2]
                times[place] = times[place] < 0 ? time : min(times[place], time)
            }
            return times
        }
    }
}

extension SparseMatrix {
    /// Where an entry is stored; nil when there is none. - Complexity: O(log entries of the row).
    func place(_ row: Int, _ column: Int) -> Int? {
        var (low, high) = (range(ofRow: row).lowerBound, range(ofRow: row).upperBound)
        while low < high {
            let middle = (low + high) / 2
            if columnIndices[middle] < column { low = middle + 1 } else { high = middle }
        }
        return low < range(ofRow: row).upperBound && columnIndices[low] == column ? low : nil
    }
}
