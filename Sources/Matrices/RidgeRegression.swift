import Foundation

/// Linear regression with an L2 penalty, from features to factors.
public struct RidgeRegression: Sendable {
    private let means: [Double]
    private let deviations: [Double]
    /// `[features + 1][outputs]`, the intercept last.
    private let weights: [[Double]]

    /// Fits on standardised features; the normal equations are solved by Cholesky in double precision.
    /// - Parameters:
    ///   - features: `[songs, features]`
    ///   - targets: `[songs, outputs]`
    ///   - penalty: relative, so that it means the same for few songs and for many: `0.1 · penalty · songs` is added to the
    ///     diagonal of the features' `XᵀX`. The intercept is not penalised. Default 1.
    ///   - directions: features are heard only along so many directions, those that vary most with the targets; nil for all.
    public init(features: Matrix, targets: Matrix, penalty: Double = 1, directions: Int? = nil) {
        self = NormalEquations(features, targets).solved(penalty: penalty, directions: directions)
    }

    init(means: [Double], deviations: [Double], weights: [[Double]]) {
        self.means = means
        self.deviations = deviations
        self.weights = weights
    }

    /// Fits with the penalty, and the number of directions, that predict held-out groups (artists) best.
    ///
    /// Each of `parts` parts of the groups is held out in turn; what has the lowest squared error over all of them is used for all songs.
    /// - Parameter groups: each song's group.
    public static func tuned(
        features: Matrix, targets: Matrix, groups: [Int], parts: Int = 3,
        penalties: [Double] = [1, 10, 100, 1000], directions: [Int?] = [nil]
    ) -> RidgeRegression {
        let distinct = Array(Set(groups)).sorted()
        let candidates = directions.flatMap { directions in penalties.map { ($0, directions) } }
        guard distinct.count >= parts else {
            return RidgeRegression(features: features, targets: targets, penalty: penalties[0])
        }
        let part = Dictionary(distinct.enumerated().map { ($1, $0 % parts) }) { first, _ in first }
        let splits = (0..<parts).map { held in
            (
                test: groups.indices.filter { part[groups[$0]] == held },
                rest: groups.indices.filter { part[groups[$0]] != held }
            )
        }
        let threads = Parallel.defaultThreads
        let equations = Parallel.map(parts, threads: threads) { i in
            NormalEquations(
                features.selectingRows(splits[i].rest), targets.selectingRows(splits[i].rest))
        }
        let errors = Parallel.map(candidates.count, threads: threads) { i in
            let (penalty, directions) = candidates[i]
            return zip(splits, equations).reduce(0.0) { sum, part in
                let predicted = part.1.solved(penalty: penalty, directions: directions)
                    .predict(features.selectingRows(part.0.test))
                return zip(predicted.storage, targets.selectingRows(part.0.test).storage).reduce(
                    sum
                ) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
            }
        }
        let best = candidates[errors.indices.min { errors[$0] < errors[$1] } ?? 0]
        return RidgeRegression(
            features: features, targets: targets, penalty: best.0, directions: best.1)
    }

    /// The same map on features as they are, not standardised: `[outputs, features]`, and what is added, `[outputs]`.
    public var map: (weights: Matrix, bias: [Float]) {
        let outputs = weights[0].count
        var map = Matrix(rows: outputs, columns: means.count)
        var bias = weights[means.count]
        for j in means.indices {
            for b in 0..<outputs {
                let slope = weights[j][b] / deviations[j]
                map[b, j] = Float(slope)
                bias[b] -= slope * means[j]
            }
        }
        return (map, bias.map(Float.init))
    }

    /// `[songs, outputs]`.
    public func predict(_ features: Matrix) -> Matrix {
        let outputs = weights[0].count
        var result = Matrix(rows: features.rows, columns: outputs)
        for i in 0..<features.rows {
            var sums = weights[means.count]
            for j in means.indices {
                let value = (Double(features[i, j]) - means[j]) / deviations[j]
                for b in 0..<outputs { sums[b] += value * weights[j][b] }
            }
            result.setRow(i, to: sums.map(Float.init))
        }
        return result
    }
}
