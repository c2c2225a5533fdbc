import Evaluation
import Foundation
import Matrices
import Testing

@Suite struct EvaluationTests {
    struct Case: Decodable {
        let scores: [Float]
        let relevant: [Int]
        let auc: Double
        let averagePrecision: Double
        let ndcg: Double
    }

    @Test func metricsEqualScikitLearn() throws {
        let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        let cases = try JSONDecoder().decode(
            [Case].self, from: Data(contentsOf: folder.appendingPathComponent("metrics.json")))
        #expect(cases.count == 4)
        for item in cases {
            let metrics = RankingMetrics(
                scores: item.scores, relevant: item.relevant.map { $0 == 1 })
            #expect(abs(metrics.auc - item.auc) < 1e-9)
            #expect(abs(metrics.averagePrecision - item.averagePrecision) < 1e-9)
            #expect(abs(metrics.ndcg - item.ndcg) < 1e-9)
        }
    }

    @Test func tiesHelpNobody() {
        let relevant = (0..<100).map { $0 < 20 }
        let same = [Float](repeating: 1, count: 100)
        #expect(RankingMetrics(scores: same, relevant: relevant).auc == 0.5)
        // Averaged over tie-breaking seeds, ranking by nothing finds what chance finds.
        let recall = (0..<400).map {
            RankingMetrics(scores: same, relevant: relevant, tieSeed: $0).recall
        }
        #expect(abs(recall.reduce(0, +) / 400 - 0.5) < 0.02)
    }

    @Test func perfectAndWorstRankings() {
        let relevant = [true, true, false, false, false]
        let best = RankingMetrics(scores: [5, 4, 3, 2, 1], relevant: relevant)
        #expect(best == RankingMetrics(scores: [9, 8, .nan, 2, -.infinity], relevant: relevant))
        #expect(best.averagePrecision == 1 && best.auc == 1 && best.ndcg == 1 && best.recall == 1)
        #expect(RankingMetrics(scores: [1, 2, 3, 4, 5], relevant: relevant).auc == 0)
    }

    @Test func bootstrapIntervalHoldsTheMean() {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<400).map { _ in generator.normal() + 3 }
        let estimate = Estimate(values)
        #expect(estimate.low < estimate.mean && estimate.mean < estimate.high)
        // 1.96 / sqrt(400) on each side.
        #expect(abs((estimate.high - estimate.low) - 0.196) < 0.03)
        #expect(estimate == Estimate(values))
        #expect(Estimate([]).mean == 0)
    }

    @Test func foldsShareNoArtist() {
        let groups = (0..<300).map { $0 * $0 % 37 }
        let eligible = (0..<300).map { $0 % 11 != 0 }
        let folds = ColdStartProtocol(folds: 5, seed: 3).split(groups: groups, eligible: eligible)
        #expect(folds.flatMap { $0 }.sorted() == (0..<300).filter { eligible[$0] })
        for a in 0..<5 {
            for b in 0..<a {
                #expect(
                    Set(folds[a].map { groups[$0] }).isDisjoint(with: folds[b].map { groups[$0] }))
            }
        }
        #expect((folds.map(\.count).max() ?? 0) - (folds.map(\.count).min() ?? 0) < 40)
    }

    @Test func anOracleBeatsChance() {
        // Listener u plays song i when they agree modulo 4; songs 40..<80 are held out.
        let plays = SparseMatrix(
            rows: 60, columns: 80,
            entries: (0..<60).flatMap { u in
                (0..<80).compactMap { i in
                    u % 4 == i % 4 ? (row: u, column: i, value: Float(1)) : nil
                }
            })
        let heldOut = Array(40..<80)
        let result = ColdStartProtocol().evaluate(
            plays: plays, heldOut: heldOut,
            scorers: [
                ("oracle", { u in heldOut.map { $0 % 4 == u % 4 ? 1 : 0 } }),
                (
                    "random",
                    { u in
                        var generator = SeededGenerator(seed: UInt64(u))
                        return heldOut.map { _ in Float(generator.uniform()) }
                    }
                ),
            ])
        #expect(result.listeners == 60)
        let report = EvaluationReport(
            protocol: "cold", folds: [result], models: ["random", "oracle"], seconds: 1)
        #expect(report.rows[1].auc == 1 && report.rows[1].map500 == 1)
        #expect(abs(report.rows[0].auc - 0.5) < 0.05)
        #expect(report.table(bound: "oracle").contains("recall@50"))
    }

    @Test func ridgeRegressionRecoversALine() {
        var generator = SeededGenerator(seed: 2)
        let features = Matrix(
            rows: 200, columns: 3, storage: (0..<600).map { _ in Float(generator.normal()) })
        let targets = Matrix(
            rows: 200, columns: 2,
            storage: (0..<200).flatMap {
                [2 * features[$0, 0] - features[$0, 2] + 1, features[$0, 1]]
            })
        let predicted = RidgeRegression(features: features, targets: targets, penalty: 1e-6)
            .predict(features)
        for (a, b) in zip(predicted.storage, targets.storage) { #expect(abs(a - b) < 1e-3) }
    }
}
