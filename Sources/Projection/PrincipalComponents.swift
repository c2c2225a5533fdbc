import Foundation
import Matrices

/// The directions in which vectors vary most.
public enum PrincipalComponents {
    /// The vectors' coordinates along their two directions of greatest variance, `[vectors, 2]`, centred.
    ///
    /// Each direction's sign is such that its largest component is positive, so that the result is the same everywhere.
    /// With one dimension, or vectors along one line, the second column is zero.
    /// - Complexity: O(vectors · dimensions²).
    public static func plane(_ vectors: Matrix, threads: Int = Parallel.defaultThreads) -> Matrix {
        let d = vectors.columns
        let mean = mean(vectors)
        let covariance = covariance(vectors, mean, threads: threads)
        let axes = leading(covariance, d, count: min(2, d))
        var result = Matrix(rows: vectors.rows, columns: 2)
        for row in 0..<vectors.rows {
            let values = vectors.row(row)
            for (column, axis) in axes.enumerated() {
                var sum = 0.0
                for k in 0..<d {
                    sum += (Double(values[values.startIndex + k]) - mean[k]) * axis[k]
                }
                result[row, column] = Float(sum)
            }
        }
        return result
    }

    static func mean(_ vectors: Matrix) -> [Double] {
        var sum = [Double](repeating: 0, count: vectors.columns)
        for row in 0..<vectors.rows {
            for (k, value) in vectors.row(row).enumerated() { sum[k] += Double(value) }
        }
        return sum.map { $0 / Double(max(1, vectors.rows)) }
    }

    /// `[d, d]`. Parts of fixed size are summed in order, so that the result does not depend on the threads.
    static func covariance(_ vectors: Matrix, _ mean: [Double], threads: Int) -> [Double] {
        let d = vectors.columns
        let chunk = 4096
        let parts = Parallel.map((vectors.rows + chunk - 1) / chunk, threads: threads) {
            part -> [Double] in
            var sum = [Double](repeating: 0, count: d * d)
            var centred = [Double](repeating: 0, count: d)
            for row in part * chunk..<min(vectors.rows, (part + 1) * chunk) {
                for (k, value) in vectors.row(row).enumerated() {
                    centred[k] = Double(value) - mean[k]
                }
                for a in 0..<d {
                    let value = centred[a]
                    for b in 0...a { sum[a * d + b] += value * centred[b] }
                }
            }
            return sum
        }
        var total = [Double](repeating: 0, count: d * d)
        for part in parts { for i in total.indices { total[i] += part[i] } }
        for a in 0..<d { for b in 0..<a { total[b * d + a] = total[a * d + b] } }
        return total.map { $0 / Double(max(1, vectors.rows)) }
    }

    /// The eigenvectors of the largest eigenvalues, by subspace iteration over a few more vectors than are wanted.
    static func leading(_ matrix: [Double], _ d: Int, count: Int) -> [[Double]] {
        let width = min(d, count + 6)
        var generator = SeededGenerator(seed: 0, stream: 0x9CA)
        var basis = (0..<width).map { _ in (0..<d).map { _ in generator.normal() } }
        var last = [Double](repeating: 0, count: count)
        for _ in 0..<500 {
            orthonormalize(&basis)
            basis = basis.map { multiply(matrix, $0) }
            let lengths = basis.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let order = lengths.indices.sorted { lengths[$0] > lengths[$1] }
            basis = order.map { basis[$0] }
            let leading = order.prefix(count).map { lengths[$0] }
            let change = zip(leading, last).map { abs($0 - $1) / max($0, .leastNormalMagnitude) }
            last = leading
            if change.max() ?? 0 < 1e-10 { break }
        }
        orthonormalize(&basis)
        return basis.prefix(count).map { axis in
            let largest = axis.max { abs($0) < abs($1) } ?? 0
            return largest < 0 ? axis.map { -$0 } : axis
        }
    }

    private static func multiply(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        let d = vector.count
        return (0..<d).map { row in
            var sum = 0.0
            for k in 0..<d { sum += matrix[row * d + k] * vector[k] }
            return sum
        }
    }

    /// Gram–Schmidt, twice, since once leaves rounding; what is left of a dependent vector becomes zero.
    private static func orthonormalize(_ basis: inout [[Double]]) {
        for i in basis.indices {
            let before = basis[i].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for _ in 0..<2 {
                for j in 0..<i {
                    let along = zip(basis[i], basis[j]).reduce(0) { $0 + $1.0 * $1.1 }
                    for k in basis[i].indices { basis[i][k] -= along * basis[j][k] }
                }
            }
            let length = basis[i].reduce(0) { $0 + $1 * $1 }.squareRoot()
            let scale = length > 1e-12 * before && length > 0 ? 1 / length : 0
            for k in basis[i].indices { basis[i][k] *= scale }
        }
    }
}
