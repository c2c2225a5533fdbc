import Foundation
import Matrices

/// Alternating least squares for implicit feedback, solved exactly.
///
/// Minimises `Σ_ui c_ui (p_ui − x_u·y_i)² + λ (Σ‖x_u‖² + Σ‖y_i‖²)` over all pairs, with `p = [r > 0]` (paper §3, eq. 3).
/// With the song factors fixed, a listener's are the solution of `(YᵀY + Yᵀ(C−I)Y + λI) x = YᵀC p`: `YᵀY` is the same for all
/// listeners, and only the listener's own songs add to it. The songs' half is the same with the parts exchanged.
public struct ImplicitALS: Sendable {
    public let configuration: FactorizationConfiguration

    public init(_ configuration: FactorizationConfiguration) { self.configuration = configuration }

    var threads: Int { configuration.threads > 0 ? configuration.threads : Parallel.defaultThreads }

    /// - Parameters:
    ///   - plays: counts `[listeners, songs]`; entries that are not positive are left out.
    ///   - initial: where to start; by default small seeded numbers.
    ///   - progress: called after each iteration; false stops there.
    /// - Throws: ``FactorizationError``.
    public func fit(
        _ plays: SparseMatrix, initial: Factors? = nil,
        progress: (FactorizationProgress) -> Bool = { _ in true }
    ) throws -> Factorization {
        try check()
        let byListener = confidences(plays)
        guard byListener.count > 0 else { throw FactorizationError.noInteractions }
        let bySong = byListener.transposed()
        var factors = initial ?? initialFactors(listeners: plays.rows, songs: plays.columns)
        try check(factors.listeners, rows: plays.rows, "the listeners' starting point")
        try check(factors.songs, rows: plays.columns, "the songs' starting point")
        var losses: [Double] = []
        var seconds: [Double] = []
        for iteration in 1...configuration.iterations {
            let started = Date()
            factors.listeners = try solve(byListener, factors.songs)
            factors.songs = try solve(bySong, factors.listeners)
            seconds.append(Date().timeIntervalSince(started))
            let loss = loss(byListener, factors)
            losses.append(loss)
            let state = FactorizationProgress(
                iteration: iteration, iterations: configuration.iterations, loss: loss)
            if !progress(state) { break }
        }
        return Factorization(
            factors: factors, losses: losses,
            secondsPerIteration: seconds.sorted()[seconds.count / 2])
    }

    /// Songs' factors with the listeners' fixed and a prior mean ŷ:
    /// `minimise Σ_u c_ui (p_ui − x_u·y_i)² + μ‖y_i − ŷ_i‖²`, with `μ = priorWeight · tr(XᵀX) / d`, so that the weight does not
    /// depend on the number of listeners. A song without a play keeps exactly ŷ: nobody could have played it.
    public func solveSongs(
        _ plays: SparseMatrix, listeners: Matrix, prior: Matrix, priorWeight: Float
    ) throws -> Matrix {
        try check(prior, rows: plays.columns, "the prior", columns: listeners.columns)
        let bySong = confidences(plays).transposed()
        let gram = gram(listeners)
        let trace = (0..<listeners.columns).reduce(Float(0)) { $0 + gram[$1, $1] }
        let diagonal = max(
            configuration.regularization, priorWeight * trace / Float(listeners.columns))
        return try solve(bySong, listeners, gram: gram, diagonal: diagonal, prior: prior)
    }

    /// A listener's factors from their plays, with the songs' fixed.
    /// - Returns: `[dimensions]`.
    public func foldIn(_ plays: [(song: Int, count: Float)], songs: Matrix) throws -> [Float] {
        let row = SparseMatrix(
            rows: 1, columns: songs.rows,
            entries: plays.map { (row: 0, column: $0.song, value: $0.count) })
        return Array(try solve(confidences(row), songs).row(0))
    }

    /// The objective's value.
    func loss(_ byListener: SparseMatrix, _ factors: Factors) -> Double {
        let (x, y) = (factors.listeners, factors.songs)
        let d = x.columns
        let gram = gram(y)
        // Over all pairs c = 1 and p = 0 gives xᵀ(YᵀY)x; each played pair then adds c(1 − s)² − s².
        let rows = Parallel.map(x.rows, threads: threads, grain: 64) { u -> Double in
            var sum = 0.0
            for i in 0..<d {
                var product = 0.0
                for j in 0..<d { product += Double(gram[i, j]) * Double(x[u, j]) }
                sum +=
                    product * Double(x[u, i]) + Double(configuration.regularization)
                    * Double(x[u, i] * x[u, i])
            }
            for k in byListener.range(ofRow: u) {
                let score = Double(dot(x.row(u), y.row(Int(byListener.columnIndices[k]))))
                sum += Double(byListener.values[k]) * (1 - score) * (1 - score) - score * score
            }
            return sum
        }
        let songs = y.storage.reduce(0.0) { $0 + Double($1) * Double($1) }
        return rows.reduce(0, +) + Double(configuration.regularization) * songs
    }

    /// Play counts as confidences c; a count of zero or less is no play.
    func confidences(_ plays: SparseMatrix) -> SparseMatrix {
        plays.filtered { _, _, count in count > 0 }.mapValues { configuration.confidence(of: $0) }
    }

    private func initialFactors(listeners: Int, songs: Int) -> Factors {
        func random(_ rows: Int, _ stream: UInt64) -> Matrix {
            var generator = SeededGenerator(seed: configuration.seed, stream: stream)
            return Matrix(
                rows: rows, columns: configuration.dimensions,
                storage: (0..<rows * configuration.dimensions).map { _ in
                    Float(generator.normal() * 0.01)
                })
        }
        return Factors(listeners: random(listeners, 1), songs: random(songs, 2))
    }

    private func check() throws {
        func require(_ condition: Bool, _ name: String, _ reason: String) throws {
            if !condition { throw FactorizationError.badSetting(name: name, reason: reason) }
        }
        try require((1...512).contains(configuration.dimensions), "dimensions", "must be 1…512")
        try require(configuration.iterations >= 1, "iterations", "must be at least 1")
        try require(configuration.regularization >= 0, "regularization", "must not be negative")
        try require(configuration.alpha > 0, "alpha", "must be positive")
        try require(configuration.epsilon > 0, "epsilon", "must be positive")
    }

    private func check(_ matrix: Matrix, rows: Int, _ what: String, columns: Int? = nil) throws {
        let expected = [rows, columns ?? configuration.dimensions]
        guard [matrix.rows, matrix.columns] == expected else {
            throw FactorizationError.wrongShape(
                what: what, got: [matrix.rows, matrix.columns], expected: expected)
        }
    }
}
