import ArgumentParser
import Foundation
import Library
import ListeningHistory

extension HistoryFormat: ExpressibleByArgument {}

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add listening history.",
        discussion: "The format is detected by content. Importing a file again changes nothing.")

    @Argument(help: "Listening history files, plain or gzip.", completion: .file())
    var files: [String]

    @Option(help: "Read as this format instead of detecting it.")
    var format: HistoryFormat?

    @Option(help: "Whose history it is, for exports that don't say.")
    var listener: String?

    @OptionGroup var options: LibraryOptions

    func run() throws {
        let reports = try options.write("import", create: true) { catalogue, context in
            try files.map {
                try ImportStage(catalogue, context: context).run(
                    file: URL(fileURLWithPath: $0), format: format, listener: listener)
            }
        }
        func text() -> String {
            reports.map { report in
                var lines = [
                    "\(report.file) (\(report.format)): \(report.rows) rows by \(report.listeners) listeners; "
                        + "\(report.imported) imported, \(report.duplicates) known already",
                    "  songs in this library: \(report.matched) rows; not (yet) here: \(report.unmatched) rows",
                ]
                if report.filtered > 0 {
                    lines.append("  left out (skips, podcasts …): \(report.filtered)")
                }
                if report.rejectedCount > 0 {
                    lines.append("  broken rows: \(report.rejectedCount)")
                    lines += report.rejected.prefix(10).map { "    line \($0.line): \($0.reason)" }
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
