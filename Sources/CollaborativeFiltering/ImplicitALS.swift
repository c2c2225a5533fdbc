import Foundation
import Matrices

/// Alternating least squares for implicit feedback, solved exactly.
///
/// Minimises `Σ_ui c_ui (p_ui − x_u·y_i)² + λ (Σ‖x_u‖² + Σ‖y_i‖²)` over all pairs, with `p = [r > 0]` (paper §3, eq. 3).
/// With the song factors fixed, a listener's are the solution of `(YᵀY + Yᵀ(C−I)Y + λI) x = YᵀC p`: `YᵀY` is the same for all
/// listeners, and only the listener's own songs add to it. The songs' half is the same with the parts exchanged.
/// The rows are solved in a basis in which `YᵀY + λI` is the identity; see `coldwave_als.h`.
public struct ImplicitALS: Sendable {
    public let configuration: FactorizationConfiguration

    public init(_ configuration: FactorizationConfiguration) { self.configuration = configuration }

    var threads: Int { configuration.threads > 0 ? configuration.threads : Parallel.defaultThreads }

    /// - Parameters:
    ///   - plays: counts `[listeners, songs]`; entries that are not positive are left out.
    ///   - dislikes: what listeners turned away from, `[listeners, songs]`: see ``confidences(_:dislikes:)``.
    ///   - initial: where to start; by default small seeded numbers.
    ///   - progress: called after each iteration; false stops there.
    /// - Throws: ``FactorizationError``.
    public func fit(
        _ plays: SparseMatrix, dislikes: SparseMatrix? = nil, initial: Factors? = nil,
        progress: (FactorizationProgress) -> Bool = { _ in true }
    ) throws -> Factorization {
        try check()
        let byListener = try confidences(plays, dislikes: dislikes)
        guard byListener.count > 0 else { throw FactorizationError.noInteractions }
        let bySong = byListener.transposed()
        let d = configuration.dimensions
        let listenerOrder = RowOrder(byListener, dimensions: d)
        let songOrder = RowOrder(bySong, dimensions: d)
        var factors = initial ?? initialFactors(listeners: plays.rows, songs: plays.columns)
        try check(factors.listeners, rows: plays.rows, "the listeners' starting point")
        try check(factors.songs, rows: plays.columns, "the songs' starting point")
        let lambda = Double(configuration.regularization)
        var songGram = gram(factors.songs)
        var losses: [Double] = []
        var seconds: [Double] = []
        var processorSeconds: [Double] = []
        for iteration in 1...configuration.iterations {
            let started = Date()
            let worked = Self.processorTime()
            let songs = try FixedSide(
                factors.songs, gram: songGram, diagonal: lambda, threads: threads, what: "the songs"
            )
            factors.listeners = try solve(byListener, listenerOrder, songs, what: "listener")
            let listenerGram = gram(factors.listeners)
            let listeners = try FixedSide(
                factors.listeners, gram: listenerGram, diagonal: lambda, threads: threads,
                what: "the listeners")
            factors.songs = try solve(bySong, songOrder, listeners, what: "song")
            songGram = gram(factors.songs)
            seconds.append(Date().timeIntervalSince(started))
            processorSeconds.append(Self.processorTime() - worked)
            let loss = loss(byListener, factors, listenerGram, songGram)
            losses.append(loss)
            let state = FactorizationProgress(
                iteration: iteration, iterations: configuration.iterations, loss: loss,
                factors: factors)
            if !progress(state) { break }
        }
        return Factorization(
            factors: factors, losses: losses,
            secondsPerIteration: seconds.sorted()[seconds.count / 2],
            processorSecondsPerIteration: processorSeconds.sorted()[processorSeconds.count / 2])
    }

    /// Seconds that all threads of this process together have worked.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    /// A listener's factors from their plays, with the songs' fixed; see ``FoldingIn`` for many listeners.
    /// - Returns: `[dimensions]`.
    public func foldIn(
        _ plays: [(song: Int, count: Float)], dislikes: [(song: Int, weight: Float)] = [],
        songs: Matrix
    ) throws -> [Float] {
        try FoldingIn(configuration, songs: songs).place(plays, dislikes: dislikes)
    }

