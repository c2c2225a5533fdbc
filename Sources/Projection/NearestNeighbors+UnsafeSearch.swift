import CKernels
import Matrices

/// The nearest vectors to each of many, by Euclidean distance, exactly.
public struct NeighborTable: Equatable, Sendable {
    /// Neighbours a row.
    public let count: Int
    /// `[rows, count]`, nearest first, equal distances by ascending index.
    public let indices: [Int32]
    /// Squared distances, `[rows, count]`.
    public let distances: [Float]

    public var rows: Int { count > 0 ? indices.count / count : 0 }
}

/// Vectors packed for searching.
///
/// A blocked matrix product bounds every distance, and what may be among the nearest is measured in full: exact, also far from
/// the origin.
public final class NeighborSearch: Sendable {
    private let vectors: Matrix
    private let packed: [Float]
    private let halves: [Float]
    private let largest: Float

    /// - Parameter vectors: `[vectors, dimensions]`, finite.
    public init(_ vectors: Matrix, threads: Int = Parallel.defaultThreads) {
        let size = Int(COLDWAVE_KNN_BLOCK)
        let blocks = (vectors.rows + size - 1) / size
        let d = vectors.columns
        var packed = [Float](repeating: 0, count: blocks * size * d)
        var halves = [Float](repeating: 0, count: blocks * size)
        packed.withUnsafeMutableBufferPointer { packed in
            halves.withUnsafeMutableBufferPointer { halves in
                guard let packed = packed.baseAddress, let halves = halves.baseAddress else {
                    return
                }
                let places = (Shared(base: packed), Shared(base: halves))
                Parallel.forEach(blocks, threads: threads, grain: 64) { block in
                    coldwave_knn_pack(
                        vectors.storage, Int64(vectors.rows), Int32(d), Int64(block),
                        Int64(block + 1), places.0.base, places.1.base)
                }
            }
        }
        self.vectors = vectors
        self.packed = packed
        self.halves = halves
        largest = (2 * (halves.prefix(vectors.rows).max() ?? 0)).squareRoot() * 1.000_001
    }

    /// The nearest vectors to each of the vectors themselves, which are left out.
    /// - Parameter count: less than the number of vectors.
    /// - Complexity: O(vectors² · dimensions).
    public func neighbors(count: Int, threads: Int = Parallel.defaultThreads) -> NeighborTable {
        precondition(count < vectors.rows || count == 0)
        return search(vectors, count: count, leavingOut: true, threads: threads)
    }

    /// The nearest vectors to each query.
    /// - Parameters:
    ///   - queries: `[queries, dimensions]`, finite, with the vectors' dimensions.
    ///   - count: at most the number of vectors.
    public func nearest(to queries: Matrix, count: Int, threads: Int = Parallel.defaultThreads)
        -> NeighborTable
    {
        precondition(count <= vectors.rows && queries.columns == vectors.columns)
        return search(queries, count: count, leavingOut: false, threads: threads)
    }

    private func search(_ queries: Matrix, count: Int, leavingOut: Bool, threads: Int)
        -> NeighborTable
    {
        let total = queries.rows * count
        guard total > 0 else { return NeighborTable(count: count, indices: [], distances: []) }
        var distances = [Float](repeating: 0, count: total)
        let indices = [Int32](unsafeUninitializedCapacity: total) { indices, filled in
            distances.withUnsafeMutableBufferPointer { distances in
                queries.storage.withUnsafeBufferPointer { queried in
                    guard let indices = indices.baseAddress, let distances = distances.baseAddress,
                        let start = queried.baseAddress
                    else { return }
                    let places = (Shared(base: indices), Shared(base: distances))
                    let values = Lent(base: start)
                    let group = Int(COLDWAVE_KNN_QUERIES)
                    Parallel.forEach((queries.rows + group - 1) / group, threads: threads) { part in
                        let first = part * group
                        coldwave_knn(
                            vectors.storage, Int64(vectors.rows), Int32(vectors.columns), packed,
                            halves, largest, values.base + first * queries.columns,
                            Int32(min(group, queries.rows - first)),
                            leavingOut ? Int64(first) : -1, Int32(count),
                            places.0.base + first * count, places.1.base + first * count)
                    }
                }
            }
            filled = total
        }
        return NeighborTable(count: count, indices: indices, distances: distances)
    }
}
