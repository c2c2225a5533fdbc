/// The best few of a stream of neighbours, in a heap whose root is the one to beat.
struct BestNeighbors {
    private let count: Int
    private var heap: [Neighbor] = []

    init(count: Int) {
        self.count = count
        heap.reserveCapacity(count)
    }

    /// A score below this cannot enter any more.
    var threshold: Float {
        if count == 0 { return .infinity }
        return heap.count < count ? -.infinity : heap[0].score
    }

    /// True when a neighbour with this score and index would enter.
    func admits(_ candidate: Neighbor) -> Bool {
        count > 0 && !candidate.score.isNaN
            && (heap.count < count || isWorse(heap[0], candidate))
    }

    mutating func insert(_ candidate: Neighbor) {
        if heap.count < count {
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
