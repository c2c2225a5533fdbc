import Matrices
import Recommendation
import Testing

func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(
        rows: rows, columns: columns,
        storage: (0..<rows * columns).map { _ in Float(generator.normal()) })
}

/// The obvious way: every score, then a full sort.
func bruteForce(
    _ items: Matrix, _ query: [Float], _ count: Int, _ metric: VectorIndex.Metric,
    where isAllowed: (Int) -> Bool = { _ in true }
) -> [Neighbor] {
    let items = metric == .cosine ? items.unitRows() : items
    let query =
        metric == .cosine
        ? Matrix(rows: 1, columns: query.count, storage: query).unitRows().storage : query
    let all = (0..<items.rows).filter(isAllowed)
        .map { Neighbor(index: $0, score: dot(items.row($0), query[...])) }
        .filter { $0.score.isFinite }
    return Array(
        all.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }.prefix(
            count))
}

@Suite struct VectorIndexTests {
    @Test(arguments: VectorIndex.Metric.allCases, [1, 2, 7, 8, 9, 40, 41, 130])
    func equalsBruteForce(metric: VectorIndex.Metric, dimensions: Int) {
        for rows in [1, 15, 16, 17, 1000] {
            let items = randomMatrix(rows, dimensions, seed: UInt64(rows * 100 + dimensions))
            let index = VectorIndex(items, metric: metric)
            for seed in 0..<5 as Range<UInt64> {
                let query = randomMatrix(1, dimensions, seed: 7000 + seed).storage
                for count in [1, 10, 2000] {
                    #expect(
                        index.nearest(to: query, count: count)
                            == bruteForce(items, query, count, metric))
                }
            }
        }
    }

    /// Norms over six orders of magnitude: a single scale for all vectors would lose the small ones.
    @Test func equalsBruteForceOnUnevenNorms() {
        var items = randomMatrix(2000, 40, seed: 1)
        var generator = SeededGenerator(seed: 2)
        for row in 0..<items.rows {
            let scale = Float(generator.uniform(-7...7)).magnitude
            items.setRow(row, to: items.row(row).map { $0 * powf10(scale - 4) })
        }
        let index = VectorIndex(items, metric: .dot)
        for seed in 0..<10 as Range<UInt64> {
            let query = randomMatrix(1, 40, seed: seed + 50).storage
            #expect(index.nearest(to: query, count: 25) == bruteForce(items, query, 25, .dot))
            // All scores negative for the top: the bound must not cut there either.
            #expect(
                index.nearest(to: query, count: 5) { $0 % 3 == 0 }
                    == bruteForce(items, query, 5, .dot) { $0 % 3 == 0 })
        }
    }

    private func powf10(_ x: Float) -> Float {
        (0..<Int(x.magnitude)).reduce(1) { y, _ in x < 0 ? y / 10 : y * 10 }
    }

    /// Vectors with one large number: their codes are coarse, and the bound has to be loose enough.
    @Test func equalsBruteForceOnSpikes() {
        var items = randomMatrix(3000, 33, seed: 11)
        for row in 0..<items.rows { items[row, row % 33] *= Float(1 + row % 50) }
        for metric in VectorIndex.Metric.allCases {
            let index = VectorIndex(items, metric: metric)
            for seed in 0..<10 as Range<UInt64> {
                var query = randomMatrix(1, 33, seed: seed + 90).storage
                query[Int(seed)] *= 40
                #expect(
                    index.nearest(to: query, count: 12) == bruteForce(items, query, 12, metric))
            }
        }
    }

    /// The filter within the scan, for sets that end within a block, hold nothing, or hold all.
    @Test(arguments: [1, 17, 160, 1003])
    func onlyAllowedRowsAreFound(rows: Int) {
        let items = randomMatrix(rows, 20, seed: 21)
        let index = VectorIndex(items, metric: .cosine)
        let query = randomMatrix(1, 20, seed: 22).storage
        for divisor in [1, 2, 7, 5000] {
            let isIn = { (row: Int) in row % divisor == divisor / 2 }
            let allowed = RowSet(rows: rows, where: isIn)
            #expect(allowed.count == (0..<rows).filter(isIn).count)
            #expect(
                index.nearest(to: query, count: 9, among: allowed)
                    == bruteForce(items, query, 9, .cosine, where: isIn))
            #expect(
                index.nearest(to: query, count: 9, among: allowed) { $0 % 3 == 0 }
                    == bruteForce(items, query, 9, .cosine) { isIn($0) && $0 % 3 == 0 })
        }
    }

    @Test(arguments: [1, 2], [1, 3, 4, 5, 130])
    func batchesEqualSingleQueries(threads: Int, queries: Int) {
        let items = randomMatrix(3000, 40, seed: 3)
        let index = VectorIndex(items, metric: .cosine)
        let probes = randomMatrix(queries, 40, seed: 4)
        let (indices, scores) = index.nearest(queries: probes, count: 10, threads: threads)
        for q in 0..<queries {
            let single = index.nearest(to: Array(probes.row(q)), count: 10)
            #expect(indices[q * 10..<q * 10 + 10].map(Int.init) == single.map(\.index))
            #expect(Array(scores[q * 10..<q * 10 + 10]) == single.map(\.score))
        }
    }

    @Test func shortBatchesAreFilledUp() {
        let index = VectorIndex(Matrix(rows: 2, columns: 1, storage: [1, -1]), metric: .dot)
        let (indices, scores) = index.nearest(
            queries: Matrix(rows: 2, columns: 1, storage: [1, .nan]), count: 3)
        #expect(indices == [0, 1, -1, -1, -1, -1])
        #expect(Array(scores.prefix(2)) == [1, -1] as [Float])
        #expect(scores.dropFirst(2).allSatisfy { $0 == -Float.infinity })
    }

    @Test func duplicatesComeByIndex() {
        let items = Matrix(
            rows: 50, columns: 3, storage: (0..<50).flatMap { _ in [0.1, 0.2, 0.3] as [Float] })
        let found = VectorIndex(items, metric: .cosine).nearest(to: [1, 2, 3], count: 20)
        #expect(found.map(\.index) == Array(0..<20))
        #expect(found.allSatisfy { abs($0.score - 1) < 1e-6 })
    }

    @Test func unusableVectorsAreNeverFound() {
        let items = Matrix(rows: 4, columns: 2, storage: [.nan, 1, 1, .infinity, 1, 1, 0, 0])
        for metric in VectorIndex.Metric.allCases {
            #expect(
                VectorIndex(items, metric: metric).nearest(to: [1, 1], count: 9).map(\.index) == [
                    2, 3,
                ])
        }
    }

    @Test func emptyAndWrongInputGiveNothing() {
        let empty = VectorIndex(Matrix(rows: 0, columns: 3), metric: .dot)
        #expect(empty.nearest(to: [1, 2, 3], count: 5).isEmpty)
        let index = VectorIndex(randomMatrix(5, 3, seed: 1), metric: .dot)
        #expect(index.nearest(to: [1, 2], count: 5).isEmpty)
        #expect(index.nearest(to: [1, 2, .nan], count: 5).isEmpty)
        #expect(index.nearest(to: [1, 2, 3], count: 0).isEmpty)
        #expect(index.nearest(to: [1, 2, 3], count: 5) { _ in false }.isEmpty)
        #expect(index.nearest(queries: Matrix(rows: 0, columns: 3), count: 5).indices.isEmpty)
    }
}
