import Matrices

/// The same factorisation by plain dense arithmetic in double precision: slow and obvious, the oracle of the tests.
public enum ReferenceALS {
    /// One row's factors: Gaussian elimination on the full normal equations.
    public static func solveRow(
        confidences: [Double], preferences: [Double], others: [[Double]], regularization: Double
    ) -> [Double] {
        let d = others[0].count
        var system = (0..<d).map { i in
            (0..<d).map { j in
                others.indices.reduce(i == j ? regularization : 0) {
                    $0 + confidences[$1] * others[$1][i] * others[$1][j]
                }
            } + [
                others.indices.reduce(0) { $0 + confidences[$1] * preferences[$1] * others[$1][i] }
            ]
        }
        for k in 0..<d {
            for i in 0..<d where i != k {
                let factor = system[i][k] / system[k][k]
                for j in k...d { system[i][j] -= factor * system[k][j] }
            }
        }
        return (0..<d).map { system[$0][d] / system[$0][$0] }
    }

    /// `Σ c (p − x·y)² + λ(Σ‖x‖² + Σ‖y‖²)`, pair by pair.
    public static func loss(
        _ plays: SparseMatrix, _ factors: Factors, _ configuration: FactorizationConfiguration
    ) -> Double {
        var sum = 0.0
        for u in 0..<plays.rows {
            var confidence = [Double](repeating: 1, count: plays.columns)
            var preference = [Double](repeating: 0, count: plays.columns)
            for k in plays.range(ofRow: u) where plays.values[k] > 0 {
                confidence[Int(plays.columnIndices[k])] = Double(
                    configuration.confidence(of: plays.values[k]))
                preference[Int(plays.columnIndices[k])] = 1
            }
            for i in 0..<plays.columns {
                let score = zip(factors.listeners.row(u), factors.songs.row(i)).reduce(0) {
                    $0 + Double($1.0) * Double($1.1)
                }
                sum += confidence[i] * (preference[i] - score) * (preference[i] - score)
            }
        }
        let norms = (factors.listeners.storage + factors.songs.storage).reduce(0.0) {
            $0 + Double($1) * Double($1)
        }
        return sum + Double(configuration.regularization) * norms
    }
}
