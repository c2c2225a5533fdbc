import Matrices
import Projection
import Testing

@Suite struct NearestNeighborsTests {
    /// All distances in double precision, sorted.
    private func bruteForce(_ queries: Matrix, _ items: Matrix, _ count: Int, leavingOut: Bool)
        -> [[(index: Int, distance: Double)]]
    {
        (0..<queries.rows).map { q in
            Array(
                (0..<items.rows).filter { !leavingOut || $0 != q }.map { i in
                    (
                        index: i,
                        distance: zip(queries.row(q), items.row(i)).reduce(0.0) {
                            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
                        }
                    )
                }.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(count))
        }
    }

    @Test(arguments: [(1, 1), (33, 3), (200, 7), (517, 40)], [0.0, 1000])
    func equalsBruteForce(_ shape: (rows: Int, columns: Int), shift: Double) {
        let items = normal(shape.rows, shape.columns, shift: shift)
        let count = min(15, shape.rows - 1)
        let found = NeighborSearch(items, threads: 2).neighbors(count: count, threads: 2)
        let expected = bruteForce(items, items, count, leavingOut: true)
        #expect(found.count == count && found.rows == (count > 0 ? shape.rows : 0))
        for row in 0..<found.rows {
            for place in 0..<count {
                let (index, distance) = expected[row][place]
                #expect(Int(found.indices[row * count + place]) == index)
                #expect(
                    abs(Double(found.distances[row * count + place]) - distance) < 1e-5 * distance)
            }
        }
    }

    @Test func newVectorsFindThemselvesAmongTheKnown() {
        let items = normal(300, 12)
        let found = NeighborSearch(items).nearest(to: items.selectingRows([7, 250]), count: 3)
        #expect(found.indices[0] == 7 && found.indices[3] == 250)
        #expect(found.distances[0] == 0 && found.distances[3] == 0)
    }

    @Test func equalVectorsComeInOrderAndNeverLeaveAPointItsOwnNeighbour() {
        let found = NeighborSearch(Matrix(rows: 100, columns: 4, repeating: 3)).neighbors(count: 5)
        #expect(Array(found.indices[0..<5]) == [1, 2, 3, 4, 5])
        #expect(Array(found.indices[15..<20]) == [0, 1, 2, 4, 5])
        #expect(found.distances.allSatisfy { $0 == 0 })
    }

    @Test func theThreadsDoNotMatter() {
        let search = NeighborSearch(normal(700, 9))
        #expect(search.neighbors(count: 20, threads: 1) == search.neighbors(count: 20, threads: 4))
    }
}
