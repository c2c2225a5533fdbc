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

    /// The candidates from best to worst.
    /// - Parameters:
    ///   - scores: one a candidate; NaN ranks last.
    ///   - tieSeed: equal scores are put in a random order, so that no model gains from the order of the candidates.
    public static func order(scores: [Float], tieSeed: UInt64 = 0) -> [Int] {
        var generator = SeededGenerator(seed: tieSeed, stream: 0x71E5)
        let keys = scores.map { (score: $0.isNaN ? -Float.infinity : $0, tie: generator.next()) }
        return keys.indices.sorted {
            keys[$0].score != keys[$1].score
                ? keys[$0].score > keys[$1].score : keys[$0].tie < keys[$1].tie
        }
    }

    /// - Parameters:
    ///   - scores: one a candidate; NaN ranks last.
    ///   - relevant: which candidates the listener really plays; at least one and not all.
    ///   - tieSeed: see ``order(scores:tieSeed:)``.
    public init(scores: [Float], relevant: [Bool], tieSeed: UInt64 = 0) {
        self.init(
            scores: scores, relevant: relevant, order: Self.order(scores: scores, tieSeed: tieSeed))
    }

    /// For an order that is known already.
    init(scores: [Float], relevant: [Bool], order: [Int]) {
        precondition(scores.count == relevant.count, "RankingMetrics: one score a candidate")
        let clean = scores.map { $0.isNaN ? -Float.infinity : $0 }
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
        return (sum - Double(positives) * Double(positives + 1) / 2)
            / (Double(positives) * Double(negatives))
    }
}
