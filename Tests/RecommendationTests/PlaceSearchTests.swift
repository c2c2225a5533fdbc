import Matrices
import Recommendation
import Testing

@Suite struct PlaceSearchTests {
    @Test(arguments: VectorIndex.Metric.allCases, [1, 2, 7, 8, 9, 40, 41, 130])
    func equalsBruteForce(metric: VectorIndex.Metric, dimensions: Int) {
        for rows in [1, 15, 16, 17, 3000] {
            let items = randomMatrix(rows, dimensions, seed: UInt64(rows * 100 + dimensions))
            let search = PlaceSearch(items)
            for seed in 0..<4 as Range<UInt64> {
                let query = randomMatrix(1, dimensions, seed: 7000 + seed).storage
                for count in [1, 10, 5000] {
                    #expect(
                        search.nearest(to: query, by: metric, count: count)
                            == bruteForce(items, query, count, metric))
                }
            }
        }
    }

    /// Lengths over six orders of magnitude: where the search by dot product may end early, and the one by cosine may not.
    @Test(arguments: VectorIndex.Metric.allCases)
    func equalsBruteForceOnUnevenLengths(metric: VectorIndex.Metric) {
        var items = randomMatrix(5000, 40, seed: 1)
        var generator = SeededGenerator(seed: 2)
        for row in 0..<items.rows {
            var scale: Float = 1e-4
            for _ in 0..<Int(generator.uniform(0...7)) { scale *= 10 }
            items.setRow(row, to: items.row(row).map { $0 * scale })
        }
        // Zeros have no direction, and score 0 either way.
        items.setRow(77, to: [Float](repeating: 0, count: 40))
        let search = PlaceSearch(items, threads: 2)
        for seed in 0..<10 as Range<UInt64> {
            let query = randomMatrix(1, 40, seed: seed + 50).storage
            #expect(
                search.nearest(to: query, by: metric, count: 25)
                    == bruteForce(items, query, 25, metric))
            // All scores below zero: neither bound may cut there.
            let isLow = { (row: Int) in dot(items.row(row), query[...]) < 0 }
            #expect(
                search.nearest(to: query, by: metric, count: 5, where: isLow)
                    == bruteForce(items, query, 5, metric, where: isLow))
        }
    }

    @Test(arguments: VectorIndex.Metric.allCases)
    func duplicatesComeByIndex(metric: VectorIndex.Metric) {
        let one = randomMatrix(1, 40, seed: 3).storage
        let items = Matrix(rows: 100, columns: 40, storage: (0..<100).flatMap { _ in one })
        let found = PlaceSearch(items).nearest(to: one, by: metric, count: 7)
        #expect(found.map(\.index) == Array(0..<7))
    }

    @Test func unusablePlacesAreNeverFound() {
        var items = randomMatrix(200, 8, seed: 4)
        items[3, 2] = .nan
        items[150, 0] = .infinity
        let search = PlaceSearch(items)
        for metric in VectorIndex.Metric.allCases {
            let found = search.nearest(
                to: randomMatrix(1, 8, seed: 5).storage, by: metric, count: 300)
            #expect(found.count == 198 && !found.contains { [3, 150].contains($0.index) })
        }
    }

    @Test func emptyAndWrongInputGiveNothing() {
        let search = PlaceSearch(randomMatrix(10, 4, seed: 6))
        #expect(search.nearest(to: [1, 2], by: .dot, count: 3).isEmpty)
        #expect(search.nearest(to: [1, 2, .nan, 0], by: .cosine, count: 3).isEmpty)
        #expect(search.nearest(to: [1, 2, 3, 4], by: .dot, count: 0).isEmpty)
        let empty = PlaceSearch(Matrix(rows: 0, columns: 4))
        #expect(empty.nearest(to: [1, 2, 3, 4], by: .cosine, count: 3).isEmpty)
    }
}
