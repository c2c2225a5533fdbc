import CKernels
import Matrices

extension VectorIndex {
    /// The best `count` items that a walk over the graph finds, best first, ties by index.
    ///
    /// Without a graph, where fewer than a tenth of the rows is allowed, or where the walk finds too few, it is the exact search.
    /// - Parameters:
    ///   - ef: how many nodes the walk keeps in mind, at least `count`: more find the nearest more surely, and take longer.
    ///   - allowed: rows that may be found; nil for all.
    public func approximate(
        to query: [Float], count: Int, ef: Int = 128, among allowed: RowSet? = nil
    ) -> [Neighbor] {
        guard let probe = probe(query), count > 0, isOurs(allowed) else { return [] }
        let wanted = min(count, allowed?.count ?? self.count)
        var best = BestNeighbors(count: wanted)
        let share = Double(allowed?.count ?? self.count) / Double(max(1, self.count))
        // A walk meets disallowed nodes as well: it has to keep more of them.
        let kept = min(self.count, Int(Double(max(ef, count)) / max(share, 0.1)))
        if hasGraph, share >= 0.1 {
            for index in walk(probe, ef: kept, among: allowed, most: max(8 * count, 64)) {
                compare(index, probe, &best) { _ in true }
            }
        }
        if best.count < wanted {
            best = BestNeighbors(count: wanted)
            scan(probe, blocks: 0..<blocks, among: allowed, into: &best, where: { _ in true })
        }
        return best.sorted()
    }

    /// Many queries; see ``nearest(queries:count:threads:)`` for what they give.
    public func approximate(
        queries: Matrix, count: Int, ef: Int = 128, threads: Int = Parallel.defaultThreads
    ) -> (indices: [Int32], scores: [Float]) {
        each(queries, count: count, threads: threads, together: 16) { rows in
            rows.map { approximate(to: Array(queries.row($0)), count: count, ef: ef) }
        }
    }

    /// Rows that a walk meets, the nearest by their bytes first.
    private func walk(_ probe: ScanProbe, ef: Int, among allowed: RowSet?, most: Int) -> [Int] {
        var graph = Self.graph(memory, layout, header)
        var code = [Int8](repeating: 0, count: Self.walkStride(dimensions))
        guard coldwave_graph_code(probe.query, Int32(dimensions), &code) != 0 else { return [] }
        var found = [Int32](repeating: -1, count: min(ef, most))
        var count: Int32 = 0
        walkers.with(ef: ef) { walker in
            withOptionalPointer(allowed?.words) {
                count = coldwave_graph_search(
                    &graph, walker, code, Int32(ef), $0, Int32(found.count), &found)
            }
        }
        // Those with a NaN or an infinity stand in the graph as zeros.
        let scales = start(layout.scales, of: Float.self)
        let usable = found.prefix(Int(count)).map(Int.init).filter { !scales[$0].isNaN }
        withExtendedLifetime(memory) {}
        return usable
    }
}
