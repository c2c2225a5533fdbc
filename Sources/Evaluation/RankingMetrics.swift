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
    /// The same over the first 20.
    public var ndcg20: Double
    /// Share of the relevant ones in the first 50.
    public var recall: Double
    /// Share of the relevant ones in the first 20.
    public var recall20: Double

    public static let precisionCut = 500
    public static let ndcgCut = 10
    public static let recallCut = 50
    public static let shortCut = 20

    /// The candidates from best to worst.
    /// - Parameters:
    ///   - scores: one a candidate; NaN ranks last.
    ///   - tieSeed: equal scores are put in a random order, so that no model gains from the order of the candidates.
    public static func order(scores: [Float], tieSeed: UInt64 = 0) -> [Int] {
        let keys = scores.enumerated().map { RankKey($1, $0, tieSeed) }
        return keys.indices.sorted { keys[$0].isBetter(than: keys[$1]) }
    }

    /// - Parameters:
    ///   - scores: one a candidate; NaN ranks last.
    ///   - relevant: which candidates the listener really plays; at least one and not all.
    ///   - tieSeed: see ``order(scores:tieSeed:)``.
    public init(scores: [Float], relevant: [Bool], tieSeed: UInt64 = 0) {
        precondition(scores.count == relevant.count, "RankingMetrics: one score a candidate")
        self.init(
            RelevantRanks(
                scores: scores, relevant: relevant.indices.filter { relevant[$0] },
                tieSeed: tieSeed))
    }

    /// From the ranks of the relevant candidates, which is all that the metrics need.
    init(_ relevant: RelevantRanks) {
        let ranks = relevant.ranks
        let positives = ranks.count
        var precision = 0.0
        for (hits, rank) in ranks.enumerated() where rank < Self.precisionCut {
            precision += Double(hits + 1) / Double(rank + 1)
        }
        averagePrecision = positives > 0 ? precision / Double(min(positives, Self.precisionCut)) : 0
        func ndcg(_ cut: Int) -> Double {
            let gain = ranks.prefix { $0 < cut }.reduce(0) { $0 + 1 / log2(Double($1 + 2)) }
            let ideal = (0..<min(positives, cut)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
            return ideal > 0 ? gain / ideal : 0
        }
        func recall(_ cut: Int) -> Double {
            positives > 0 ? Double(ranks.prefix { $0 < cut }.count) / Double(positives) : 0
        }
        self.ndcg = ndcg(Self.ndcgCut)
        ndcg20 = ndcg(Self.shortCut)
        self.recall = recall(Self.recallCut)
        recall20 = recall(Self.shortCut)
        auc = relevant.auc
    }
}
