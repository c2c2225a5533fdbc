import Matrices

/// The exact nearest of many places, by dot product and by cosine, over one copy of them.
///
/// As ``VectorIndex``, a scan of four bits a number bounds each score from above, and only where the bound reaches the worst of the
/// best so far are places compared in full precision. Here they are gone through in the order of their lengths, the longest first:
/// no dot product is above the product of both lengths, so that a search by dot product ends where no place is long enough any more
/// (LEMP: Teflioudi, Gemulla, Mykytiuk 2015). The places themselves stay where they are; the codes take 20 bytes a place of 40
/// dimensions, all else 16.
public struct PlaceSearch: Sendable {
    let items: Matrix
    /// Rows of `items` by their length, the longest first.
    let order: [Int32]
    /// By position in `order`.
    let lengths: [Float]
    let codes: PageMemory
    /// By position: what a code's unit is worth in a dot product, and in a cosine.
    let dotScales: [Float]
    let cosineScales: [Float]
    let residual: Double
    var groups: Int { (items.columns + VectorIndex.group - 1) / VectorIndex.group }
    var blocks: Int { (items.rows + VectorIndex.lanes - 1) / VectorIndex.lanes }

    /// - Parameter items: `[places, dimensions]`; those with a NaN or an infinity are never found.
    /// - Complexity: O(places · (dimensions + log places)).
    public init(_ items: Matrix, threads: Int = Parallel.defaultThreads) {
        self.items = items
        let all = Self.lengths(items, threads: threads)
        // A length that is no number cannot be put in order, and such a place is never found.
        let keys = all.map { $0.isFinite ? $0 : -1 }
        let order = (0..<Int32(items.rows)).sorted {
            let (a, b) = (keys[Int($0)], keys[Int($1)])
            return a != b ? a > b : $0 < $1
        }
        self.order = order
        lengths = order.map { max(0, keys[Int($0)]) }
        (codes, dotScales, residual) = Self.encode(items, order, threads: threads)
        cosineScales = zip(dotScales, 0...).map { scale, position in
            let length = position < order.count ? keys[Int(order[position])] : 0
            return length > 0 ? scale / length : scale
        }
    }

    /// The best `count` places for a query, best first, ties by index; only those that are allowed.
    ///
    /// Empty when the query has a NaN or an infinity, or not the places' dimensions.
    /// - Parameter isAllowed: asked only about places good enough to be returned.
    public func nearest(
        to query: [Float], by metric: VectorIndex.Metric, count: Int,
        where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [Neighbor] {
        guard query.count == items.columns, query.allSatisfy(\.isFinite), count > 0 else {
            return []
        }
        let wanted =
            metric == .cosine
            ? Matrix(rows: 1, columns: query.count, storage: query).unitRows().storage : query
        let probe = ScanProbe(
            wanted, residual: residual,
            longest: metric == .cosine ? 1 : Double(lengths.first ?? 0), groups: groups)
        var best = BestNeighbors(count: min(count, items.rows))
        scan(probe, metric, into: &best, where: isAllowed)
        return best.sorted()
    }
}
