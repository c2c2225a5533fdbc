import ArgumentParser
import AudioFeatures
import AudioNetwork
import CollaborativeFiltering
import Foundation
import ListeningHistory
import Matrices

/// The pieces on plain arrays, for engineers, tests and benchmarks.
struct Lab: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The pieces on plain arrays.",
        subcommands: [LabMel.self, LabFactorize.self, LabTrain.self, LabPredict.self])
}

extension MelConfiguration.Scale: ExpressibleByArgument {}
extension MelConfiguration.Norm: ExpressibleByArgument {}
extension FactorizationConfiguration.Confidence: ExpressibleByArgument {}
extension LogCompression: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}

struct LabMel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mel",
        abstract: "The mel-spectrogram of a file or of samples, float32 [frames, bands].",
        discussion:
            "Equal to librosa.feature.melspectrogram(center=True) on the same samples, transposed.")

    @Argument(help: "IN.audio OUT.npy, or with --samples only OUT.npy.")
    var files: [String]

    @Option(help: "Mono float32 samples (.npy) instead of an audio file.")
    var samples: String?

    @Option(help: "Also write the samples that were heard (.npy).")
    var samplesOut: String?

    @Option(help: "Hz.") var sampleRate = 22050
    @Option(help: "Samples a frame; a power of two.") var fft = 1024
    @Option(help: "Samples between frames.") var hop = 512
    @Option(help: "Mel bands.") var bands = 128
    @Option(help: "2 for power, 1 for magnitude.") var power = 2
    @Option(help: "slaney or htk.") var scale = MelConfiguration.Scale.slaney
    @Option(help: "slaney or none.") var norm = MelConfiguration.Norm.slaney
    @Option(help: "none, log1p:C or db.") var log = LogCompression.none
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard files.count == (samples == nil ? 2 : 1) else {
            throw ValidationError("Give IN.audio OUT.npy, or --samples IN.npy OUT.npy.")
        }
    }

    func run() throws {
        var configuration = MelConfiguration()
        configuration.sampleRate = sampleRate
        configuration.fftSize = fft
        configuration.hopLength = hop
        configuration.melBands = bands
        configuration.power = power
        configuration.scale = scale
        configuration.norm = norm
        let mel = try MelSpectrogram(configuration)
        let started = Date()
        let mono: [Float]
        if let samples {
            mono = try ArrayFile.readVector(URL(fileURLWithPath: samples))
        } else {
            do {
                mono = try AudioDecoder(sampleRate: sampleRate, excerpt: .everything).decode(
                    path: files[0]
                ).samples
            } catch let error as AudioError {
                throw FileFailure(path: files[0], reason: error.description)
            }
        }
        let decoded = Date()
        let result = log.apply(mel.transform(mono, threads: threads))
        let computed = Date()
        if let samplesOut {
            try ArrayFile.write(mono, to: URL(fileURLWithPath: samplesOut))
        }
        try ArrayFile.write(result, to: URL(fileURLWithPath: files[files.count - 1]))
        struct Report: Encodable {
            let frames: Int
            let bands: Int
            let decodeSeconds: Double
            let melSeconds: Double
        }
        let report = Report(
            frames: result.rows, bands: result.columns,
            decodeSeconds: decoded.timeIntervalSince(started),
            melSeconds: computed.timeIntervalSince(decoded))
        try output.print(report) {
            "[\(report.frames), \(report.bands)] → \(files[files.count - 1])"
        }
    }
}

/// An error about one file, told with its path.
struct FileFailure: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path) \(reason)" }
}

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
    @Option(help: "linear: 1 + α·r; log: 1 + α·log(1 + r).") var confidence =
        FactorizationConfiguration.Confidence.linear
    @Option var seed: UInt64 = 0
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        var configuration = FactorizationConfiguration()
        configuration.dimensions = dimensions
        configuration.iterations = iterations
        configuration.regularization = regularization
        configuration.alpha = alpha
        configuration.confidence = confidence
        configuration.seed = seed
        configuration.threads = threads
        let started = Date()
        let data = try Interactions(triplets: URL(fileURLWithPath: triplets))
        let readSeconds = Date().timeIntervalSince(started)
        let result = try ImplicitALS(configuration).fit(data.matrix) { progress in
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
            let readSeconds: Double
            let rejectedCount: Int
        }
        let report = Report(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: data.matrix.count,
            dimensions: dimensions, iterations: result.losses.count, loss: result.losses,
            secondsPerIteration: result.secondsPerIteration, readSeconds: readSeconds,
            rejectedCount: data.rejectedCount)
        let out = URL(fileURLWithPath: folder)
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
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
            "\(report.listeners) × \(report.songs), \(report.interactions) pairs: loss \(report.loss.last ?? 0), "
                + String(
                    format: "%.3f s an iteration, read in %.2f s", report.secondsPerIteration,
                    readSeconds)
        }
    }
}

