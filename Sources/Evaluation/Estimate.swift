import Matrices

/// A mean with its 95 % interval.
public struct Estimate: Codable, Equatable, Sendable {
    public let mean: Double
    public let low: Double
    public let high: Double

    /// By bootstrap: listeners are drawn again with replacement, and the interval holds the middle 95 % of the means.
    /// - Parameters:
    ///   - values: one a ranking; all three numbers are 0 when there is none.
    ///   - clusters: the listener of each ranking. A listener judged in several folds is drawn with all of their rankings, since
    ///     these resemble each other and would make the interval too narrow if drawn apart. Nil: every ranking is a listener.
    ///   - resamples: default 1000.
    /// - Complexity: O(listeners · resamples).
    public init(_ values: [Double], clusters: [Int]? = nil, resamples: Int = 1000, seed: UInt64 = 0)
    {
        precondition(
            clusters.map { $0.count == values.count } ?? true, "Estimate: one cluster a value")
        guard !values.isEmpty else {
            (mean, low, high) = (0, 0, 0)
            return
        }
        let average = values.reduce(0, +) / Double(values.count)
        mean = average
        // Sum and number of each listener's rankings, in order of appearance.
        var place: [Int: Int] = [:]
        var sums: [(sum: Double, count: Double)] = []
        for (i, value) in values.enumerated() {
            let cluster = clusters?[i] ?? i
            if let known = place[cluster] {
                sums[known].sum += value
                sums[known].count += 1
            } else {
                place[cluster] = sums.count
                sums.append((value, 1))
            }
        }
        guard resamples > 0 else {
            (low, high) = (average, average)
            return
        }
        var generator = SeededGenerator(seed: seed, stream: 0xB007)
        var means: [Double] = []
        for _ in 0..<resamples {
            var (sum, count) = (0.0, 0.0)
            for _ in sums.indices {
                // The high half of a 64-bit product: an unbiased enough index without a division.
                let drawn = sums[
                    Int(generator.next().multipliedFullWidth(by: UInt64(sums.count)).high)]
                sum += drawn.sum
                count += drawn.count
            }
            means.append(sum / count)
        }
        means.sort()
        low = means[Int(Double(resamples) * 0.025)]
        high = means[min(resamples - 1, Int(Double(resamples) * 0.975))]
    }
}
