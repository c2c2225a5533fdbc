import Foundation
import Matrices

/// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations on rows (one-sided, Hestenes 1958).
///
/// The columns of `A V` are rotated in pairs until all are orthogonal; for a positive semidefinite A their lengths then are the
/// eigenvalues. Simple, accurate to the last digits, and each round's pairs could not be in one another's way.
enum SymmetricEigen {
    /// - Parameter a: symmetric and positive semidefinite, `[n][n]`.
    /// - Returns: the eigenvalues, in no order, and their unit eigenvectors as rows.
    static func solve(_ a: [[Double]], sweeps: Int = 30) -> (values: [Double], vectors: [[Double]])
    {
        let n = a.count
        guard n > 0 else { return ([], []) }
        var rows = a
        // Rows this short are rounding errors of directions that are not there; their angles mean nothing.
        let floor = pow(1e-13 * (0..<n).reduce(0.0) { $0 + a[$1][$1] }, 2)
        for _ in 0..<sweeps {
            var largest = 0.0
            // A round-robin tournament: every pair meets once in a sweep, and a round's pairs share no row.
            for round in 0..<max(1, n + n % 2 - 1) {
                let pairs = Self.pairs(n, round)
                let before = rows
                let rotated = Parallel.map(pairs.count, threads: Parallel.defaultThreads, grain: 16)
                { rotate(before[pairs[$0].0], before[pairs[$0].1], floor) }
                for (pair, result) in zip(pairs, rotated) {
                    rows[pair.0] = result.first
                    rows[pair.1] = result.second
                    largest = max(largest, result.cosine)
                }
            }
            if largest < 1e-12 { break }
        }
        let values = rows.map { row in row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let vectors = zip(rows, values).map { row, length in
            length > 0 ? row.map { $0 / length } : row
        }
        return (values, vectors)
    }

    /// Round `round` of a round robin among n players.
    private static func pairs(_ n: Int, _ round: Int) -> [(Int, Int)] {
        let even = n + n % 2
        return (0..<even / 2).compactMap { i in
            let first = i == 0 ? even - 1 : (round + i) % (even - 1)
            let second = (round + even - 1 - i) % (even - 1)
            return max(first, second) < n ? (first, second) : nil
        }
    }

    /// Two vectors turned within their plane until they are orthogonal.
    /// - Returns: them and the cosine of the angle that was between them.
    private static func rotate(_ x: [Double], _ y: [Double], _ floor: Double) -> (
        first: [Double], second: [Double], cosine: Double
    ) {
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for i in x.indices {
            xx += x[i] * x[i]
            yy += y[i] * y[i]
            xy += x[i] * y[i]
        }
        let cosine = abs(xy) / max((xx * yy).squareRoot(), 1e-300)
        guard cosine > 1e-15, min(xx, yy) > floor else { return (x, y, 0) }
        let zeta = (yy - xx) / (2 * xy)
        let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
        let c = 1 / (1 + tangent * tangent).squareRoot()
        let s = c * tangent
        var (first, second) = (x, y)
        for i in x.indices {
            first[i] = c * x[i] - s * y[i]
            second[i] = s * x[i] + c * y[i]
        }
        return (first, second, cosine)
    }
}
