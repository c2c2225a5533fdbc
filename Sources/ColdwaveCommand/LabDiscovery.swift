import ArgumentParser
import CollaborativeFiltering
import Foundation
import Library
import ListeningHistory
import Matrices

struct LabDiscovery: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discovery",
        abstract: "What --discovery, --seed and groups cost and give, on held-out plays.",
        discussion:
            "A fifth of each listener's songs is held out; lists of 20 are judged by it. Prints Markdown tables."
    )

    @OptionGroup var heldOut: HeldOutOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let data = try heldOut.plays()
        let report = try DiscoveryCurve(
            data.matrix, factorization: heldOut.factorization, seed: heldOut.seed
        ).run()
        try output.print(report) { text(report) }
    }

    private func text(_ report: DiscoveryCurve.Report) -> String {
        var lines = [
            "\(report.listeners) listeners, \(report.songs) songs; \(seconds(report.seconds))", "",
            "| setting | nDCG@20 | recall@20 | novelty, bits | coverage | Gini | same as next seed |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += report.rows.map { row in
            String(
                format: "| \(row.setting) | %.4f | %.4f | %.2f | %.3f | %.3f | ", row.ndcg20,
                row.recall20, row.novelty, row.coverage, row.gini)
                + (row.sameAsNextSeed.map { String(format: "%.2f |", $0) } ?? "|")
        }
        lines += [
            "",
            "| members | aggregation | nDCG@20, mean | worst-served | finds nothing | least pleased |",
            "|---|---|---|---|---|---|",
        ]
        lines += report.groups.map { row in
            String(
                format:
                    "| \(row.members) | \(row.aggregation.rawValue) | %.4f | %.4f | %.3f | %.3f |",
                row.ndcg20, row.worst, row.leftOut, row.leastPleased)
        }
        return lines.joined(separator: "\n")
    }
}
