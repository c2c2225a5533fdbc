import ArgumentParser
import AudioFeatures
import Library

struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add audio files or folders to the library.",
        discussion:
            "Only new and changed files are analysed; what fails is listed and never stops the scan."
    )

    @Argument(help: "Files or folders (searched recursively).", completion: .file())
    var paths: [String]

    @Option(
        help:
            "Which part of songs this library hears: seconds from the middle (3…600), or whole. Songs heard otherwise are heard again (default: as before, at first 30)."
    )
    var excerpt: String?

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard excerpt.map({ Excerpt(text: $0) != nil }) ?? true else {
            throw ValidationError("--excerpt takes 3…600 seconds, or whole.")
        }
    }

    func run() throws {
        let report = try options.write("scan", create: true) { catalogue, context in
            try ScanStage(catalogue, context: context).run(
                paths: paths, excerpt: excerpt.flatMap(Excerpt.init(text:)))
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
            if report.reread > 0 {
                lines.append(
                    "\(report.reread) unchanged files' tags read again: an earlier version kept no languages"
                )
            }
            if !report.warnings.isEmpty {
                lines.append("\(report.warnings.count) heard in spite of damage (-v lists them)")
            }
            if report.padded > 0 {
                lines.append("\(report.padded) shorter than a window: heard with padding")
            }
            if report.interludes > 0 {
                lines.append(
                    "\(report.interludes) in the library are intros, skits or silence: not learned from, not recommended"
                )
            }
            if report.duplicates > 0 {
                lines.append(
                    "\(report.duplicates) are recordings that the library has in another file too")
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
