import ArgumentParser
import CollaborativeFiltering
import Foundation
import ListeningHistory
import Matrices

struct LabSimilar: ParsableCommand {
    enum Side: String, ExpressibleByArgument, CaseIterable { case songs, listeners }

    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "The most similar songs (or listeners) of each, by who plays them.")

    @Argument(help: "listener<TAB>song<TAB>count, plain, .gz or .zst.", completion: .file())
    var triplets: String
    @Argument(
        help: """
            Folder for neighbors.npy (int32 [rows, neighbours], −1 behind the last), scores.npy, listeners.txt, songs.txt.
            """)
    var folder: String
    @Option(help: "What is compared: songs or listeners.") var by = Side.songs
    @Option(help: "linear: counts as they are; log: log(1 + count).")
    var confidence = FactorizationConfiguration.Confidence.log
    @OptionGroup var neighbors: NeighborOptions
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        let listeners: Int
        let songs: Int
        let interactions: Int
        let neighbours: Int
        /// Weighing and comparing, without reading.
        let seconds: Double
    }

    func run() throws {
        let out = try OutputFolder.make(folder)
        var configuration = neighbors.configuration
        configuration.logarithmic = confidence == .log
        let data = try Interactions(triplets: URL(fileURLWithPath: triplets))
        let started = Date()
        let rows = try SimilarRows(
            by == .songs ? data.matrix.transposed() : data.matrix, configuration)
        let table = rows.all(threads: threads)
        let report = Report(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: data.matrix.count, neighbours: table.count,
            seconds: Date().timeIntervalSince(started))
        try ArrayFile.write(
            table.indices, shape: [table.rows, table.count],
            to: out.appendingPathComponent("neighbors.npy"))
        try ArrayFile.write(
            Matrix(rows: table.rows, columns: table.count, storage: table.scores),
            to: out.appendingPathComponent("scores.npy"))
        func lines(_ names: [String]) -> Data { Data((names.joined(separator: "\n") + "\n").utf8) }
        try AtomicFile.write(lines(data.listeners), to: out.appendingPathComponent("listeners.txt"))
        try AtomicFile.write(lines(data.songs), to: out.appendingPathComponent("songs.txt"))
        try output.print(report) {
            "\(table.rows) \(by.rawValue), \(table.count) neighbours each, in \(seconds(report.seconds))"
        }
    }
}
