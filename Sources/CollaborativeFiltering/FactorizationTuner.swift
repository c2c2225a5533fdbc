import Matrices

/// One setting tried while tuning, and how well it predicts what was held out.
public struct TuningTrial: Codable, Equatable, Sendable {
    public let alpha: Float
    public let regularization: Float
    public let dimensions: Int
    public let iterations: Int
    /// By the judge's measure; larger is better.
    public let score: Double

    /// - Parameter setting: α, λ and dimensions come from it.
    public init(_ setting: FactorizationConfiguration, iterations: Int, score: Double) {
        alpha = setting.alpha
        regularization = setting.regularization
        dimensions = setting.dimensions
        self.iterations = iterations
        self.score = score
    }
}

/// Chooses α, λ, the dimensions and the number of iterations by what they predict of plays that were held out.
///
/// A grid of α × λ is narrowed by successive halving (Jamieson & Talwalkar 2016): every setting gets a few iterations, the
/// better half goes on. The winner is then fitted in several dimensions until the held-out part stops improving.
public struct FactorizationTuner: Sendable {
    /// What is not tuned, and the dimensions and iterations to go around.
    public let base: FactorizationConfiguration
    /// α to try.
    public var alphas: [Float]
    /// λ to try.
    public var regularizations: [Float] = [0.1, 1, 10, 100]
    /// Sizes of the space to try; default half, once and twice the base's.
    public var dimensions: [Int]
    /// Iterations of a setting before it is compared; default 2.
    public var stepIterations = 2
    /// Iterations without improvement after which a fit stops; default 2.
    public var patience = 2

    public init(_ base: FactorizationConfiguration) {
        self.base = base
        alphas = base.confidence == .log ? [0.5, 2, 8, 32, 128] : [1, 5, 20, 80, 320]
        let sizes = [base.dimensions / 2, base.dimensions, base.dimensions * 2]
        dimensions = sizes.filter { (4...512).contains($0) }
        if dimensions.isEmpty { dimensions = [base.dimensions] }
    }

    /// The best setting found, with the number of iterations after which it was best.
    /// - Parameters:
    ///   - training: counts `[listeners, songs]` without the held-out ones.
    ///   - judge: how good factors are on the held-out part.
    ///   - progress: called after each trial with how many are done and, about, how many there are; false stops.
    /// - Returns: nil when it was stopped.
    public func run(
        _ training: SparseMatrix, judge: (Factors) -> Double,
        progress: (TuningTrial, Int, Int) -> Bool = { _, _, _ in true }
    ) throws -> (best: FactorizationConfiguration, trials: [TuningTrial])? {
        var trials: [TuningTrial] = []
        var alive: [(setting: FactorizationConfiguration, songs: Matrix?, score: Double)] =
            alphas.flatMap { alpha in
                regularizations.map { lambda in
                    var setting = base
                    (setting.alpha, setting.regularization) = (alpha, lambda)
                    return (setting, nil, 0)
                }
            }
        var total = dimensions.count
        var size = alive.count
        while size > 1 { (total, size) = (total + size, (size + 1) / 2) }
        var iterations = 0
        while alive.count > 1 {
            iterations += stepIterations
            for i in alive.indices {
                var setting = alive[i].setting
                setting.iterations = stepIterations
                // A fit begins with the listeners, so the songs alone are enough to go on from.
                let start = alive[i].songs.map {
                    Factors(
                        listeners: Matrix(rows: training.rows, columns: setting.dimensions),
                        songs: $0)
                }
                let factors = try ImplicitALS(setting).fit(training, initial: start).factors
                let trial = TuningTrial(setting, iterations: iterations, score: judge(factors))
                trials.append(trial)
                (alive[i].songs, alive[i].score) = (factors.songs, trial.score)
                if !progress(trial, trials.count, total) { return nil }
            }
            alive.sort { $0.score > $1.score }
            alive.removeLast(alive.count / 2)
        }
        guard var best = alive.first?.setting else { return (base, trials) }
        var bestScore = -Double.infinity
        for size in dimensions {
            var setting = best
            setting.dimensions = size
            setting.iterations = max(base.iterations, 1)
            let trial = try earlyStopped(training, setting, judge: judge)
            trials.append(trial)
            if trial.score > bestScore {
                bestScore = trial.score
                best.dimensions = size
                best.iterations = trial.iterations
            }
            if !progress(trial, trials.count, total) { return nil }
        }
        return (best, trials)
    }

    /// Fits until the held-out part has not improved for ``patience`` iterations.
    /// - Returns: the best iteration and its score.
    public func earlyStopped(
        _ training: SparseMatrix, _ setting: FactorizationConfiguration,
        judge: (Factors) -> Double,
        progress: (FactorizationProgress, Double) -> Bool = { _, _ in true }
    ) throws -> TuningTrial {
        var (bestIteration, bestScore) = (1, -Double.infinity)
        _ = try ImplicitALS(setting).fit(training) { state in
            let score = judge(state.factors)
            if score > bestScore { (bestIteration, bestScore) = (state.iteration, score) }
            return progress(state, score) && state.iteration - bestIteration < patience
        }
        return TuningTrial(setting, iterations: bestIteration, score: bestScore)
    }
}
