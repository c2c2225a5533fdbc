import Matrices

/// Places listeners in a taste space that is already there: one row solve each, no refit.
///
/// What is the same for every listener (`YᵀY`, whitening) is computed once; afterwards a listener costs microseconds.
public struct FoldingIn: Sendable {
    private let als: ImplicitALS
    private let fixed: FixedSide
    private let songs: Int

    /// - Parameter songs: the songs' factors `[songs, dimensions]`.
    /// - Throws: ``FactorizationError/singular(what:)``.
    public init(_ configuration: FactorizationConfiguration, songs: Matrix) throws {
        als = ImplicitALS(configuration)
        self.songs = songs.rows
        fixed = try FixedSide(
            songs, gram: als.gram(songs), diagonal: Double(configuration.regularization),
            threads: als.threads, what: "the songs")
    }

    /// A listener's factors, `[dimensions]`; zero for one without plays and dislikes.
    /// - Parameters:
    ///   - plays: play counts; those that are not positive are left out.
    ///   - dislikes: songs turned away from, with the weight w of `c = 1 + w`, p = 0: a skipped song says as much as w / α
    ///     plays would.
    public func place(
        _ plays: [(song: Int, count: Float)], dislikes: [(song: Int, weight: Float)] = []
    ) throws -> [Float] {
        let row = SparseMatrix(
            rows: 1, columns: songs,
            entries: plays.map { (row: 0, column: $0.song, value: $0.count) })
        let against = SparseMatrix(
            rows: 1, columns: songs,
            entries: dislikes.map { (row: 0, column: $0.song, value: $0.weight) })
        return Array(try place(row, dislikes: against).row(0))
    }

    /// Many listeners' factors, `[listeners, dimensions]`.
    /// - Parameters:
    ///   - plays: counts `[listeners, songs]`.
    ///   - dislikes: weights in the same shape; as for one listener.
    public func place(_ plays: SparseMatrix, dislikes: SparseMatrix? = nil) throws -> Matrix {
        let confidences = try als.confidences(plays, dislikes: dislikes)
        let order = RowOrder(confidences, dimensions: fixed.dimensions)
        return try als.solve(confidences, order, fixed, what: "listener")
    }
}
