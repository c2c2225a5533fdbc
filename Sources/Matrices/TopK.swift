/// The indices of the `k` largest scores, best first; equal scores keep the lower index first, NaN is never chosen.
/// - Complexity: O(n log k).
public func topIndices(_ scores: some Collection<Float>, _ k: Int) -> [Int] {
    guard k > 0 else { return [] }
    // A min-heap of the best so far: its root is the one to beat.
    var heap: [(score: Float, index: Int)] = []
    heap.reserveCapacity(k)
    func isWorse(_ a: (score: Float, index: Int), _ b: (score: Float, index: Int)) -> Bool {
        a.score < b.score || (a.score == b.score && a.index > b.index)
    }
    func siftDown(_ start: Int) {
        var parent = start
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isWorse(heap[child], heap[worst]) { worst = child }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
    for (index, score) in scores.enumerated() where !score.isNaN {
        if heap.count < k {
            heap.append((score, index))
            var child = heap.count - 1
            while child > 0, isWorse(heap[child], heap[(child - 1) / 2]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if isWorse(heap[0], (score, index)) {
            heap[0] = (score, index)
            siftDown(0)
        }
    }
    return heap.sorted { isWorse($1, $0) }.map(\.index)
}
