import ArgumentParser
import Foundation
import Matrices
import Recommendation

extension VectorIndex.Metric: ExpressibleByArgument {}

struct LabNeighbors: ParsableCommand {
    enum Index: String, ExpressibleByArgument, CaseIterable { case exact }

    static let configuration = CommandConfiguration(
        commandName: "neighbors",
        abstract: "The nearest vectors to each of many, int32 [queries, k], best first.",
        discussion:
            "Exact: a scan over one byte a number, and full precision for what it cannot rule out.")

    @Argument(help: "ITEMS.npy, float32 [items, dimensions].") var items: String
    @Argument(help: "QUERIES.npy, float32 [queries, dimensions].") var queries: String
    @Argument(help: "OUT.npy, int32 [queries, k]; -1 where there are fewer.") var out: String
    @Option(name: .short, help: "Neighbours a query.") var k = 10
    @Option(help: "cosine or dot.") var metric = VectorIndex.Metric.cosine
    @Option(help: "exact.") var index = Index.exact
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @Option(help: "Search so many times and report the median time.") var repeats = 1
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        let items: Int
        let queries: Int
        let dimensions: Int
        let k: Int
        let buildSeconds: Double
        let querySeconds: Double
        let queriesPerSecond: Double
    }

    func validate() throws {
        guard k >= 1, threads >= 1, repeats >= 1 else {
            throw ValidationError("-k, --threads and --repeats must be at least 1.")
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
        let started = Date()
        let index = VectorIndex(vectors, metric: metric)
        let built = Date().timeIntervalSince(started)
        var found: [Int32] = []
        var times: [Double] = []
        for _ in 0..<repeats {
            let start = Date()
            if probes.rows == 1 {
                let list = index.nearest(to: Array(probes.row(0)), count: k)
                found = list.map { Int32($0.index) }
                found += Array(repeating: -1, count: k - list.count)
            } else {
                found = index.nearest(queries: probes, count: k, threads: threads).indices
            }
            times.append(Date().timeIntervalSince(start))
        }
        try ArrayFile.write(found, shape: [probes.rows, k], to: URL(fileURLWithPath: out))
        let elapsed = times.sorted()[times.count / 2]
        let report = Report(
            items: vectors.rows, queries: probes.rows, dimensions: vectors.columns, k: k,
            buildSeconds: built, querySeconds: elapsed,
            queriesPerSecond: Double(probes.rows) / max(elapsed, 1e-9))
        try output.print(report) {
            "\(report.queries) queries of \(report.items) × \(report.dimensions) in \(seconds(elapsed)) "
                + "(index in \(seconds(built))) → \(out)"
        }
    }
}
