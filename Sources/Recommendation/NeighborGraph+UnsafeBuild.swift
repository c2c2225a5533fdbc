import CKernels
import Foundation
import Matrices
import Synchronization

/// A link from one node to another on a level.
private struct Link: Comparable {
    let level: Int32
    let to: Int32
    let from: Int32

    static func < (a: Link, b: Link) -> Bool {
        (a.level, a.to, a.from) < (b.level, b.to, b.from)
    }
}

extension VectorIndex {
    /// Bytes of a vector that the graph is walked by.
    static func walkStride(_ dimensions: Int) -> Int {
        Int(coldwave_graph_stride(Int32(dimensions)))
    }

    /// The highest level of each node: geometric, so that a level has 1/M of the nodes of the one below.
    static func levels(_ rows: Int, _ graph: GraphConfiguration) -> [UInt8] {
        var generator = SeededGenerator(seed: graph.seed, stream: 0x6A4F)
        let scale = 1 / log(Double(max(2, graph.degree)))
        return (0..<rows).map { _ in
            UInt8(min(31, -log(max(generator.uniform(), 0x1p-54)) * scale))
        }
    }

    /// A permutation of the rows (Fisher & Yates).
    private static func order(_ rows: Int, _ graph: GraphConfiguration) -> [Int] {
        var generator = SeededGenerator(seed: graph.seed, stream: 0x0D3A)
        return (0..<rows).shuffled(using: &generator)
    }

    static func graph(_ memory: PageMemory, _ layout: IndexLayout, _ header: IndexHeader)
        -> coldwave_graph
    {
        coldwave_graph(
            rows: Int32(header.rows), dimensions: Int32(header.dimensions),
            stride: Int32(walkStride(header.dimensions)),
            degree: Int32(header.graph?.configuration.degree ?? 2),
            entry: header.graph?.entry ?? -1, top: header.graph?.top ?? -1,
            towers: Int32(header.graph?.towers ?? 0),
            codes: start(memory, layout.walkCodes, of: Int8.self),
            links: start(memory, layout.links, of: Int32.self),
            level: start(memory, layout.levels, of: UInt8.self),
            tower: start(memory, layout.towers, of: Int32.self),
            upper: start(memory, layout.upper, of: Int32.self))
    }

    /// Places all vectors in a drawn order, a batch after the other: at most 1/128 of what is there. In that order a batch's nodes are
    /// seldom neighbours, so that it hardly matters that they do not see each other.
    static func buildGraph(
        _ memory: PageMemory, _ layout: IndexLayout, _ header: inout IndexHeader,
        _ levels: [UInt8], threads: Int, progress: (Int, Int) -> Void
    ) {
        guard let configuration = header.graph?.configuration else { return }
        let (n, d) = (header.rows, header.dimensions)
        let degree = configuration.degree
        var graph = graph(memory, layout, header)
        start(memory, layout.links, of: Int32.self).initialize(repeating: -1, count: 2 * n * degree)
        start(memory, layout.upper, of: Int32.self).initialize(
            repeating: -1, count: layout.upper.count / 4)
        let towers = start(memory, layout.towers, of: Int32.self)
        var next: Int32 = 0
        for (node, level) in levels.enumerated() {
            start(memory, layout.levels, of: UInt8.self)[node] = level
            towers[node] = next
            next += Int32(level)
        }
        nonisolated(unsafe) let vectors = start(memory, layout.vectors, of: Float.self)
        nonisolated(unsafe) let codes = start(memory, layout.walkCodes, of: Int8.self)
        let bytes = walkStride(d)
        Parallel.forEach(n, threads: threads, grain: 4096) {
            coldwave_graph_code(vectors + $0 * d, Int32(d), codes + $0 * bytes)
        }
        let walkers = WalkerPool(rows: n, degree: degree)
        let ef = configuration.efConstruction
        let order = order(n, configuration)
        var placed = 0
        while placed < n {
            let end = min(n, placed + max(1, min(4096, placed / 128)))
            let batch = order[placed..<end]
            nonisolated(unsafe) let now = graph
            Parallel.forEach(batch.count, threads: threads, grain: 16) { i in
                walkers.with(ef: ef) { walker in
                    withUnsafePointer(to: now) {
                        coldwave_graph_place(
                            $0, walker, Int32(batch[batch.startIndex + i]), Int32(ef))
                    }
                }
            }
            let links = links(of: batch, graph, levels)
            let targets = links.indices.filter {
                $0 == 0 || links[$0].to != links[$0 - 1].to
                    || links[$0].level != links[$0 - 1].level
            }
            let sources = links.map(\.from)
            Parallel.forEach(targets.count, threads: threads, grain: 64) { i in
                let first = targets[i]
                let end = i + 1 < targets.count ? targets[i + 1] : links.count
                walkers.with(ef: ef) { walker in
                    sources.withUnsafeBufferPointer { sources in
                        guard let sources = sources.baseAddress else { return }
                        withUnsafePointer(to: now) {
                            coldwave_graph_link(
                                $0, walker, links[first].level, links[first].to, sources + first,
                                Int32(end - first))
                        }
                    }
                }
            }
            for node in batch where Int32(levels[node]) > graph.top {
                graph.top = Int32(levels[node])
                graph.entry = Int32(node)
            }
            placed = end
            progress(placed, n)
        }
        header.graph?.entry = graph.entry
        header.graph?.top = graph.top
    }

    /// The links that a batch's nodes chose, by level and the node they lead to.
    private static func links(
        of batch: ArraySlice<Int>, _ graph: coldwave_graph, _ levels: [UInt8]
    ) -> [Link] {
        let degree = Int(graph.degree)
        var links: [Link] = []
        for node in batch {
            for level in 0...Int(levels[node]) where level <= graph.top {
                let list: UnsafeMutablePointer<Int32>
                if level == 0 {
                    list = graph.links.advanced(by: 2 * node * degree)
                } else {
                    let tower = Int(graph.tower[node]) + level - 1
                    list = graph.upper.advanced(by: tower * degree)
                }
                for i in 0..<degree where list[i] >= 0 {
                    links.append(Link(level: Int32(level), to: list[i], from: Int32(node)))
                }
            }
        }
        return links.sorted()
    }
}

/// Scratch memory of walks, handed from one to the next.
final class WalkerPool: Sendable {
    private struct Walker: @unchecked Sendable {
        // Sendable because whoever took it out of the pool has it alone.
        let pointer: OpaquePointer
        let ef: Int
    }

    private let rows: Int
    private let degree: Int
    private let free = Mutex<[Walker]>([])

    init(rows: Int, degree: Int) {
        self.rows = rows
        self.degree = degree
    }

    deinit { for walker in free.withLock({ $0 }) { coldwave_walker_free(walker.pointer) } }

    /// Does nothing when there is no memory for a walk.
    func with(ef: Int, _ body: (OpaquePointer) -> Void) {
        var walker = free.withLock { $0.popLast() }
        if let small = walker, small.ef < ef {
            coldwave_walker_free(small.pointer)
            walker = nil
        }
        if walker == nil {
            walker = coldwave_walker_new(Int32(rows), Int32(ef), Int32(degree)).map {
                Walker(pointer: $0, ef: ef)
            }
        }
        guard let walker else { return }
        body(walker.pointer)
        free.withLock { $0.append(walker) }
    }
}
