import Foundation
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

/// Nearest neighbours among vectors, by cosine or dot product: exactly, or faster over a graph.
///
/// The exact scan reads four bits a number instead of 32 and only bounds each score from above; the few vectors whose bound
/// reaches the worst of the best so far are compared in full precision. So nothing is approximate, and a query reads an eighth
/// of the memory. Vectors with a NaN or an infinity are never found.
///
/// The graph (HNSW: Malkov & Yashunin 2018) is walked by vectors of one byte a number, and the best of what the walk meets are
/// compared in full precision. What it finds is nearly always, but not surely, the nearest.
///
/// An index can be written to a file and mapped back into memory: opening reads its header only, and processes share its
/// pages.
public struct VectorIndex: Sendable {
    public enum Metric: String, Codable, CaseIterable, Sendable { case cosine, dot }

    /// Most dimensions of vectors with a graph.
    public static let graphDimensions = 4096

    let header: IndexHeader
    let layout: IndexLayout
    let memory: PageMemory
    let walkers: WalkerPool

    /// - Parameters:
    ///   - items: `[items, dimensions]`; one row a vector.
    ///   - graph: also builds a graph; nil for exact search alone. Needs at most ``graphDimensions``.
    ///   - source: what the vectors belong to, such as a run's name; kept in the index.
    ///   - progress: called with the number of nodes placed, and of all.
    /// - Complexity: O(items · dimensions), keeps 1.15 times the memory of `items`; with a graph about
    ///   O(items · log(items) · efConstruction · degree), and 240 bytes an item more at 40 dimensions.
    public init(
        _ items: Matrix, metric: Metric, graph: GraphConfiguration? = nil, source: String = "",
        threads: Int = Parallel.defaultThreads, progress: (Int, Int) -> Void = { _, _ in }
    ) {
        precondition(
            graph == nil || items.columns <= Self.graphDimensions,
            "VectorIndex: a graph takes at most \(Self.graphDimensions) dimensions")
        precondition(source.utf8.count <= 1024, "VectorIndex: the source's name is too long")
        var header = IndexHeader(
            metric: metric, rows: items.rows, dimensions: items.columns,
            digest: Self.digest(items), source: source)
        var levels: [UInt8] = []
        if let graph {
            levels = Self.levels(items.rows, graph)
            header.graph = IndexHeader.Graph(
                configuration: graph, entry: -1, top: -1,
                towers: levels.reduce(0) { $0 + Int($1) })
        }
        let layout = IndexLayout(header, stride: Self.walkStride(items.columns))
        let memory = PageMemory(byteCount: layout.size)
        Self.encode(
            metric == .cosine ? items.unitRows() : items, into: memory, layout, &header,
            threads: threads)
        if graph != nil {
            Self.buildGraph(memory, layout, &header, levels, threads: threads, progress: progress)
        }
        Self.writeHeader(header, into: memory)
        self.init(header, layout, memory)
    }

    init(_ header: IndexHeader, _ layout: IndexLayout, _ memory: PageMemory) {
        self.header = header
        self.layout = layout
        self.memory = memory
        walkers = WalkerPool(
            rows: header.rows, degree: header.graph?.configuration.degree ?? 0)
    }

    public var metric: Metric { header.metric }
    /// How many vectors there are.
    public var count: Int { header.rows }
    public var dimensions: Int { header.dimensions }
    public var hasGraph: Bool { header.graph != nil }
    /// What the vectors belong to, as told when the index was made.
    public var source: String { header.source }

    /// The best `count` items for a query, best first, ties by index; only those that are allowed.
    ///
    /// Empty when the query has a NaN or an infinity, or not the index's dimensions.
    /// - Parameters:
    ///   - allowed: rows that may be found; nil for all.
    ///   - isAllowed: asked only about items good enough to be returned, so a costly filter is no burden.
    /// - Complexity: O(items · dimensions).
    public func nearest(
        to query: [Float], count: Int, among allowed: RowSet? = nil,
        where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [Neighbor] {
        guard let probe = probe(query), count > 0, isOurs(allowed) else { return [] }
        var best = BestNeighbors(count: min(count, self.count))
        scan(probe, blocks: 0..<blocks, among: allowed, into: &best, where: isAllowed)
        return best.sorted()
    }

    /// The best `count` items for each of many queries.
    /// - Parameter queries: `[queries, dimensions]`; the dimensions must be the index's.
    /// - Returns: `[queries, count]` row after row, best first; where fewer are found, index -1 with score -infinity.
    public func nearest(
        queries: Matrix, count: Int, threads: Int = Parallel.defaultThreads
    ) -> (indices: [Int32], scores: [Float]) {
        each(queries, count: count, threads: threads, together: 64) { rows in
            let probes = rows.map { probe(Array(queries.row($0))) }
            var best = rows.map { _ in BestNeighbors(count: min(count, self.count)) }
            // 256 KiB of codes: what stays in a core's second-level cache while all of these queries pass over it.
            let tile = max(1, 262_144 / max(1, 64 * groups))
            for start in stride(from: 0, to: blocks, by: tile) {
                for (i, probe) in probes.enumerated() {
                    guard let probe else { continue }
                    scan(
                        probe, blocks: start..<min(blocks, start + tile), among: nil,
                        into: &best[i], where: { _ in true })
                }
            }
            return best.map { $0.sorted() }
        }
    }

    /// Runs `search` over parts of the queries, and lays its lists out in rows of `count`.
    func each(
        _ queries: Matrix, count: Int, threads: Int, together: Int,
        _ search: @Sendable (Range<Int>) -> [[Neighbor]]
    ) -> (indices: [Int32], scores: [Float]) {
        precondition(
            queries.columns == dimensions || queries.rows == 0,
            "VectorIndex: queries have \(queries.columns) dimensions, the items \(dimensions)")
        guard count > 0 else { return ([], []) }
        let size = max(4, min(together, (queries.rows + threads - 1) / max(1, threads)))
        let groups = (queries.rows + size - 1) / size
        let found = Parallel.map(groups, threads: threads) { group in
            search(group * size..<min(queries.rows, (group + 1) * size))
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

    func isOurs(_ allowed: RowSet?) -> Bool {
        precondition(
            allowed.map { $0.words.count == blocks } ?? true,
            "VectorIndex: the rows allowed are not the index's")
        return true
    }
}
