/// What a linear regression on standardised features is solved from, for any penalty.
struct NormalEquations: Sendable {
    private let songs: Int
    private let means: [Double]
    private let deviations: [Double]
    /// Of the targets, the intercept: standardised features have mean 0.
    private let intercept: [Double]
    /// `XᵀX` `[features, features]`, lower triangle and diagonal.
    private let gram: [[Double]]
    /// `XᵀY` `[features, outputs]`.
    private let right: [[Double]]

    /// - Parameters:
    ///   - features: `[songs, features]`
    ///   - targets: `[songs, outputs]`
    init(_ features: Matrix, _ targets: Matrix) {
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
        var gram = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
        var right = [[Double]](repeating: [Double](repeating: 0, count: targets.columns), count: k)
        for i in 0..<n {
            let row = (0..<k).map { (Double(features[i, $0]) - means[$0]) / deviations[$0] }
            for a in 0..<k {
                for b in 0...a { gram[a][b] += row[a] * row[b] }
                for b in 0..<targets.columns { right[a][b] += row[a] * Double(targets[i, b]) }
            }
        }
        self.means = means
        self.deviations = deviations
        self.gram = gram
        self.right = right
        songs = n
        intercept = (0..<targets.columns).map { output in
            (0..<n).reduce(0.0) { $0 + Double(targets[$1, output]) } / Double(max(1, n))
        }
    }

    func solved(penalty: Double, directions: Int? = nil) -> RidgeRegression {
        let added = penalty * Double(max(1, songs)) * 0.1
        let slopes =
            directions.map { along(directions: $0, added) }
            ?? Self.solve(gram, adding: added, right)
        return RidgeRegression(means: means, deviations: deviations, weights: slopes + [intercept])
    }

    /// The regression on features projected to the left singular vectors of `XᵀY` with the largest values: on one direction
    /// that of partial least squares.
    private func along(directions count: Int, _ added: Double) -> [[Double]] {
        let vectors = Self.leftSingularVectors(of: right, count: count)
        func product(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let heard = vectors.map { vector in
            gram.indices.map { i in
                gram.indices.reduce(0.0) { $0 + gram[max(i, $1)][min(i, $1)] * vector[$1] }
            }
        }
        let small = vectors.map { vector in heard.map { product(vector, $0) } }
        let outputs = intercept.indices
        let wished = vectors.map { vector in
            outputs.map { output in
                vector.indices.reduce(0.0) { $0 + vector[$1] * right[$1][output] }
            }
        }
        let slopes = Self.solve(small, adding: added, wished)
        return gram.indices.map { i in
            outputs.map { output in
                vectors.indices.reduce(0.0) { $0 + vectors[$1][i] * slopes[$1][output] }
            }
        }
    }

    /// Orthonormal, the strongest first, fewer where the matrix has no more; by power iteration on what the ones before leave.
    private static func leftSingularVectors(of matrix: [[Double]], count: Int) -> [[Double]] {
        var rest = matrix
        let columns = matrix.first?.count ?? 0
        /// `restᵀ vector`
        func across(_ vector: [Double]) -> [Double] {
            var sums = [Double](repeating: 0, count: columns)
            for (row, value) in zip(rest, vector) {
                for c in 0..<columns { sums[c] += row[c] * value }
            }
            return sums
        }
        let scale = matrix.joined().reduce(0) { $0 + $1 * $1 }
        var vectors: [[Double]] = []
        while vectors.count < min(count, columns, matrix.count) {
            // The longest column is not at right angles to what is strongest.
            let lengths = (0..<columns).map { c in rest.reduce(0) { $0 + $1[c] * $1[c] } }
            guard let start = lengths.indices.max(by: { lengths[$0] < lengths[$1] }),
                lengths[start] > 1e-20 * scale
            else { break }
            var vector = rest.map { $0[start] }
            for _ in 0..<300 {
                let side = across(vector)
                vector = rest.map { row in zip(row, side).reduce(0) { $0 + $1.0 * $1.1 } }
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for i in vector.indices { vector[i] /= length }
            }
            let side = across(vector)
            for i in rest.indices {
                for c in 0..<columns { rest[i][c] -= vector[i] * side[c] }
            }
            vectors.append(vector)
        }
        return vectors
    }

    /// Solves `(A + added · I) X = B` for a symmetric positive definite A given by its lower triangle.
    private static func solve(_ a: [[Double]], adding added: Double, _ b: [[Double]]) -> [[Double]]
    {
        var lower = a
        let n = a.count
        for j in 0..<n { lower[j][j] += added }
        for j in 0..<n {
            for k in 0..<j { lower[j][j] -= lower[j][k] * lower[j][k] }
            lower[j][j] = max(lower[j][j], 1e-12).squareRoot()
            for i in j + 1..<max(n, j + 1) {
                for k in 0..<j { lower[i][j] -= lower[i][k] * lower[j][k] }
                lower[i][j] /= lower[j][j]
            }
        }
        var x = b
        for column in (b.first ?? []).indices {
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
