import Foundation
import Matrices

/// How well one listener's candidates were ranked.
public struct RankingMetrics: Equatable, Sendable {
    /// `Σ_k P@k·rel_k / min(relevant, 500)` over the first 500 (Million Song Dataset Challenge; the paper's mAP).
    public var averagePrecision: Double
    /// The chance that a relevant candidate stands above another; ties count half.
    public var auc: Double
    /// Binary gains, log2 discount, first 10.
    public var ndcg: Double
    /// Share of the relevant ones in the first 50.
    public var recall: Double

    public static let precisionCut = 500
    public static let ndcgCut = 10
    public static let recallCut = 50

    /// - Parameters:
    ///   - scores: one a candidate; NaN ranks last.
    ///   - relevant: which candidates the listener really plays; at least one and not all.
    ///   - tieSeed: equal scores are put in a random order, so that no model gains from the order of the candidates.
    public init(scores: [Float], relevant: [Bool], tieSeed: UInt64 = 0) {
        precondition(scores.count == relevant.count)
        var generator = SeededGenerator(seed: tieSeed, stream: 0x71E5)
        let tieBreakers = scores.map { _ in generator.next() }
        let clean = scores.map { $0.isNaN ? -Float.infinity : $0 }
        let order = clean.indices.sorted {
            clean[$0] != clean[$1] ? clean[$0] > clean[$1] : tieBreakers[$0] < tieBreakers[$1]
        }
        let positives = relevant.count { $0 }
        var (hits, precision, gain) = (0, 0.0, 0.0)
        var found = 0
        for (rank, index) in order.enumerated() where relevant[index] {
            hits += 1
            if rank < Self.precisionCut { precision += Double(hits) / Double(rank + 1) }
            if rank < Self.ndcgCut { gain += 1 / log2(Double(rank + 2)) }
            if rank < Self.recallCut { found += 1 }
        }
        let ideal = (0..<min(positives, Self.ndcgCut)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
        averagePrecision = positives > 0 ? precision / Double(min(positives, Self.precisionCut)) : 0
        ndcg = ideal > 0 ? gain / ideal : 0
        recall = positives > 0 ? Double(found) / Double(positives) : 0
        auc = Self.auc(clean, relevant, order)
    }

    /// By ranks (Mann–Whitney): equal scores share the mean of their ranks.
    private static func auc(_ scores: [Float], _ relevant: [Bool], _ order: [Int]) -> Double {
        let positives = relevant.count { $0 }
        let negatives = relevant.count - positives
        guard positives > 0, negatives > 0 else { return 0.5 }
        var sum = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            // Ranks from the bottom, 1 to n: the group's mean.
            let mean = Double(order.count - end + 1 + order.count - start) / 2
            sum += mean * Double(order[start..<end].count { relevant[$0] })
            start = end
        }
        return (sum - Double(positives) * Double(positives + 1) / 2) / (Double(positives) * Double(negatives))
    }
}

/// A mean with its 95 % interval.
public struct Estimate: Equatable, Sendable {
    public let mean: Double
    public let low: Double
    public let high: Double

    /// By bootstrap: the values are drawn again with replacement `resamples` times, and the interval holds the middle 95 % of
    /// the means. Seeded.
    public init(_ values: [Double], resamples: Int = 1000, seed: UInt64 = 0) {
        guard !values.isEmpty else {
            (mean, low, high) = (0, 0, 0)
            return
        }
        mean = values.reduce(0, +) / Double(values.count)
        var generator = SeededGenerator(seed: seed, stream: 0xB007)
        let means = (0..<resamples).map { _ -> Double in
            var sum = 0.0
            for _ in values.indices {
                // The high half of a 64-bit product: an unbiased enough index without a division.
                sum += values[Int(generator.next().multipliedFullWidth(by: UInt64(values.count)).high)]
            }
            return sum / Double(values.count)
        }.sorted()
        low = means[Int(Double(resamples) * 0.025)]
        high = means[min(resamples - 1, Int(Double(resamples) * 0.975))]
    }
}
