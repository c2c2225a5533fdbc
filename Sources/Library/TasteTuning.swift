import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices

/// How settings of the factorisation are chosen.
public enum TasteTuning: String, Codable, CaseIterable, Sendable {
    /// As they are given.
    case off
    /// The number of iterations by a held-out part.
    case earlyStop
    /// α, λ, dimensions and iterations by a held-out part.
    case full

    /// What tuning found; encodes to `tuning` of `factorize --json`.
    public struct Outcome: Codable, Equatable, Sendable {
        public let configuration: FactorizationConfiguration
        public let trials: [TuningTrial]
        /// Mean nDCG@20 of the best setting on the held-out plays.
        public let ndcg20: Double
    }

    /// Listeners judged after each trial; their held-out plays decide.
    static let judged = 1000
    /// Of more entries than these only some listeners, drawn at random, take part.
    static let entries = 5_000_000

    /// Tries settings on a part of the plays; the rest, a tenth of each listener's songs, is held out.
    /// - Returns: nil for ``off``.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is too little to hold out.
    public func run(
        _ plays: SparseMatrix, _ base: FactorizationConfiguration, context: StageContext
    ) throws -> Outcome? {
        guard self != .off else { return nil }
        let part = Self.sample(plays, seed: base.seed)
        let warm = WarmProtocol(share: 0.1, minimumSongs: 5, seed: base.seed)
        var (training, heldOut) = warm.split(part)
        guard heldOut.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "tune", reason: "no listener (or other basket) has five songs or more",
                next: "Add more listening history, or leave out --tune and --early-stop.")
        }
        var generator = SeededGenerator(seed: base.seed, stream: 0x7E57)
        let candidates = (0..<heldOut.rows).filter { !heldOut.range(ofRow: $0).isEmpty }
        let judges = Set(candidates.shuffled(using: &generator).prefix(Self.judged))
        heldOut = heldOut.filtered { listener, _, _ in judges.contains(listener) }
        let (learned, wanted) = (training, heldOut)
        func judge(_ factors: Factors) -> Double {
            let result = warm.evaluate(
                training: learned, heldOut: wanted,
                scorers: [("ALS", FactorModel(factors).scores(for:))], threads: context.threads)
            let metrics = result.models["ALS"]?.metrics ?? []
            return metrics.reduce(0) { $0 + $1.ndcg20 } / Double(max(1, metrics.count))
        }
        func report(_ done: Int, _ total: Int, _ unit: String, _ trial: TuningTrial) {
            context.report(
                StageProgress(
                    stage: "tune", done: done, total: total, unit: unit,
                    detail: String(
                        format: "α %g λ %g d %d, %d iterations: nDCG@20 %.4f", trial.alpha,
                        trial.regularization, trial.dimensions, trial.iterations, trial.score)))
        }
        let tuner = FactorizationTuner(base)
        if self == .earlyStop {
            let trial = try tuner.earlyStopped(learned, base, judge: judge) { state, score in
                report(
                    state.iteration, state.iterations, "iterations",
                    TuningTrial(base, iterations: state.iteration, score: score))
                return !context.shouldStop()
            }
            try context.checkStop("tune")
            var configuration = base
            configuration.iterations = trial.iterations
            return Outcome(configuration: configuration, trials: [trial], ndcg20: trial.score)
        }
        let found = try tuner.run(learned, judge: judge) { trial, done, total in
            report(done, total, "trials", trial)
            return !context.shouldStop()
        }
        try context.checkStop("tune")
        guard let found else { throw LibraryError.interrupted(stage: "tune") }
        let best = found.trials.last {
            $0.dimensions == found.best.dimensions && $0.iterations == found.best.iterations
        }
        return Outcome(
            configuration: found.best, trials: found.trials, ndcg20: best?.score ?? 0)
    }

    /// Some of the listeners of a large matrix.
    private static func sample(_ plays: SparseMatrix, seed: UInt64) -> SparseMatrix {
        guard plays.count > entries else { return plays }
        var generator = SeededGenerator(seed: seed, stream: 0x5A3)
        let share = Double(entries) / Double(plays.count)
        let taken = (0..<plays.rows).map { _ in generator.uniform() < share }
        return plays.filtered { listener, _, _ in taken[listener] }
    }
}
