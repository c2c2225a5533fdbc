import Evaluation
import Foundation
import Matrices
import Testing

struct GoldenRanking: Decodable {
    let scores: [Float]
    let relevant: [Bool]
    let tied: Bool
    let auc: Double
    let averagePrecision: Double
    let ndcg10: Double
}

func golden<T: Decodable>(_ name: String, as _: T.Type) throws -> T {
    let url = try #require(
        Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(T.self, from: Data(contentsOf: url))
}

@Suite struct RankingMetricsTests {
    @Test func agreesWithScikitLearn() throws {
        for item in try golden("ranking", as: [GoldenRanking].self) {
            let metrics = RankingMetrics(scores: item.scores, relevant: item.relevant)
            #expect(abs(metrics.auc - item.auc) < 1e-12)
            guard !item.tied else { continue }
            #expect(abs(metrics.averagePrecision - item.averagePrecision) < 1e-12)
            #expect(abs(metrics.ndcg - item.ndcg10) < 1e-12)
        }
    }

    /// Each definition as it is written down, over sizes on both sides of all cuts.
    @Test(arguments: [3, 60, 499, 501, 1500])
    func agreesWithTheDefinitions(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let scores = (0..<size).map { Float($0) }.shuffled(using: &generator)
        var relevant = (0..<size).map { _ in generator.uniform() < 0.6 }
        relevant[0] = true
        relevant[1] = false
        let metrics = RankingMetrics(scores: scores, relevant: relevant)
        let ranked = scores.indices.sorted { scores[$0] > scores[$1] }.map { relevant[$0] }
        let total = relevant.count { $0 }

        var precision = 0.0
        for k in 1...min(500, size) where ranked[k - 1] {
            precision += Double(ranked.prefix(k).count { $0 }) / Double(k)
        }
        #expect(abs(metrics.averagePrecision - precision / Double(min(total, 500))) < 1e-12)

        var pairs = 0.0
        for (i, isRelevant) in relevant.enumerated() where isRelevant {
            for (j, other) in relevant.enumerated() where !other {
                pairs += scores[i] > scores[j] ? 1 : 0
            }
        }
        #expect(abs(metrics.auc - pairs / Double(total * (size - total))) < 1e-12)
        #expect(metrics.recall == Double(ranked.prefix(50).count { $0 }) / Double(total))
    }

    @Test func perfectAndWorstOrders() {
        let best = RankingMetrics(scores: [4, 3, 2, 1], relevant: [true, true, false, false])
        #expect(best.averagePrecision == 1 && best.auc == 1 && best.ndcg == 1 && best.recall == 1)
        let worst = RankingMetrics(scores: [1, 2, 3, 4], relevant: [true, true, false, false])
        #expect(worst.auc == 0)
        #expect(abs(worst.averagePrecision - (1.0 / 3 + 2.0 / 4) / 2) < 1e-12)
    }

    /// A constant model must not profit from relevant songs standing first in the list of candidates.
    @Test func tiesGiveNoAdvantage() {
        let relevant = (0..<200).map { $0 < 20 }
        let runs = (0..<400 as Range<UInt64>).map {
            RankingMetrics(
                scores: [Float](repeating: 7, count: 200), relevant: relevant, tieSeed: $0)
        }
        #expect(runs.allSatisfy { $0.auc == 0.5 })
        let recall = runs.reduce(0) { $0 + $1.recall } / 400
        #expect(abs(recall - 0.25) < 0.02)
        let precision = runs.reduce(0) { $0 + $1.averagePrecision } / 400
        #expect(abs(precision - 0.12) < 0.02)
    }

    @Test func noNumberRanksLast() {
        #expect(RankingMetrics.order(scores: [.nan, 1, -.infinity, 2]).prefix(2) == [3, 1])
        #expect(RankingMetrics(scores: [.nan, 0], relevant: [true, false]).auc == 0)
        let nothing = RankingMetrics(scores: [.nan, .nan], relevant: [true, false])
        #expect(nothing.auc == 0.5)
    }

    @Test func degenerateInput() {
        let none = RankingMetrics(scores: [1, 2], relevant: [false, false])
        #expect(none.averagePrecision == 0 && none.auc == 0.5 && none.ndcg == 0 && none.recall == 0)
        #expect(RankingMetrics(scores: [], relevant: []).auc == 0.5)
    }
}

@Suite struct EstimateTests {
    /// The interval of a mean of normal values is ±1.96 σ/√n.
    @Test func intervalIsAsWideAsTheoryHasIt() {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<2000).map { _ in 3 + generator.normal() }
        let estimate = Estimate(values, seed: 9)
        let half = 1.96 / 2000.0.squareRoot()
        #expect(abs(estimate.mean - 3) < 0.1)
        #expect(abs((estimate.high - estimate.low) / 2 / half - 1) < 0.15)
        #expect(estimate.low < estimate.mean && estimate.mean < estimate.high)
        #expect(estimate == Estimate(values, seed: 9))
        #expect(estimate != Estimate(values, seed: 10))
    }

    /// The same value five times a listener is no more evidence than once.
    @Test func aListenersRankingsAreDrawnTogether() {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<300).map { _ in generator.normal() }
        let once = Estimate(values)
        let five = Estimate(
            (0..<5).flatMap { _ in values }, clusters: (0..<5).flatMap { _ in Array(0..<300) })
        #expect(abs(five.low - once.low) < 1e-9 && abs(five.high - once.high) < 1e-9)
        let apart = Estimate((0..<5).flatMap { _ in values })
        #expect(apart.high - apart.low < 0.6 * (once.high - once.low))
    }

    @Test func fewValues() {
        let none = Estimate([])
        #expect(none.mean == 0 && none.low == 0 && none.high == 0)
        let one = Estimate([0.25])
        #expect(one.mean == 0.25 && one.low == 0.25 && one.high == 0.25)
    }
}
