import Matrices

/// Item-based collaborative filtering: songs that are played by the same listeners as those a listener plays.
///
/// A song's score is `Σ_j r_uj s_ij` over the listener's songs j (Sarwar et al. 2001, without the division by Σ s, which
/// would favour songs with a single neighbour).
public struct ItemNeighbors: Recommending {
    private let plays: SparseMatrix
    /// Each song's neighbours.
    public let table: NeighborTable

    /// - Parameter plays: counts `[listeners, songs]`.
    /// - Throws: ``FactorizationError/badSetting(name:reason:)``.
    public init(
        _ plays: SparseMatrix, _ configuration: NeighborConfiguration = NeighborConfiguration(),
        threads: Int = Parallel.defaultThreads
    ) throws {
        self.plays = configuration.counts(plays)
        table = try SimilarRows(plays.transposed(), configuration).all(threads: threads)
    }

    public var listeners: Int { plays.rows }
    public var songs: Int { plays.columns }

    public func scores(for listener: Int) -> [Float] {
        var scores = [Float](repeating: 0, count: songs)
        for i in plays.range(ofRow: listener) {
            let song = Int(plays.columnIndices[i])
            for place in song * table.count..<(song + 1) * table.count {
                let other = Int(table.indices[place])
                guard other >= 0 else { break }
                scores[other] += plays.values[i] * table.scores[place]
            }
        }
        return scores
    }
}

/// User-based collaborative filtering: songs that similar listeners play (Resnick et al. 1994, for play counts).
///
/// A song's score is `Σ_v s_uv r_vi` over the listener's neighbours v.
public struct UserNeighbors: Recommending {
    private let plays: SparseMatrix
    /// Each listener's neighbours.
    public let table: NeighborTable

    /// - Parameter plays: counts `[listeners, songs]`.
    /// - Throws: ``FactorizationError/badSetting(name:reason:)``.
    public init(
        _ plays: SparseMatrix, _ configuration: NeighborConfiguration = NeighborConfiguration(),
        threads: Int = Parallel.defaultThreads
    ) throws {
        self.plays = configuration.counts(plays)
        table = try SimilarRows(plays, configuration).all(threads: threads)
    }

    public var listeners: Int { plays.rows }
    public var songs: Int { plays.columns }

    public func scores(for listener: Int) -> [Float] {
        Self.scores(plays, neighbors: table.neighbors(of: listener))
    }

    /// Scores from a listener's neighbours, `[songs]`.
    /// - Parameter counts: what the neighbours play, `[listeners, songs]`.
    public static func scores(_ counts: SparseMatrix, neighbors: [SimilarRows.Neighbor]) -> [Float]
    {
        var scores = [Float](repeating: 0, count: counts.columns)
        for (neighbor, similarity) in neighbors {
            for i in counts.range(ofRow: neighbor) {
                scores[Int(counts.columnIndices[i])] += similarity * counts.values[i]
            }
        }
        return scores
    }
}
