import Matrices

/// A model of taste: scores songs for the listeners whose plays it was fitted to.
public protocol Recommending: Sendable {
    var listeners: Int { get }
    var songs: Int { get }
    /// One score a song, larger for what fits better, on a scale of the model's own; `[songs]`.
    /// - Parameter listener: a row of the plays, `0..<listeners`.
    func scores(for listener: Int) -> [Float]
}

extension Recommending {
    /// The best songs for a listener, best first; equal scores in ascending order of the song.
    /// - Parameter excluded: songs that must not be among them, such as those the listener plays already.
    public func best(
        _ count: Int, for listener: Int, excluding excluded: some Sequence<Int32> = []
    ) -> [(song: Int, score: Float)] {
        var scores = scores(for: listener)
        for song in excluded { scores[Int(song)] = .nan }
        return topIndices(scores, count).map { ($0, scores[$0]) }
    }
}

/// The same songs for everybody: those with the most listeners.
public struct PopularityModel: Recommending {
    public let listeners: Int
    /// Listeners of each song.
    private let counts: [Float]

    /// - Parameter plays: `[listeners, songs]`.
    public init(_ plays: SparseMatrix) {
        listeners = plays.rows
        var counts = [Float](repeating: 0, count: plays.columns)
        for column in plays.columnIndices { counts[Int(column)] += 1 }
        self.counts = counts
    }

    public var songs: Int { counts.count }
    public func scores(for listener: Int) -> [Float] { counts }
}

/// Scores `x_u · y_i`.
public struct FactorModel: Recommending {
    public let factors: Factors

    public init(_ factors: Factors) { self.factors = factors }

    public var listeners: Int { factors.listeners.rows }
    public var songs: Int { factors.songs.rows }

    public func scores(for listener: Int) -> [Float] {
        let place = factors.listeners.row(listener)
        return (0..<songs).map { dot(place, factors.songs.row($0)) }
    }
}
