import ArgumentParser
import Foundation
import Library

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is in the library, and what is fresh or stale.")

    @OptionGroup var options: LibraryOptions

    func run() throws {
        let context = StageContext(threads: options.threads)
        let report = try Pipeline(options.open(), context: context).status()
        try options.output.print(report) {
            var lines = [
                "library    \(report.library)  (\(megabytes(report.bytes)))",
                "songs      \(report.tracks) by \(report.artists) artists; \(report.cold) without a play"
                    + (report.missing > 0 ? "; \(report.missing) missing" : ""),
                "sound      \(megabytes(report.spectrogramBytes)) of spectrograms"
                    + (report.tracks > 0
                        ? ", \(report.spectrogramBytes / Int64(max(1, report.tracks)) / 1000) kB a song"
                        : ""),
                "listeners  \(report.listeners), \(report.plays) plays of \(report.playedSongs) songs, "
                    + "\(report.matchedSongs) of them here",
            ]
            if report.failures > 0 {
                lines.append("failed     \(report.failures) files (coldwave scan lists them)")
            }
            lines += report.stages.map {
                "\($0.name.padded(9))  \($0.state.rawValue.padded(8)) \(Terminal.dim($0.run ?? ""))"
            }
            if !report.next.isEmpty { lines.append("next       \(report.next)") }
            return lines.joined(separator: "\n")
        }
    }
}

func megabytes(_ bytes: Int64) -> String {
    bytes < 10_000_000 ? String(format: "%.1f MB", Double(bytes) / 1e6) : "\(bytes / 1_000_000) MB"
}
