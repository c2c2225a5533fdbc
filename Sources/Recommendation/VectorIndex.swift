import Matrices

/// A neighbour found.
public struct Neighbor: Equatable, Sendable {
    public let index: Int
    /// Cosine in -1…1, or dot product.
    public let score: Float

    public init(index: Int, score: Float) {
        self.index = index
        self.score = score
    }
}

/// Exact nearest neighbours among vectors, by cosine or dot product.
///
/// The scan reads one byte a number instead of four and only bounds each score from above; the few vectors whose bound
/// reaches the worst of the best so far are compared in full precision. So nothing is approximate, and a query reads a quarter
/// of the memory. Vectors with a NaN or an infinity are never found.
public struct VectorIndex: Sendable {
    public enum Metric: String, Codable, CaseIterable, Sendable { case cosine, dot }

    public let metric: Metric
    /// `[items, dimensions]`; unit rows for cosine.
    let items: Matrix
    let codes: ByteCodes

    /// - Parameter items: `[items, dimensions]`; one row a vector.
    /// - Complexity: O(items · dimensions); keeps 1.25 times the memory of `items`.
    public init(_ items: Matrix, metric: Metric) {
        self.metric = metric
        self.items = metric == .cosine ? items.unitRows() : items
        codes = ByteCodes(self.items)
    }

    /// How many vectors there are.
    public var count: Int { items.rows }

    /// The best `count` items for a query, best first, ties by index; only those that `isAllowed` admits.
    ///
    /// Empty when the query has a NaN or an infinity, or not the index's dimensions.
    /// - Parameter isAllowed: asked only about items good enough to be returned, so a costly filter is no burden.
    /// - Complexity: O(items · dimensions).
    public func nearest(
        to query: [Float], count: Int, where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [Neighbor] {
        guard query.count == items.columns, count > 0, query.allSatisfy(\.isFinite) else {
            return []
        }
        let probe =
            metric == .cosine
            ? Matrix(rows: 1, columns: query.count, storage: query).unitRows().storage : query
        var best = BestNeighbors(count: min(count, items.rows))
        scan(probe, blocks: 0..<codes.blocks, into: &best, where: isAllowed)
        return best.sorted()
    }

    /// The best `count` items for each of many queries.
    /// - Parameter queries: `[queries, dimensions]`; the dimensions must be the index's.
    /// - Returns: `[queries, count]` row after row, best first; where fewer are found, index -1 with score -infinity.
    public func nearest(
        queries: Matrix, count: Int, threads: Int = Parallel.defaultThreads
    ) -> (indices: [Int32], scores: [Float]) {
        precondition(
            queries.columns == items.columns || queries.rows == 0,
            "VectorIndex: queries have \(queries.columns) dimensions, the items \(items.columns)")
        guard count > 0 else { return ([], []) }
        let probes = metric == .cosine ? queries.unitRows() : queries
        // Queries stay together so that a tile of codes, once in the cache, serves all of them.
        let size = max(4, min(64, (queries.rows + threads - 1) / max(1, threads)))
        let groups = (queries.rows + size - 1) / size
        let found = Parallel.map(groups, threads: threads) { group -> [[Neighbor]] in
            nearest(
                probes, rows: group * size..<min(queries.rows, (group + 1) * size), count: count)
        }
        var indices: [Int32] = []
        var scores: [Float] = []
        indices.reserveCapacity(queries.rows * count)
        scores.reserveCapacity(queries.rows * count)
        for list in found.joined() {
            indices += list.map { Int32($0.index) }
            scores += list.map(\.score)
            indices += [Int32](repeating: -1, count: count - list.count)
            scores += [Float](repeating: -.infinity, count: count - list.count)
        }
        return (indices, scores)
    }

    private func nearest(_ probes: Matrix, rows: Range<Int>, count: Int) -> [[Neighbor]] {
        var best = rows.map { _ in BestNeighbors(count: min(count, items.rows)) }
        let finite = rows.filter { probes.row($0).allSatisfy(\.isFinite) }
        // 256 KiB of codes: about what stays in a core's second-level cache.
        let tile = max(1, 262_144 / max(1, items.columns * ByteCodes.lanes))
        for start in stride(from: 0, to: codes.blocks, by: tile) {
            let blocks = start..<min(codes.blocks, start + tile)
            var next = 0
            while next + ByteCodes.sharedQueries <= finite.count {
                let four = Array(finite[next..<next + ByteCodes.sharedQueries])
                scan(probes, four, offset: rows.lowerBound, blocks: blocks, into: &best)
                next += ByteCodes.sharedQueries
            }
            for row in finite[next...] {
                scan(
                    Array(probes.row(row)), blocks: blocks, into: &best[row - rows.lowerBound],
                    where: { _ in true })
            }
        }
        return best.map { $0.sorted() }
    }
}
