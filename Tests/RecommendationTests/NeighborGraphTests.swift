import Matrices
import Testing

@testable import Recommendation

@Suite struct NeighborGraphTests {
    /// Points around 200 centres, as songs lie about styles.
    static func clustered(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        let centres = randomMatrix(200, columns, seed: seed)
        var items = randomMatrix(rows, columns, seed: seed + 1)
        for row in 0..<rows {
            let centre = centres.row((row * 7919) % 200)
            items.setRow(row, to: zip(items.row(row), centre).map { 0.5 * $0 + $1 })
        }
        return items
    }

    private func recall(_ index: VectorIndex, _ queries: Matrix, ef: Int) -> Double {
        let found = index.approximate(queries: queries, count: 10, ef: ef).indices
        let truth = index.nearest(queries: queries, count: 10).indices
        var hits = 0
        for q in 0..<queries.rows {
            hits += Set(found[q * 10..<q * 10 + 10]).intersection(truth[q * 10..<q * 10 + 10]).count
        }
        return Double(hits) / Double(10 * queries.rows)
    }

    @Test(arguments: VectorIndex.Metric.allCases)
    func nearlyAllNeighboursAreFound(metric: VectorIndex.Metric) {
        for items in [Self.clustered(5000, 24, seed: 1), randomMatrix(3000, 24, seed: 2)] {
            let index = VectorIndex(items, metric: metric, graph: GraphConfiguration())
            let queries = Self.clustered(200, 24, seed: 1)
            #expect(recall(index, queries, ef: 200) > 0.98)
            #expect(recall(index, queries, ef: 200) >= recall(index, queries, ef: 10))
            // With all nodes in mind, the walk is as good as the scan wherever the graph hangs together.
            #expect(recall(index, queries, ef: items.rows) > 0.999)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 15, 65])
    func smallSetsAreFoundWhole(rows: Int) {
        let items = randomMatrix(rows, 5, seed: 3)
        let index = VectorIndex(items, metric: .cosine, graph: GraphConfiguration())
        let query = randomMatrix(1, 5, seed: 4).storage
        #expect(
            index.approximate(to: query, count: 70) == bruteForce(items, query, 70, .cosine))
    }

    @Test func theGraphDoesNotDependOnThreads() {
        let items = Self.clustered(3000, 16, seed: 5)
        func links(_ threads: Int, seed: UInt64 = 0) -> [Int32] {
            var configuration = GraphConfiguration()
            configuration.seed = seed
            let index = VectorIndex(
                items, metric: .cosine, graph: configuration, threads: threads)
            return index.memory.withData { data in
                data[index.layout.links].withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
            }
        }
        let one = links(1)
        #expect(one == links(4) && one != links(1, seed: 1))
        // Full lists, no node twice in one, and no link to itself.
        for node in 0..<3000 {
            let mine = one[node * 32..<node * 32 + 32].filter { $0 >= 0 }
            #expect(!mine.isEmpty && Set(mine).count == mine.count)
            #expect(!mine.contains(Int32(node)))
        }
    }

    @Test(arguments: [2, 5, 40])
    func filteredWalksFindAllowedRowsOnly(divisor: Int) {
        let items = Self.clustered(4000, 24, seed: 6)
        let index = VectorIndex(items, metric: .cosine, graph: GraphConfiguration())
        let allowed = RowSet(rows: 4000) { $0 % divisor == 0 }
        let queries = Self.clustered(50, 24, seed: 6)
        var hits = 0
        for q in 0..<queries.rows {
            let query = Array(queries.row(q))
            let found = index.approximate(to: query, count: 10, ef: 200, among: allowed)
            #expect(found.count == 10 && found.allSatisfy { $0.index % divisor == 0 })
            let truth = bruteForce(items, query, 10, .cosine) { $0 % divisor == 0 }
            hits += Set(found.map(\.index)).intersection(truth.map(\.index)).count
        }
        #expect(Double(hits) / 500 > 0.98)
        #expect(
            index.approximate(
                to: Array(queries.row(0)), count: 3, among: RowSet(rows: 4000) { _ in false }
            ).isEmpty)
    }

    @Test func tiesComeByIndexAndUnusableVectorsNever() {
        let same = Matrix(
            rows: 300, columns: 3, storage: (0..<300).flatMap { _ in [0.1, 0.2, 0.3] as [Float] })
        let found = VectorIndex(same, metric: .cosine, graph: GraphConfiguration())
            .approximate(to: [1, 2, 3], count: 300, ef: 300)
        #expect(found.map(\.index) == Array(0..<300))
        let bad = Matrix(rows: 4, columns: 2, storage: [.nan, 1, 1, .infinity, 1, 1, 0, 0])
        let index = VectorIndex(bad, metric: .dot, graph: GraphConfiguration())
        #expect(index.approximate(to: [1, 1], count: 9).map(\.index) == [2, 3])
        #expect(index.approximate(to: [1, .nan], count: 9).isEmpty)
        #expect(index.approximate(to: [1], count: 9).isEmpty)
    }
}