/// A folder of `NNNNN.npy` float32 `[frames, bands]`.
private func melFolder(_ path: String) throws -> MatrixSource {
    let folder = URL(fileURLWithPath: path)
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
        throw FileFailure(path: path, reason: "cannot be read as a folder of spectrograms")
    }
    let files = names.filter { $0.hasSuffix(".npy") && $0.first?.isNumber == true }.sorted()
    guard !files.isEmpty else { throw FileFailure(path: path, reason: "holds no NNNNN.npy") }
    return try MatrixSource(
        files.map { try ArrayFile.readMatrix(folder.appendingPathComponent($0)) })
}

struct LabTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network on spectrograms and targets.")

    enum Network: String, ExpressibleByArgument, CaseIterable { case dieleman2014 }
    enum Precision: String, ExpressibleByArgument, CaseIterable { case float32 }

    @Argument(help: "Folder of NNNNN.npy, float32 [frames, bands].") var melFolderPath: String
    @Argument(help: "Targets .npy, [songs, dimensions], row-aligned with the folder.") var targets:
        String
    @Argument(help: "OUT.safetensors; losses.csv is written beside it.") var model: String
    @Option var network = Network.dieleman2014
    @Option var batch = TrainingConfiguration().batchSize
    @Option(help: "Random windows of a song in an epoch.") var windowsPerSong =
        TrainingConfiguration().windowsPerSong
    @Option var precision = Precision.float32
    @OptionGroup var training: TrainingOptions
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try melFolder(melFolderPath)
        let matrix = try ArrayFile.readMatrix(URL(fileURLWithPath: targets))
        var configuration = training.configuration(threads: threads)
        configuration.batchSize = batch
        configuration.windowsPerSong = windowsPerSong
        var shape = NetworkConfiguration()
        shape.melBands = source.bands
        let display = ProgressDisplay(isQuiet: output.quiet)
        let context = LibraryProgress.context(display, threads: threads)
        let result = try Trainer(network: shape, training: configuration).train(
            source: source, targets: matrix,
            progress: {
                context.report(
                    .init(
                        stage: "train", done: $0.windowsDone, total: $0.windowsTotal,
                        unit: "windows",
                        detail: String(format: "loss %.4f", $0.trainLoss)))
            }, shouldStop: context.shouldStop)
        display.finish()
        let out = URL(fileURLWithPath: model)
        try result.model.write(to: out)
        try EpochLoss.writeCSV(
            result.losses, to: out.deletingLastPathComponent().appendingPathComponent("losses.csv"))
        struct Report: Encodable {
            struct Loss: Encodable {
                let train: Double?
                let validation: Double?
            }
            let songs: Int
            let windows: Int
            let epochs: Int
            let loss: Loss
            let windowsPerSecond: Double
            let device: String
        }
        let report = Report(
            songs: source.count, windows: result.windows, epochs: result.losses.count,
            loss: .init(
                train: result.losses.last?.train, validation: result.losses.last?.validation),
            windowsPerSecond: result.windowsPerSecond, device: result.device)
        try output.print(report) {
            "\(report.songs) songs, \(report.epochs) epochs, loss \(report.loss.train ?? 0), "
                + "\(Int(report.windowsPerSecond)) windows/s on \(report.device) → \(model)"
        }
    }
}

struct LabPredict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict factors from spectrograms, averaged over windows.")

    @Argument(help: "MODEL.safetensors") var model: String
    @Argument(help: "Folder of NNNNN.npy, float32 [frames, bands].") var melFolderPath: String
    @Argument(help: "OUT.npy, [songs, dimensions].") var out: String
    @Option(help: "Frames between windows' starts (default: half a window).") var step: Int?
    @Option var device = "cpu"
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try melFolder(melFolderPath)
        let predictor = try Predictor(
            try NetworkModel(contentsOf: URL(fileURLWithPath: model)), device: device,
            threads: threads, step: step)
        let started = Date()
        let result = try predictor.predict(source)
        struct Report: Encodable {
            let songs: Int
            let seconds: Double
            let songsPerSecond: Double
        }
        let elapsed = Date().timeIntervalSince(started)
        try ArrayFile.write(result, to: URL(fileURLWithPath: out))
        let report = Report(
            songs: result.rows, seconds: elapsed,
            songsPerSecond: Double(result.rows) / max(elapsed, 1e-9))
        try output.print(report) { "\(report.songs) songs in \(seconds(elapsed)) → \(out)" }
    }
}
