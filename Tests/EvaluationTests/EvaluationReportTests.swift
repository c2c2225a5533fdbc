import Evaluation
import Foundation
import Matrices
import Testing

@Suite struct EvaluationReportTests {
    private func report() -> EvaluationReport {
        var generator = SeededGenerator(seed: 8)
        var entries: [(row: Int, column: Int, value: Float)] = []
        for u in 0..<40 {
            for i in 0..<60 where u % 2 == i % 2 && generator.uniform() < 0.5 {
                entries.append((u, i, 1))
            }
        }
        let plays = SparseMatrix(rows: 40, columns: 60, entries: entries)
        let cold = ColdStartProtocol(folds: 3, seed: 1)
        let folds = cold.split(groups: Array(0..<60), eligible: cold.eligible(plays))
        let results = folds.map { fold in
            cold.evaluate(
                plays: plays, heldOut: fold,
                scorers: [
                    ("random", Baselines.random(candidates: fold.count)),
                    ("half", { u in fold.map { $0 % 2 == u % 2 && $0 % 3 != 0 ? 1 : 0 } }),
                    (
                        "upper bound",
                        { u in fold.map { plays.indices(ofRow: u).contains(Int32($0)) ? 1 : 0 } }
                    ),
                ])
        }
        return EvaluationReport(
            protocol: "cold", folds: results, models: ["random", "half", "upper bound"], seconds: 1,
            seed: 1)
    }

    @Test func encodesTheContract() throws {
        let report = report()
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: data) == report)
        let document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["protocol"] as? String == "cold")
        let rows = try #require(document["rows"] as? [[String: Any]])
        #expect(rows.map { $0["model"] as? String } == ["random", "half", "upper bound"])
        for row in rows {
            #expect(
                Set(row.keys) == [
                    "model", "map500", "auc", "ndcg10", "recall50", "ndcg20", "recall20",
                    "coverage",
                    "novelty", "gini", "longTail", "ci95",
                ])
            let intervals = try #require(row["ci95"] as? [String: [Double]])
            for name in ["map500", "auc", "ndcg10", "recall50"] {
                let mean = try #require(row[name] as? Double)
                let interval = try #require(intervals[name])
                #expect(interval.count == 2 && interval[0] <= mean && mean <= interval[1])
            }
        }
    }

    @Test func modelsStandInTheRightOrder() {
        let rows = report().rows
        #expect(rows[0].map500 < rows[1].map500 && rows[1].map500 < rows[2].map500)
        #expect(rows[2].map500 == 1 && rows[2].auc == 1)
        #expect(report() == report())
    }

    @Test func theTableIsAligned() {
        let lines = report().table().split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        #expect(lines[0].hasPrefix("model        mAP@500"))
        #expect(lines[3].hasPrefix("upper bound  1.0000 [1.0000, 1.0000]  1.0000 [1.0000, 1.0000]"))
        #expect(lines[4].isEmpty)
        #expect(
            lines[5].wholeMatch(
                of: /half: \d+ % of the way from random to the upper bound in mAP, \d+ % in AUC/)
                != nil)
        #expect(lines.count == 6)
    }

    @Test func nothingRankedIsStillATable() throws {
        let empty = EvaluationReport(
            protocol: "cold", folds: [], models: ["random", "upper bound"], seconds: 0)
        #expect(empty.rankings == 0 && empty.rows.allSatisfy { $0.map500 == 0 && $0.novelty == 0 })
        #expect(empty.table().split(separator: "\n").count == 3)
        _ = try JSONEncoder().encode(empty)
    }
}
