import Foundation

/// A model's row in the table.
public struct ModelRow: Codable, Equatable, Sendable {
    public let model: String
    public let map500: Double
    public let auc: Double
    public let ndcg10: Double
    public let recall50: Double
    public let ndcg20: Double
    public let recall20: Double
    /// Share of the candidates that stand in somebody's first ten.
    public let coverage: Double
    /// Mean of −log2 of the share of listeners who play a song, over everybody's first ten.
    public let novelty: Double
    /// Gini coefficient of how often each candidate stands in somebody's first ten: how much the same few are shown.
    public let gini: Double
    /// Share of everybody's first ten outside the most played songs that make 80 % of the plays.
    public let longTail: Double
    /// `[low, high]` of the 95 % interval over listeners, by metric.
    public let ci95: [String: [Double]]

    /// Pools a model's listeners over the folds.
    public init(model: String, folds: [FoldResult], seed: UInt64 = 0) {
        self.model = model
        let results = folds.compactMap { $0.models[model] }
        let metrics = results.flatMap(\.metrics)
        let listeners = folds.flatMap { $0.models[model] == nil ? [] : $0.rankedListeners }
        var intervals: [String: [Double]] = [:]
        func estimate(_ name: String, _ value: (RankingMetrics) -> Double) -> Double {
            let estimate = Estimate(metrics.map(value), clusters: listeners, seed: seed)
            intervals[name] = [estimate.low, estimate.high]
            return estimate.mean
        }
        map500 = estimate("map500", \.averagePrecision)
        auc = estimate("auc", \.auc)
        ndcg10 = estimate("ndcg10", \.ndcg)
        recall50 = estimate("recall50", \.recall)
        ndcg20 = estimate("ndcg20", \.ndcg20)
        recall20 = estimate("recall20", \.recall20)
        func mean(_ value: (ModelResult) -> Double) -> Double {
            results.reduce(0) { $0 + value($1) } / Double(max(1, results.count))
        }
        coverage = mean(\.coverage)
        novelty = mean(\.novelty)
        gini = mean(\.gini)
        longTail = mean(\.longTail)
        ci95 = intervals
    }
}

/// The paper's table on a library's own data; encodes to the contract of `evaluate --json`.
public struct EvaluationReport: Codable, Equatable, Sendable {
    public let `protocol`: String
    /// How songs were held out, in words.
    public let split: String
    public let folds: Int
    /// Held-out songs over all folds.
    public let songs: Int
    /// Rankings judged: a listener counts once in every fold they have a held-out song in.
    public let rankings: Int
    public let rows: [ModelRow]
    public let seconds: Double

    public init(
        protocol name: String, split: String = "", folds: [FoldResult], models: [String],
        seconds: Double, seed: UInt64 = 0
    ) {
        `protocol` = name
        self.split = split
        self.folds = folds.count
        songs = folds.reduce(0) { $0 + $1.songs }
        rankings = folds.reduce(0) { $0 + $1.listeners }
        rows = models.map { ModelRow(model: $0, folds: folds, seed: seed) }
        self.seconds = seconds
    }

    /// The table as text, columns aligned, and how far each model is on the way from random to the upper bound.
    public func table(random: String = "random", bound: String = "upper bound") -> String {
        func cell(_ mean: Double, _ range: [Double]?) -> String {
            let interval = range.map { String(format: "[%.4f, %.4f]", $0[0], $0[1]) } ?? ""
            return String(format: "%.4f ", mean) + interval
        }
        var lines = [
            [
                "model", "mAP@500", "AUC", "nDCG@10", "recall@50", "nDCG@20", "recall@20",
                "coverage",
                "novelty", "Gini", "tail",
            ]
        ]
        for row in rows {
            lines.append([
                row.model, cell(row.map500, row.ci95["map500"]), cell(row.auc, row.ci95["auc"]),
                cell(row.ndcg10, row.ci95["ndcg10"]), cell(row.recall50, row.ci95["recall50"]),
                String(format: "%.4f", row.ndcg20), String(format: "%.4f", row.recall20),
                String(format: "%.2f", row.coverage), String(format: "%.2f", row.novelty),
                String(format: "%.3f", row.gini), String(format: "%.2f", row.longTail),
            ])
        }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = lines.map { line in
            zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  "
            )
            .trimmingCharacters(in: .whitespaces)
        }
        if let floor = rows.first(where: { $0.model == random }),
            let top = rows.first(where: { $0.model == bound })
        {
            text.append("")
            for row in rows where row != floor && row != top {
                /// Percent of the way; nil where the bound is no better than chance.
                func share(_ metric: KeyPath<ModelRow, Double>) -> String? {
                    let way = top[keyPath: metric] - floor[keyPath: metric]
                    guard way > 1e-9 else { return nil }
                    let percent = 100 * (row[keyPath: metric] - floor[keyPath: metric]) / way
                    return "\(Int(percent.rounded())) %"
                }
                guard let map = share(\.map500), let auc = share(\.auc) else { continue }
                text.append(
                    "\(row.model): \(map) of the way from \(random) to the \(bound) in mAP, \(auc) in AUC"
                )
            }
        }
        return text.joined(separator: "\n")
    }
}
