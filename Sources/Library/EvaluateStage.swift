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
    public var factorization = FactorizationConfiguration.catalogue

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
        let data = try catalogue.tasteData()
        let tracks = Dictionary(
            uniqueKeysWithValues: try catalogue.tracks(includingMissing: true).map {
                ($0.id ?? 0, $0)
            })
        var listeners = [Int](repeating: 0, count: data.songs.count)
        for column in data.plays.columnIndices { listeners[Int(column)] += 1 }
        // Columns of the play matrix that have sound and enough listeners.
        let columns = data.songs.indices.filter { column in
            if case .track(let id) = data.songs[column], tracks[id]?.kind == .song {
                return listeners[column] >= configuration.minimumListeners
            }
            return false
        }
        let needed = TrainStage.minimumSongs * 2
        guard columns.count >= needed else {
            throw LibraryError.tooFewSongs(
                got: columns.count, needed: needed,
                next: "Evaluation holds songs out and must learn from the others.")
        }
        let songTracks = columns.compactMap { column -> Track? in
            if case .track(let id) = data.songs[column] { tracks[id] } else { nil }
        }
        let source = try SpectrogramStore(catalogue.location).open(songTracks.map(\.place))
        let artists = groupIndices(songTracks.map(\.artist))
        let features = try melFeatures(source)
        let full = try factorize(data.plays)
        let cold = ColdStartProtocol(folds: configuration.folds, seed: configuration.seed)
        let folds = cold.split(groups: artists, eligible: columns.map { _ in true }).filter {
            !$0.isEmpty
        }
        let chosen = folds.prefix(configuration.limit ?? folds.count)
        var results: [FoldResult] = []
        for (number, fold) in chosen.enumerated() {
            try context.checkStop("evaluate")
            let heldOut = Set(fold)
            let rest = columns.indices.filter { !heldOut.contains($0) }
            let heldColumns = Set(fold.map { columns[$0] })
            let factors = try factorize(
                data.plays.filtered { _, column, _ in !heldColumns.contains(column) })
            let targets = factors.songs.selectingRows(rest.map { columns[$0] })
            var networks = [(name: "network", training: configuration.training)]
            if configuration.paperNetwork {
                var training = TrainingConfiguration(for: .dieleman2014)
                training.seed = configuration.training.seed
                training.threads = configuration.training.threads
                networks.append(("paper's network", training))
            }
            let heard = try networks.map {
                try predictByNetwork(
                    fold, rest, source, targets, artists, training: $0.training,
                    label: "fold \(number + 1)/\(chosen.count)")
            }
            let ridge = RidgeRegression.tuned(
                features: features.selectingRows(rest), targets: targets.unitRows(),
                groups: rest.map { artists[$0] }
            ).predict(features.selectingRows(fold))
            let own = full.songs.selectingRows(fold.map { columns[$0] })
            results.append(
                cold.evaluate(
                    plays: data.plays, heldOut: fold.map { columns[$0] },
                    scorers: [
                        ("random", randomScores(fold.count)),
                        (
                            "popularity of the artist",
                            artistPopularity(fold, rest, artists, listeners, columns)
                        ),
                        ("linear regression", byFactors(factors.listeners, ridge)),
                    ]
                        + zip(networks, heard).map {
                            ($0.name, byFactors(factors.listeners, $1))
                        } + [("upper bound", byFactors(full.listeners, own))],
                    threads: context.threads))
        }
        return EvaluationReport(
            protocol: "cold", folds: results,
            models: ["random", "popularity of the artist", "linear regression", "network"]
                + (configuration.paperNetwork ? ["paper's network"] : []) + ["upper bound"],
            seconds: Date().timeIntervalSince(started), seed: configuration.seed)
    }

    private func factorize(_ plays: SparseMatrix) throws -> Factors {
        var settings = configuration.factorization
        settings.threads = context.threads
        return try ImplicitALS(settings).fit(plays) { _ in !context.shouldStop() }.factors
    }

    private func predictByNetwork(
        _ fold: [Int], _ rest: [Int], _ source: StoredSpectrograms, _ targets: Matrix,
        _ artists: [Int], training: TrainingConfiguration, label: String
    ) throws -> Matrix {
        let trained = try Trainer(training: training).train(
            source: source.selecting(rest), targets: targets,
            groups: rest.map { artists[$0] },
            progress: { progress in
                context.report(
                    StageProgress(
                        stage: "evaluate", done: progress.windowsDone, total: progress.windowsTotal,
                        unit: "windows",
                        detail: label + String(format: "  loss %.4f", progress.trainLoss)))
            }, shouldStop: context.shouldStop)
        try context.checkStop("evaluate")
        return try Predictor(trained.model, threads: context.threads)
            .predict(source.selecting(fold), shouldStop: context.shouldStop)
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

extension StoredSpectrograms {
    /// The songs at `indices`, in that order.
    func selecting(_ indices: [Int]) -> StoredSpectrograms {
        StoredSpectrograms(places: indices.map { places[$0] }, shards: shards, format: format)
    }
}
