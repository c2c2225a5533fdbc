import ArgumentParser
import Foundation
import Library
import ListeningHistory

extension HistoryFormat: ExpressibleByArgument {}

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add listening history.",
        discussion:
            "The format is detected by content, also inside .gz, .zst, .xz, .bz2, .zip and .tar, packed or not. "
            + "Importing a file again changes nothing.")

    @Argument(help: "Listening history files, playlists, or archives of them.", completion: .file())
    var files: [String]

    @Option(help: "Read as this format instead of detecting it.")
    var format: HistoryFormat?

    @Option(help: "Whose history it is, for exports that don't say.")
    var listener: String?

    @Option(
        help: ArgumentHelp(
            "Which columns of a table mean what, by name or number: listener=user,artist=2,title=3,time=4.",
            discussion: "Meanings: "
                + TableColumn.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var columns: String?

    @Option(
        help:
            "unique_tracks.txt, which names the songs of Echo Nest triplets (default: beside them)."
    )
    var tracks: String?

    @Option(
        help: "sid_mismatches.txt, songs of Echo Nest triplets to leave out (default: beside them)."
    )
    var mismatches: String?

    @Option(
        help: "sid_matches_manually_accepted.txt, those to keep after all (default: beside them).")
    var accepted: String?

    @Option(
        help: "artists.dat, which names the artists of HetRec's user_artists.dat (default: beside)."
    )
    var artists: String?

    @OptionGroup var options: LibraryOptions

    func run() throws {
        func url(_ path: String?) -> URL? { path.map { URL(fileURLWithPath: $0) } }
        let history = HistoryOptions(
            format: format, listener: listener, columns: try columns.map(HistoryOptions.columns),
            uniqueTracks: url(tracks), mismatches: url(mismatches), acceptedMatches: url(accepted),
            artists: url(artists))
        let reports = try options.write("import", create: true) { catalogue, context in
            try files.map {
                try ImportStage(catalogue, context: context).run(
                    file: URL(fileURLWithPath: $0), options: history)
            }
        }
        func text() -> String {
            reports.map { report in
                var lines = [
                    "\(report.file) (\(report.format)): \(report.rows) rows by \(report.listeners) listeners; "
                        + "\(report.imported) imported, \(report.duplicates) known already",
                    "  songs in this library: \(report.matched) rows; not (yet) here: \(report.unmatched) rows",
                ]
                if report.filtered > report.skips {
                    lines.append(
                        "  left out (podcasts, cut short …): \(report.filtered - report.skips)")
                }
                if report.skips > 0 { lines.append("  skips: \(report.skips)") }
                if report.feedback > 0 { lines.append("  love and hate: \(report.feedback)") }
                if report.playlists > 0 { lines.append("  playlists: \(report.playlists)") }
                if !report.members.isEmpty {
                    lines.append("  files inside: \(report.members.count)")
                    lines += report.members.prefix(10).map {
                        "    \($0.name) (\($0.format)): \($0.rows) rows"
                    }
                }
                if report.skippedCount > 0 {
                    lines.append(
                        "  no listening files inside: "
                            + report.skipped.prefix(10).joined(separator: ", ")
                            + (report.skippedCount > 10
                                ? " and \(report.skippedCount - 10) more" : ""))
                }
                if report.rejectedCount > 0 {
                    lines.append("  broken rows: \(report.rejectedCount)")
                    lines += report.rejected.prefix(10).map {
                        "    " + ($0.member.map { "\($0), " } ?? "")
                            + "line \($0.line): \($0.reason)"
                    }
                    if report.rejectedCount > 10 {
                        lines.append("    … (--json lists the first 100)")
                    }
                }
                return lines.joined(separator: "\n")
            }.joined(separator: "\n")
        }
        if reports.count == 1 {
            try options.output.print(reports[0], text: text)
        } else {
            try options.output.print(reports, text: text)
        }
    }
}