    /// The objective's value: over all pairs c = 1 and p = 0 gives `Σ s² = Σ_ij (XᵀX)_ij (YᵀY)_ij`; each entry then adds
    /// `c(p − s)² − s²`.
    func loss(
        _ byListener: SparseMatrix, _ factors: Factors, _ listenerGram: [Double],
        _ songGram: [Double]
    ) -> Double {
        let d = factors.songs.columns
        var all = 0.0
        var norms = 0.0
        for i in 0..<d {
            for j in 0..<d { all += listenerGram[i * d + j] * songGram[i * d + j] }
            norms += listenerGram[i * d + i] + songGram[i * d + i]
        }
        return all + pairLoss(byListener, factors.listeners, factors.songs)
            + Double(configuration.regularization) * norms
    }

    /// Play counts as confidences c, and dislikes as −c: a negative value stands for the preference 0.
    ///
    /// A count of zero or less is no play. A dislike's value w > 0 is its extra confidence, `c = 1 + w` with p = 0, on the
    /// scale of `α·r`: a listener who is as sure as one who played a song r times has w = α·r. Where a listener both plays and
    /// dislikes a song, the greater confidence counts, and a play if they are equal.
    func confidences(_ plays: SparseMatrix, dislikes: SparseMatrix? = nil) throws -> SparseMatrix {
        let positive =
            plays.values.allSatisfy { $0 > 0 } ? plays : plays.filtered { _, _, count in count > 0 }
        let liked = positive.mapValues { configuration.confidence(of: $0) }
        guard let dislikes, dislikes.count > 0 else { return liked }
        guard (dislikes.rows, dislikes.columns) == (plays.rows, plays.columns) else {
            throw FactorizationError.wrongShape(
                what: "the matrix of dislikes", got: [dislikes.rows, dislikes.columns],
                expected: [plays.rows, plays.columns])
        }
        var entries: [(row: Int, column: Int, value: Float)] = []
        for row in 0..<plays.rows {
            var mine: [Int32: Float] = [:]
            for i in liked.range(ofRow: row) { mine[liked.columnIndices[i]] = liked.values[i] }
            for i in dislikes.range(ofRow: row) where dislikes.values[i] > 0 {
                let c = 1 + dislikes.values[i]
                if c > mine[dislikes.columnIndices[i], default: 0] {
                    mine[dislikes.columnIndices[i]] = -c
                }
            }
            for (column, value) in mine { entries.append((row, Int(column), value)) }
        }
        return SparseMatrix(rows: plays.rows, columns: plays.columns, entries: entries)
    }

    /// Small random songs; the listeners are solved first, and what they start from does not matter.
    private func initialFactors(listeners: Int, songs: Int) -> Factors {
        var generator = SeededGenerator(seed: configuration.seed, stream: 2)
        let storage = (0..<songs * configuration.dimensions).map { _ in
            Float(generator.normal() * 0.01)
        }
        return Factors(
            listeners: Matrix(rows: listeners, columns: configuration.dimensions),
            songs: Matrix(rows: songs, columns: configuration.dimensions, storage: storage))
    }

    func check() throws {
        func require(_ condition: Bool, _ name: String, _ reason: String) throws {
            if !condition { throw FactorizationError.badSetting(name: name, reason: reason) }
        }
        try require((1...512).contains(configuration.dimensions), "dimensions", "must be 1…512")
        try require(configuration.iterations >= 1, "iterations", "must be at least 1")
        try require(configuration.regularization >= 0, "regularization", "must not be negative")
        try require(configuration.alpha > 0, "alpha", "must be positive")
        try require(configuration.epsilon > 0, "epsilon", "must be positive")
    }

    func check(_ matrix: Matrix, rows: Int, _ what: String, columns: Int? = nil) throws {
        let expected = [rows, columns ?? configuration.dimensions]
        guard [matrix.rows, matrix.columns] == expected else {
            throw FactorizationError.wrongShape(
                what: what, got: [matrix.rows, matrix.columns], expected: expected)
        }
    }
}
