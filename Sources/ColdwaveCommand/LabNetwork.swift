import ArgumentParser
import AudioNetwork
import Foundation
import Library
import Matrices

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

    @Argument(help: "Folder of NNNNN.npy, float32 [frames, bands].") var melFolderPath: String
    @Argument(help: "Targets .npy, [songs, dimensions], row-aligned with the folder.") var targets:
        String
    @Argument(help: "OUT.safetensors; losses.csv and losses.svg are written beside it.") var model:
        String
    @Option var batch = TrainingConfiguration().batchSize
    @Option(help: "Random windows of a song in an epoch.") var windowsPerSong =
        TrainingConfiguration().windowsPerSong
    @OptionGroup var training: TrainingOptions
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try melFolder(melFolderPath)
        let matrix = try ArrayFile.readMatrix(URL(fileURLWithPath: targets))
        var configuration = training.configuration(threads: threads)
        configuration.batchSize = batch
        configuration.windowsPerSong = windowsPerSong
        var shape = configuration.network.shape
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
        let folder = out.deletingLastPathComponent()
        try EpochLoss.writeCSV(result.losses, to: folder.appendingPathComponent("losses.csv"))
        try EpochLoss.writeSVG(
            result.losses, keptEpoch: result.keptEpoch,
            to: folder.appendingPathComponent("losses.svg"))
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
            let precision: String
        }
        let report = Report(
            songs: source.count, windows: result.windows, epochs: result.losses.count,
            loss: .init(
                train: result.losses.last?.train, validation: result.losses.last?.validation),
            windowsPerSecond: result.windowsPerSecond, device: result.device,
            precision: result.precision.rawValue)
        try output.print(report) {
            "\(report.songs) songs, \(report.epochs) epochs, loss \(report.loss.train ?? 0), "
                + "\(Int(report.windowsPerSecond)) windows/s on \(report.device) in \(report.precision) → \(model)"
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
    @Option(
        help:
            "What products are computed in; float32, unless told otherwise, is what other programs can be compared with."
    )
    var precision = PrecisionOption.float32
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try melFolder(melFolderPath)
        let predictor = try Predictor(
            try NetworkModel(contentsOf: URL(fileURLWithPath: model)), device: device,
            precision: precision.value, threads: threads, step: step)
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
