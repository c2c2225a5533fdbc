import AudioNetwork
import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices

/// How `evaluate --protocol cold` holds songs out.
public struct ColdEvaluationConfiguration: Codable, Equatable, Sendable {
    public var folds = 5
    /// Only the first so many of the folds are run, for a quick look; nil for all.
    public var limit: Int?
    /// Songs with fewer listeners are neither held out nor learned from.
    public var minimumListeners = TrainStage.minimumListeners
    public var seed: UInt64 = 0
    public var training = TrainingConfiguration()
    /// The method's network is trained too, as published, and has a row of its own.
    public var paperNetwork = false
    /// The paper's other rows too: regressions on a bag of words of timbre, and the network with the weighted prediction error.
    public var paperBaselines = false
    /// Size of the bag's codebook (paper: 4,000); nil for what suits the number of songs.
    public var codebookWords: Int?
    /// Nil for what `factorize` takes of itself: α and λ by the plays that are left in each fold.
    public var factorization: FactorizationConfiguration?

    public init() {}
}

/// The cold-start protocol on a library: for each fold songs of whole artists are held out, their plays are taken away, the taste
/// space is learned from the rest, a network from the rest's sound, and the held-out songs are ranked by that network.
public struct ColdEvaluation: Sendable {
    let catalogue: Catalogue
    let configuration: ColdEvaluationConfiguration
    let context: StageContext

    public init(
        _ catalogue: Catalogue, configuration: ColdEvaluationConfiguration, context: StageContext
    ) {
        self.catalogue = catalogue
        self.configuration = configuration
        self.context = context
    }

    /// - Throws: ``LibraryError/tooFewSongs(got:needed:next:)`` and more.
    public func run() throws -> EvaluationReport {
        let started = Date()
        let division = try self.division()
        let (columns, artists, source) = (division.columns, division.artists, division.source)
        let features = try melFeatures(source)
        let paper =
            configuration.paperBaselines
            ? try PaperBaselines(
                source, words: configuration.codebookWords, seed: configuration.seed,
                context: context) : nil
        let full = try factorize(division.plays)
        let cold = ColdStartProtocol(folds: configuration.folds, seed: configuration.seed)
        var results: [FoldResult] = []
        for number in division.folds.indices {
            try context.checkStop("evaluate")
            let (fold, rest) = division.fold(number)
            let heldColumns = Set(fold.map { columns[$0] })
            let plays = division.plays.filtered { _, column, _ in
                !heldColumns.contains(column)
            }
            let factors = try factorize(plays)
            let targets = factors.songs.selectingRows(rest.map { columns[$0] })
            var networks = [(name: "network", training: configuration.training)]
            if configuration.paperNetwork {
                var training = TrainingConfiguration(for: .dieleman2014)
                training.seed = configuration.training.seed
                training.threads = configuration.training.threads
                training.device = configuration.training.device
                training.precision = configuration.training.precision
                networks.append(("paper's network", training))
            }
            let label = "fold \(number + 1)/\(division.folds.count)"
            let heard = try networks.map {
                try predict(
                    fold, division,
                    train(rest, division, targets, training: $0.training, label: label))
            }
            var others: [Matrix] = []
            if let paper {
                others = try paper.regressions(
                    fold, rest, targets.unitRows(), groups: rest.map { artists[$0] },
                    seed: configuration.seed)
                let objective = PaperBaselines.objective(
                    plays, columns: rest.map { columns[$0] }, factors: factors, settings(plays))
                others.append(
                    try predict(
                        fold, division,
                        train(
                            rest, division, targets, training: configuration.training,
                            objective: objective, label: label + " WPE")))
            }
            let ridge = RidgeRegression.tuned(
                features: features.selectingRows(rest),
                targets: configuration.training.targets(targets),
                groups: rest.map { artists[$0] }
            ).predict(features.selectingRows(fold))
            let own = full.songs.selectingRows(fold.map { columns[$0] })
            results.append(
                cold.evaluate(
                    plays: division.plays, heldOut: fold.map { columns[$0] },
                    scorers: [
                        ("random", randomScores(fold.count)),
                        (
                            "popularity of the artist",
                            artistPopularity(fold, rest, artists, division.listeners, columns)
                        ),
                        ("linear regression", byFactors(factors.listeners, ridge)),
                    ]
                        + zip(networks, heard).map {
                            ($0.name, byFactors(factors.listeners, $1))
                        }
                        + zip(PaperBaselines.models, others).map {
                            ($0, byFactors(factors.listeners, $1))
                        } + [("upper bound", byFactors(full.listeners, own))],
                    threads: context.threads))
        }
        return EvaluationReport(
            protocol: "cold", folds: results,
            models: ["random", "popularity of the artist", "linear regression", "network"]
                + (configuration.paperNetwork ? ["paper's network"] : [])
                + (configuration.paperBaselines ? PaperBaselines.models : []) + ["upper bound"],
            seconds: Date().timeIntervalSince(started), seed: configuration.seed)
    }

    private func factorize(_ plays: SparseMatrix) throws -> Factors {
        try ImplicitALS(settings(plays)).fit(plays) { _ in !context.shouldStop() }.factors
    }

    private func melFeatures(_ source: StoredSpectrograms) throws -> Matrix {
        let rows = try (0..<source.count).map { MelStatistics.features(try source.matrix($0)) }
        return Matrix(rows: rows.count, columns: rows[0].count, storage: rows.flatMap { $0 })
    }

    private func randomScores(_ count: Int) -> @Sendable (Int) -> [Float] {
        let seed = configuration.seed
        return { listener in
            var generator = SeededGenerator(seed: seed, stream: 0xA11 &+ UInt64(listener))
            return (0..<count).map { _ in Float(generator.uniform()) }
        }
    }

    /// Listeners of the artist's other songs; zero for every artist who is held out whole, as artists are here.
    private func artistPopularity(
        _ fold: [Int], _ rest: [Int], _ artists: [Int], _ listeners: [Int], _ columns: [Int]
    ) -> @Sendable (Int) -> [Float] {
        var sums: [Int: Float] = [:]
        for song in rest { sums[artists[song], default: 0] += Float(listeners[columns[song]]) }
        let scores = fold.map { sums[artists[$0]] ?? 0 }
        return { _ in scores }
    }

    private func byFactors(_ listeners: Matrix, _ songs: Matrix) -> @Sendable (Int) -> [Float] {
        { listener in (0..<songs.rows).map { dot(listeners.row(listener), songs.row($0)) } }
    }
}
