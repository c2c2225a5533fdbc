import ArgumentParser
import CollaborativeFiltering
import Foundation
import Library
import ListeningHistory
import Matrices

struct LabQuality: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "What a list's limits cost of the plain ranking's quality, on held-out plays.",
        discussion: """
            A fifth of each listener's songs is held out; lists of 20 are judged by it: nDCG and what of it is lost, artists' repetition,
            concentration on popular songs. Prints a Markdown table.
            """)

    @OptionGroup var heldOut: HeldOutOptions
    @Option(
        help:
            "song<TAB>artist; without it, and for songs not in it, every song has an artist of its own.",
        completion: .file())
    var artists: String?
    @Flag(help: "Show, and count, only songs that --artists lists.") var listedOnly = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard artists != nil || !listedOnly else {
            throw ValidationError("--listed-only needs --artists FILE.")
        }
    }

    func run() throws {
        let data = try heldOut.plays()
        let known = try artists.map(Self.readArtists) ?? [:]
        let report = try ListQuality(
            data.matrix, artists: data.songs.map { known[$0] ?? "" }, isListedOnly: listedOnly,
            factorization: heldOut.factorization, seed: heldOut.seed
        ).run()
        try output.print(report) { text(report) }
    }

    private static func readArtists(_ path: String) throws -> [String: String] {
        var artists: [String: String] = [:]
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw FileFailure(path: path, reason: "it cannot be read as UTF-8 text")
        }
        for (number, line) in text.split(separator: "\n").enumerated() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 2 else {
                throw FileFailure(
                    path: path, reason: "line \(number + 1) is not song<TAB>artist")
            }
            artists[String(fields[0])] = String(fields[1])
        }
        return artists
    }

    private func text(_ report: ListQuality.Report) -> String {
        let lines = report.rows.map { row in
            String(
                format: "| \(row.setting) | %.4f | %@ | %.4f | %.2f | %.2f | %.3f | %.3f |",
                row.ndcg20,
                row == report.rows.first
                    ? "" : String(format: "%.1f ± %.1f %%", 100 * row.loss, 100 * row.lossMargin),
                row.recall20, row.artistRepetition, row.headShare, row.gini, row.coverage)
        }
        return
            ([
                "\(report.listeners) listeners, \(report.songs) songs, \(report.artists) artists known; \(seconds(report.seconds))",
                "",
                "| list of 20 | nDCG@20 | lost | recall@20 | artist repeated | from the head | Gini | coverage |",
                "|---|---|---|---|---|---|---|---|",
            ] + lines).joined(separator: "\n")
    }
}
