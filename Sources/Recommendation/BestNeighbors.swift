/// The best few of a stream of neighbours, in a heap whose root is the one to beat.
struct BestNeighbors {
    private let most: Int
    private var heap: [Neighbor] = []

    init(count: Int) {
        most = count
        heap.reserveCapacity(count)
    }

    var count: Int { heap.count }

    /// A score below this cannot enter any more.
    var threshold: Float {
        if most == 0 { return .infinity }
        return heap.count < most ? -.infinity : heap[0].score
    }

    /// True when a neighbour with this score and index would enter.
    func admits(_ candidate: Neighbor) -> Bool {
        most > 0 && !candidate.score.isNaN
            && (heap.count < most || isWorse(heap[0], candidate))
    }

    mutating func insert(_ candidate: Neighbor) {
        if heap.count < most {
            heap.append(candidate)
            var child = heap.count - 1
            while child > 0, isWorse(heap[child], heap[(child - 1) / 2]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
            return
        }
        heap[0] = candidate
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isWorse(heap[child], heap[worst]) { worst = child }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }

    /// Best first; equal scores by index.
    func sorted() -> [Neighbor] { heap.sorted { isWorse($1, $0) } }

    private func isWorse(_ a: Neighbor, _ b: Neighbor) -> Bool {
        a.score < b.score || (a.score == b.score && a.index > b.index)
    }
}
