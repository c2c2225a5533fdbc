import ArgumentParser
import Library

struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add audio files or folders to the library.",
        discussion:
            "Only new and changed files are analysed; what fails is listed and never stops the scan."
    )

    @Argument(help: "Files or folders (searched recursively).", completion: .file())
    var paths: [String]

    @OptionGroup var options: LibraryOptions

    func run() throws {
        let report = try options.write("scan", create: true) { catalogue, context in
            try ScanStage(catalogue, context: context).run(paths: paths)
        }
        try options.output.print(report) {
            var lines = report.failed.map { "failed   \($0.path): \($0.reason)" }
            if options.output.verbose {
                lines += report.warnings.map { "warning  \($0.path): \($0.reason)" }
            }
            lines.append(
                "\(report.found) files: \(report.added) added, \(report.updated) updated, \(report.moved) moved, "
                    + "\(report.unchanged) unchanged, \(report.missing) missing, \(report.failed.count) failed"
            )
            if !report.warnings.isEmpty {
                lines.append("\(report.warnings.count) heard in spite of damage (-v lists them)")
            }
            if report.padded > 0 {
                lines.append("\(report.padded) shorter than a window: heard with padding")
            }
            let heard = report.added + report.updated + report.moved
            if heard > 0 {
                lines.append(
                    "analysed \(heard) songs in \(seconds(report.seconds)) "
                        + "(\(rate(heard, report.seconds)) songs/s)")
            }
            return lines.joined(separator: "\n")
        }
    }
}

func seconds(_ value: Double) -> String {
    value < 100 ? "\((value * 10).rounded() / 10) s" : ProgressDisplay.duration(value) + " min"
}

func rate(_ count: Int, _ seconds: Double) -> String {
    let value = Double(count) / max(seconds, 1e-9)
    return value < 100 ? "\((value * 10).rounded() / 10)" : "\(Int(value))"
}
