import AudioNetwork
import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices

/// How well songs are placed with so many plays, by each model.
public struct WarmingReport: Codable, Equatable, Sendable {
    public struct Level: Codable, Equatable, Sendable {
        /// Plays shown of each song.
        public let plays: Int
        /// Songs that have so many to show; the others show all they have.
        public let reaching: Int
        public let rows: [ModelRow]
    }
    public let folds: Int
    public let songs: Int
    public let rankings: Int
    public let levels: [Level]
    public let seconds: Double
}

/// Cold to warm: held-out songs get 0, 1, 3, 10, 30 and 100 of their plays back, and are placed by sound alone, by those plays alone, and
/// by both as ``PredictStage`` blends them. See ``WarmingProtocol``.
public struct WarmingEvaluation: Sendable {
    let cold: ColdEvaluation
    let warming: WarmingProtocol
    let blends: [Blend]

    /// How much the sound counts beside plays; see ``ImplicitALS/solveSongs(_:dislikes:listeners:prior:priorWeight:priorListeners:)``.
    public struct Blend: Sendable {
        let name: String
        let weight: Float
        let listeners: Float

        /// Every weight with every number of listeners; a single one is called `blend`.
        public static func all(weights: [Float], listeners: [Float]) -> [Blend] {
            let isOne = weights.count * listeners.count == 1
            return weights.flatMap { weight in
                listeners.map {
                    Blend(
                        name: isOne ? "blend" : "blend \(weight), \($0)", weight: weight,
                        listeners: $0)
                }
            }
        }
    }

    public init(
        _ cold: ColdEvaluation, warming: WarmingProtocol = WarmingProtocol(), blends: [Blend]
    ) {
        self.cold = cold
        self.warming = warming
        self.blends = blends
    }

    public func run() throws -> WarmingReport {
        let started = Date()
        let split = try cold.division()
        var results = warming.levels.map { _ in [FoldResult]() }
        var reaching = warming.levels.map { _ in 0 }
        let models = ["sound", "plays"] + blends.map(\.name)
        for number in split.folds.indices {
            let (fold, rest) = split.fold(number)
            let held = Set(fold.map { split.columns[$0] })
            let plays = split.plays.filtered { _, column, _ in !held.contains(column) }
            let settings = cold.settings(plays)
            let als = ImplicitALS(settings)
            let factors = try als.fit(plays) { _ in !cold.context.shouldStop() }.factors
            let targets = factors.songs.selectingRows(rest.map { split.columns[$0] })
            let model = try cold.train(
                rest, split, targets, training: cold.configuration.training,
                label: "fold \(number + 1)/\(split.folds.count)")
            let scale = PredictStage.scale(
                predicted: try cold.predict(rest, split, model), factors: targets)
            var prior = try cold.predict(fold, split, model)
            for i in prior.storage.indices { prior.storage[i] *= scale }
            let halves = warming.split(split.plays, heldOut: fold.map { split.columns[$0] })
            let listens = (0..<plays.rows).map { !plays.range(ofRow: $0).isEmpty }
            for (i, level) in warming.levels.enumerated() {
                let shown = halves.plays(level)
                let none = Matrix(rows: prior.rows, columns: prior.columns)
                var placed = [
                    prior,
                    try als.solveSongs(
                        shown, listeners: factors.listeners, prior: none, priorWeight: 0,
                        priorListeners: 0),
                ]
                placed += try blends.map {
                    try als.solveSongs(
                        shown, listeners: factors.listeners, prior: prior, priorWeight: $0.weight,
                        priorListeners: $0.listeners)
                }
                let scorers = zip(models, placed).map { name, songs in
                    (name, Baselines.factors(listeners: factors.listeners, candidates: songs))
                }
                results[i].append(
                    warming.evaluate(
                        halves, listens: listens, scorers: scorers, threads: cold.context.threads))
                reaching[i] += halves.songs(reaching: level)
            }
        }
        return WarmingReport(
            folds: split.folds.count, songs: results[0].reduce(0) { $0 + $1.songs },
            rankings: results[0].reduce(0) { $0 + $1.listeners },
            levels: warming.levels.indices.map { i in
                .init(
                    plays: warming.levels[i], reaching: reaching[i],
                    rows: models.map { ModelRow(model: $0, folds: results[i]) })
            }, seconds: Date().timeIntervalSince(started))
    }
}
