import ArgumentParser
import CollaborativeFiltering
import Foundation
import Library
import ListeningHistory
import Matrices

extension FactorizationConfiguration.Confidence: ExpressibleByArgument {}
struct LabFactorize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factorize", abstract: "Factorize listener, song, count rows.")

    @Argument(help: "listener<TAB>song<TAB>count, plain, .gz or .zst.", completion: .file())
    var triplets: String
    @Argument(help: "Folder for listeners.npy, songs.npy, listeners.txt, songs.txt, report.json.")
    var folder: String
    @Option var dimensions = 40
    @Option var iterations = 15
    @Option var regularization: Float = 0.01
    @Option var alpha: Float = 40
    @Option(help: "linear: 1 + α·r; log: 1 + α·log(1 + r/ε).") var confidence =
        FactorizationConfiguration.Confidence.linear
    @Option(help: "ε of the logarithmic confidence.") var epsilon: Float = 1
    @OptionGroup var tuning: TuningOptions
    @Option var seed: UInt64 = 0
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @Option(
        help: """
            Folder with listeners.npy and songs.npy to start from, instead of small seeded numbers; rows as in
            listeners.txt and songs.txt.
            """, completion: .directory)
    var start: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        let out = try OutputFolder.make(folder)
        var configuration = FactorizationConfiguration()
        configuration.dimensions = dimensions
        configuration.iterations = iterations
        configuration.regularization = regularization
        configuration.alpha = alpha
        configuration.confidence = confidence
        configuration.epsilon = epsilon
        configuration.seed = seed
        configuration.threads = threads
        let started = Date()
        let data = try Interactions(
            triplets: URL(fileURLWithPath: triplets), threads: threads)
        let readSeconds = Date().timeIntervalSince(started)
        let initial = try start.map { folder in
            let folder = URL(fileURLWithPath: folder)
            return Factors(
                listeners: try ArrayFile.readMatrix(folder.appendingPathComponent("listeners.npy")),
                songs: try ArrayFile.readMatrix(folder.appendingPathComponent("songs.npy")))
        }
        let display = ProgressDisplay(isQuiet: output.quiet)
        let tuned = try tuning.choice.run(
            data.matrix, configuration,
            context: LibraryProgress.context(display, threads: threads))
        display.finish()
        if let tuned {
            configuration = tuned.configuration
            configuration.threads = threads
        }
        let result = try ImplicitALS(configuration).fit(data.matrix, initial: initial) { progress in
            if output.verbose {
                Terminal.say(
                    "iteration \(progress.iteration)/\(progress.iterations)  loss \(progress.loss)")
            }
            return true
        }
        struct Report: Encodable {
            let listeners: Int
            let songs: Int
            let interactions: Int
            let dimensions: Int
            let iterations: Int
            let loss: [Double]
            let secondsPerIteration: Double
            let processorSecondsPerIteration: Double
            let readSeconds: Double
            let rejectedCount: Int
            let tuning: TasteTuning.Outcome?
        }
        let report = Report(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: data.matrix.count,
            dimensions: configuration.dimensions, iterations: result.losses.count,
            loss: result.losses,
            secondsPerIteration: result.secondsPerIteration,
            processorSecondsPerIteration: result.processorSecondsPerIteration,
            readSeconds: readSeconds,
            rejectedCount: data.rejectedCount, tuning: tuned)
        try ArrayFile.write(
            result.factors.listeners, to: out.appendingPathComponent("listeners.npy"))
        try ArrayFile.write(result.factors.songs, to: out.appendingPathComponent("songs.npy"))
        func lines(_ names: [String]) -> Data { Data((names.joined(separator: "\n") + "\n").utf8) }
        try AtomicFile.write(lines(data.listeners), to: out.appendingPathComponent("listeners.txt"))
        try AtomicFile.write(lines(data.songs), to: out.appendingPathComponent("songs.txt"))
        try AtomicFile.write(
            try JSONEncoder().encode(report), to: out.appendingPathComponent("report.json"))
        for rejection in data.rejected.prefix(10) {
            Terminal.say("line \(rejection.line): \(rejection.reason)")
        }
        try output.print(report) {
            (tuned.map { TuningOptions.text($0) + "\n" } ?? "")
                + "\(report.listeners) × \(report.songs), \(report.interactions) pairs: loss \(report.loss.last ?? 0), "
                + String(
                    format: "%.3f s an iteration, read in %.2f s", report.secondsPerIteration,
                    readSeconds)
        }
    }
}
