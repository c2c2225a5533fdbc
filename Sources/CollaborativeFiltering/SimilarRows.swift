import Matrices

/// The rows of a sparse matrix by similarity: the `k` most similar of each, nothing for the other pairs.
public struct SimilarRows: Sendable {
    /// A row and how similar it is.
    public typealias Neighbor = (row: Int, score: Float)

    let configuration: NeighborConfiguration
    /// What is compared: the weights of the counts, `[rows, columns]`.
    public let weighted: SparseMatrix
    /// Its transpose.
    let columns: SparseMatrix

    /// Weighs the counts; nothing is compared yet.
    /// - Parameter counts: `[rows, columns]`.
    /// - Throws: ``FactorizationError/badSetting(name:reason:)``.
    public init(_ counts: SparseMatrix, _ configuration: NeighborConfiguration) throws {
        try configuration.check()
        self.configuration = configuration
        weighted = configuration.weigh(configuration.counts(counts))
        columns = weighted.transposed()
    }

    /// One row's neighbours, best first; equal scores in ascending order.
    /// - Complexity: O(entries of the row's columns).
    public func neighbors(of row: Int) -> [Neighbor] {
        let table = table(rows: row..<row + 1, threads: 1)
        return table.neighbors(of: 0)
    }

    /// Every row's neighbours.
    /// - Complexity: O(Σ over columns of entries²) on all threads, memory O(rows · k).
    public func all(threads: Int = Parallel.defaultThreads) -> NeighborTable {
        table(rows: 0..<weighted.rows, threads: threads)
    }
}

/// Neighbours of many rows, `count` places a row.
public struct NeighborTable: Equatable, Sendable {
    /// Places a row.
    public let count: Int
    /// `[rows, count]`, best first; −1 behind the last neighbour.
    public let indices: [Int32]
    /// `[rows, count]`; 0 behind the last neighbour.
    public let scores: [Float]

    public var rows: Int { count > 0 ? indices.count / count : 0 }

    /// One row's neighbours, best first.
    public func neighbors(of row: Int) -> [SimilarRows.Neighbor] {
        (row * count..<(row + 1) * count).prefix { indices[$0] >= 0 }
            .map { (Int(indices[$0]), scores[$0]) }
    }
}
