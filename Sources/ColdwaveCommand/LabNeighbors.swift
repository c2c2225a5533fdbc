import ArgumentParser
import Foundation
import Matrices
import Recommendation

extension VectorIndex.Metric: ExpressibleByArgument {}

struct LabNeighbors: ParsableCommand {
    enum Index: String, ExpressibleByArgument, CaseIterable { case exact, hnsw }

    static let configuration = CommandConfiguration(
        commandName: "neighbors",
        abstract: "The nearest vectors to each of many, int32 [queries, k], best first.",
        discussion: """
            exact: a scan over four bits a number, and full precision for what it cannot rule out. hnsw: a walk over a graph,
            faster among millions, which nearly always finds the nearest. --save-index keeps the index in a file, and
            --open-index maps it back into memory in milliseconds; it is refused when it is not that of ITEMS.npy.
            """)

    @Argument(help: "ITEMS.npy, float32 [items, dimensions].") var items: String
    @Argument(help: "QUERIES.npy, float32 [queries, dimensions].") var queries: String
    @Argument(help: "OUT.npy, int32 [queries, k]; -1 where there are fewer.") var out: String
    @Option(name: .short, help: "Neighbours a query.") var k = 10
    @Option(help: "cosine or dot.") var metric = VectorIndex.Metric.cosine
    @Option(help: "exact or hnsw.") var index = Index.exact
    @Option(help: "hnsw: links of a node (M), 2…256.") var degree = 16
    @Option(help: "hnsw: nodes kept in mind while a node is placed.") var efConstruction = 100
    @Option(help: "hnsw: nodes kept in mind by a search, at least -k.") var ef = 128
    @Option(help: "hnsw: decides the levels of the nodes.") var seed: UInt64 = 0
    @Option(help: "Writes the index to a file.") var saveIndex: String?
    @Option(help: "Opens an index instead of making one.") var openIndex: String?
    @Option(
        help:
            "What the vectors belong to, such as a model's id: kept in the index, or compared with it."
    )
    var source: String?
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @Option(help: "Search so many times and report the median time.") var repeats = 1
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        let items: Int
        let queries: Int
        let dimensions: Int
        let k: Int
        let index: String
        /// Making the index; 0 when it was opened.
        let buildSeconds: Double
        /// Opening it; 0 when it was made.
        let openSeconds: Double
        let querySeconds: Double
        let queriesPerSecond: Double
    }

    func validate() throws {
        guard k >= 1, threads >= 1, repeats >= 1, ef >= 1 else {
            throw ValidationError("-k, --ef, --threads and --repeats must be at least 1.")
        }
        guard (2...256).contains(degree) else { throw ValidationError("--degree must be 2…256.") }
        guard (1...100_000).contains(efConstruction) else {
            throw ValidationError("--ef-construction must be 1…100000.")
        }
        guard saveIndex == nil || openIndex == nil else {
            throw ValidationError("give either --save-index or --open-index.")
        }
        guard source.map({ $0.utf8.count <= 1024 }) ?? true else {
            throw ValidationError("--source takes at most 1024 bytes.")
        }
    }

    func run() throws {
        let vectors = try ArrayFile.readMatrix(URL(fileURLWithPath: items))
        let probes = try ArrayFile.readMatrix(URL(fileURLWithPath: queries))
        guard vectors.columns == probes.columns else {
            throw FileFailure(
                path: queries,
                reason:
                    "has \(probes.columns) dimensions where \(items) has \(vectors.columns); they must be the same."
            )
        }
        guard index == .exact || vectors.columns <= VectorIndex.graphDimensions else {
            throw FileFailure(
                path: items,
                reason:
                    "has \(vectors.columns) dimensions; hnsw takes at most \(VectorIndex.graphDimensions). Use --index exact."
            )
        }
        var (built, opened) = (0.0, 0.0)
        let made: VectorIndex
        if let openIndex {
            let digest = VectorIndex.digest(vectors)
            let started = Date()
            made = try VectorIndex(
                opening: URL(fileURLWithPath: openIndex), source: source, digest: digest)
            opened = Date().timeIntervalSince(started)
            try check(made, openIndex)
        } else {
            let started = Date()
            made = build(vectors)
            built = Date().timeIntervalSince(started)
        }
        if let saveIndex { try made.save(to: URL(fileURLWithPath: saveIndex)) }
        var found: [Int32] = []
        var times: [Double] = []
        for _ in 0..<repeats {
            let start = Date()
            found = search(made, probes)
            times.append(Date().timeIntervalSince(start))
        }
        try ArrayFile.write(found, shape: [probes.rows, k], to: URL(fileURLWithPath: out))
        let elapsed = times.sorted()[times.count / 2]
        let report = Report(
            items: vectors.rows, queries: probes.rows, dimensions: vectors.columns, k: k,
            index: index.rawValue, buildSeconds: built, openSeconds: opened, querySeconds: elapsed,
            queriesPerSecond: Double(probes.rows) / max(elapsed, 1e-9))
        try output.print(report) {
            "\(report.queries) queries of \(report.items) × \(report.dimensions) in \(seconds(elapsed)) "
                + "(index \(openIndex == nil ? "made" : "opened") in \(seconds(built + opened))) → \(out)"
        }
    }

    private func build(_ vectors: Matrix) -> VectorIndex {
        var graph: GraphConfiguration?
        if index == .hnsw {
            var configuration = GraphConfiguration()
            configuration.degree = degree
            configuration.efConstruction = efConstruction
            configuration.seed = seed
            graph = configuration
        }
        return VectorIndex(
            vectors, metric: metric, graph: graph, source: source ?? "", threads: threads)
    }

    private func check(_ made: VectorIndex, _ path: String) throws {
        guard made.metric == metric else {
            throw FileFailure(
                path: path,
                reason: "is for --metric \(made.metric.rawValue), not \(metric.rawValue).")
        }
        guard index == .exact || made.hasGraph else {
            throw FileFailure(
                path: path, reason: "has no graph; save it with --index hnsw, or use --index exact."
            )
        }
    }

    private func search(_ made: VectorIndex, _ probes: Matrix) -> [Int32] {
        if probes.rows == 1 {
            let query = Array(probes.row(0))
            let list =
                index == .exact
                ? made.nearest(to: query, count: k) : made.approximate(to: query, count: k, ef: ef)
            return list.map { Int32($0.index) } + Array(repeating: -1, count: k - list.count)
        }
        return index == .exact
            ? made.nearest(queries: probes, count: k, threads: threads).indices
            : made.approximate(queries: probes, count: k, ef: ef, threads: threads).indices
    }
}
