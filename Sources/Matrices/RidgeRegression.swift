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
    public init(features: Matrix, targets: Matrix, penalty: Double = 1) {
        let (n, k) = (features.rows, features.columns)
        var means = [Double](repeating: 0, count: k)
        var deviations = [Double](repeating: 1, count: k)
        for j in 0..<k {
            let column = (0..<n).map { Double(features[$0, j]) }
            let mean = column.reduce(0, +) / Double(max(1, n))
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, n))
            means[j] = mean
            deviations[j] = max(1e-6, variance.squareRoot())
        }
        let rows = (0..<n).map { i in
            (0..<k).map { (Double(features[i, $0]) - means[$0]) / deviations[$0] } + [1]
        }
        var gram = [[Double]](repeating: [Double](repeating: 0, count: k + 1), count: k + 1)
        var right = [[Double]](
            repeating: [Double](repeating: 0, count: targets.columns), count: k + 1)
        for (i, row) in rows.enumerated() {
            for a in 0...k {
                for b in 0...a { gram[a][b] += row[a] * row[b] }
                for b in 0..<targets.columns { right[a][b] += row[a] * Double(targets[i, b]) }
            }
        }
        for j in 0..<k { gram[j][j] += penalty * Double(max(1, n)) * 0.1 }
        gram[k][k] += 1e-9
        self.means = means
        self.deviations = deviations
        weights = Self.solve(gram, right)
    }

    /// Fits with the penalty that predicts held-out groups (artists) best, so that the baseline is as good as it can be.
    ///
    /// Every third group is held out in turn; the penalty with the lowest squared error over all three is used for all songs.
    /// - Parameter groups: each song's group.
    public static func tuned(
        features: Matrix, targets: Matrix, groups: [Int], penalties: [Double] = [1, 10, 100, 1000]
    ) -> RidgeRegression {
        let distinct = Array(Set(groups)).sorted()
        guard distinct.count >= 3 else {
            return RidgeRegression(features: features, targets: targets, penalty: penalties[0])
        }
        let part = Dictionary(distinct.enumerated().map { ($1, $0 % 3) }) { first, _ in first }
        let errors = Parallel.map(penalties.count, threads: Parallel.defaultThreads) { i in
            (0..<3).reduce(0.0) { sum, held in
                let (test, rest) = (
                    groups.indices.filter { part[groups[$0]] == held },
                    groups.indices.filter { part[groups[$0]] != held }
                )
                let predicted = RidgeRegression(
                    features: features.selectingRows(rest), targets: targets.selectingRows(rest),
                    penalty: penalties[i]
                ).predict(features.selectingRows(test))
                return zip(predicted.storage, targets.selectingRows(test).storage).reduce(sum) {
                    $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
                }
            }
        }
        let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        return RidgeRegression(features: features, targets: targets, penalty: penalties[best])
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

    /// Solves `A X = B` for a symmetric positive definite A given by its lower triangle.
    private static func solve(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        var lower = a
        let n = a.count
        for j in 0..<n {
            for k in 0..<j { lower[j][j] -= lower[j][k] * lower[j][k] }
            lower[j][j] = max(lower[j][j], 1e-12).squareRoot()
            for i in j + 1..<max(n, j + 1) {
                for k in 0..<j { lower[i][j] -= lower[i][k] * lower[j][k] }
                lower[i][j] /= lower[j][j]
            }
        }
        var x = b
        for column in b[0].indices {
            for i in 0..<n {
                for k in 0..<i { x[i][column] -= lower[i][k] * x[k][column] }
                x[i][column] /= lower[i][i]
            }
            for i in (0..<n).reversed() {
                for k in i + 1..<max(n, i + 1) { x[i][column] -= lower[k][i] * x[k][column] }
                x[i][column] /= lower[i][i]
            }
        }
        return x
    }
}
