import Foundation
import Matrices

/// The directions in which points vary most.
public struct PrincipalComponents: Sendable {
    public let mean: [Float]
    /// Orthonormal, by falling variance: `[components, dimensions]`.
    public let directions: Matrix
    /// The share of the variance that each component keeps.
    public let shares: [Double]

    /// - Parameters:
    ///   - points: `[points, dimensions]`.
    ///   - keeping: the share of the variance the components must keep together; paper: 0.95.
    /// - Complexity: O(m³) with m the smaller of points and dimensions.
    public init(_ points: Matrix, keeping share: Double = 0.95) {
        let (n, d) = (points.rows, points.columns)
        let mean = (0..<d).map { k in
            (0..<n).reduce(0.0) { $0 + Double(points[$1, k]) } / Double(max(1, n))
        }
        let centred = (0..<n).map { i in (0..<d).map { Double(points[i, $0]) - mean[$0] } }
        // XᵀX and XXᵀ have the same eigenvalues; the smaller one is solved. v = Xᵀu / |Xᵀu| leads from one to the other.
        let few = n < d
        let rows =
            few ? centred : (0..<d).map { k in (0..<n).map { centred[$0][k] } }
        let square = Parallel.map(rows.count, threads: Parallel.defaultThreads) { i in
            (0..<rows.count).map { j in zip(rows[i], rows[j]).reduce(0.0) { $0 + $1.0 * $1.1 } }
        }
        let (values, vectors) = SymmetricEigen.solve(square)
        let total = values.reduce(0) { $0 + max(0, $1) }
        var kept: [(share: Double, direction: [Float])] = []
        var sum = 0.0
        for i in values.indices.sorted(by: { values[$0] > values[$1] }) {
            // What rounding left of a direction that is not there must not be blown up.
            guard sum < share * total, values[i] > 1e-10 * total else { break }
            sum += values[i]
            var direction = vectors[i]
            if few {
                direction = (0..<d).map { k in
                    (0..<n).reduce(0.0) { $0 + centred[$1][k] * vectors[i][$1] }
                }
            }
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            kept.append((values[i] / total, direction.map { Float($0 / length) }))
        }
        self.mean = mean.map(Float.init)
        shares = kept.map(\.share)
        directions = Matrix(
            rows: kept.count, columns: d, storage: kept.flatMap(\.direction))
    }

    /// `[points, components]` of `[points, dimensions]`.
    public func project(_ points: Matrix) -> Matrix {
        var result = Matrix(rows: points.rows, columns: directions.rows)
        for i in 0..<points.rows {
            let centred = zip(points.row(i), mean).map { $0 - $1 }
            for c in 0..<directions.rows { result[i, c] = dot(centred[...], directions.row(c)) }
        }
        return result
    }
}
