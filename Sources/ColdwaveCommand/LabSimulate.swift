import ArgumentParser
import Foundation
import Matrices
import Synthesis

struct LabSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Write listener, song, count rows drawn like those of a large service.",
        discussion: """
            For measuring speed and memory: popularity by Zipf and Mandelbrot, log-normal activity, no taste. The sizes are
            those of the Taste Profile unless others are given.
            """)

    @Argument(help: "OUT.tsv: listener<TAB>song<TAB>count.") var out: String
    @Option var listeners = SimulatedListening().listeners
    @Option var songs = SimulatedListening().songs
    @Option(help: "Rows, about.") var pairs = SimulatedListening().pairs
    @Option var seed: UInt64 = 0
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        let listeners: Int
        let songs: Int
        let pairs: Int
        let bytes: Int
    }

    func validate() throws {
        guard listeners >= 1, songs >= 1, pairs >= 1, threads >= 1 else {
            throw ValidationError(
                "--listeners, --songs, --pairs and --threads must be at least 1.")
        }
    }

    func run() throws {
        var simulated = SimulatedListening()
        simulated.listeners = listeners
        simulated.songs = songs
        simulated.pairs = pairs
        simulated.seed = seed
        let drawn = simulated
        guard FileManager.default.createFile(atPath: out, contents: nil),
            let file = FileHandle(forWritingAtPath: out)
        else { throw FileFailure(path: out, reason: "cannot be written.") }
        defer { try? file.close() }
        var (rows, bytes) = (0, 0)
        let part = 2048
        // A few parts at a time, so that memory stays small.
        for start in stride(from: 0, to: listeners, by: part * 16) {
            let parts = (min(listeners - start, part * 16) + part - 1) / part
            let texts = Parallel.map(parts, threads: threads) { i -> (rows: Int, text: Data) in
                let first = start + i * part
                var text = Data()
                var rows = 0
                for listener in first..<min(listeners, first + part) {
                    let plays = drawn.plays(of: listener)
                    rows += plays.count
                    for (song, count) in plays {
                        text.append(contentsOf: "u\(listener)\ts\(song)\t\(count)\n".utf8)
                    }
                }
                return (rows, text)
            }
            for (count, text) in texts {
                try file.write(contentsOf: text)
                rows += count
                bytes += text.count
            }
        }
        let report = Report(listeners: listeners, songs: songs, pairs: rows, bytes: bytes)
        try output.print(report) { "\(rows) rows of \(listeners) listeners → \(out)" }
    }
}
