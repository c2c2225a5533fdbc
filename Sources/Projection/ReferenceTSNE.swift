import Foundation
import Matrices

/// t-SNE as its formulas stand, in double precision and O(n²): slow, obvious, and what the kernels are tested against.
public enum ReferenceTSNE {
    /// `p_ij`, `[n, n]`: Gaussians over all other points with the given perplexity, symmetrised, summing to 1.
    public static func affinities(_ vectors: Matrix, perplexity: Double) -> [[Double]] {
        let n = vectors.rows
        var conditional = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for i in 0..<n {
            let squares = (0..<n).map { j in
                zip(vectors.row(i), vectors.row(j)).reduce(0.0) {
                    $0 + pow(Double($1.0) - Double($1.1), 2)
                }
            }
            let nearest = (0..<n).filter { $0 != i }.map { squares[$0] }.min() ?? 0
            var (low, high) = (0.0, Double.infinity)
            var beta = 1.0
            for _ in 0..<200 {
                let row = (0..<n).map { $0 == i ? 0 : exp(-beta * (squares[$0] - nearest)) }
                let sum = row.reduce(0, +)
                conditional[i] = row.map { $0 / sum }
                let entropy = -conditional[i].reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
                if entropy > log(perplexity) { low = beta } else { high = beta }
                beta = high.isFinite ? (low + high) / 2 : beta * 2
            }
        }
        return (0..<n).map { i in
            (0..<n).map { j in (conditional[i][j] + conditional[j][i]) / (2 * Double(n)) }
        }
    }

    /// KL(P‖Q), positions `[n, 2]` as x₀ y₀ x₁ y₁ ….
    public static func divergence(_ p: [[Double]], _ positions: [Double]) -> Double {
        let z = normalization(positions)
        var sum = 0.0
        for i in p.indices {
            for j in p.indices where p[i][j] > 0 && i != j {
                sum += p[i][j] * log(p[i][j] * z / similarity(positions, i, j))
            }
        }
        return sum
    }

    /// ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) (1 + |y_i − y_j|²)⁻¹ (y_i − y_j).
    public static func gradient(_ p: [[Double]], _ positions: [Double]) -> [Double] {
        let z = normalization(positions)
        var gradient = [Double](repeating: 0, count: positions.count)
        for i in p.indices {
            for j in p.indices where i != j {
                let w = similarity(positions, i, j)
                for axis in 0..<2 {
                    gradient[2 * i + axis] +=
                        4 * (p[i][j] - w / z) * w
                        * (positions[2 * i + axis] - positions[2 * j + axis])
                }
            }
        }
        return gradient
    }

    /// (1 + |y_i − y_j|²)⁻¹.
    static func similarity(_ y: [Double], _ i: Int, _ j: Int) -> Double {
        let (dx, dy) = (y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1])
        return 1 / (1 + dx * dx + dy * dy)
    }

    /// Z = Σ_{i ≠ j} (1 + |y_i − y_j|²)⁻¹.
    static func normalization(_ y: [Double]) -> Double {
        var z = 0.0
        for i in 0..<y.count / 2 {
            for j in 0..<y.count / 2 where i != j { z += similarity(y, i, j) }
        }
        return z
    }
}
