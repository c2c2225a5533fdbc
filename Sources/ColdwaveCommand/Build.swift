import ArgumentParser
import AudioNetwork
import CollaborativeFiltering
import Foundation
import Library
import Torch

/// Options of the training, for `train`, `build` and `evaluate`.
struct TrainingOptions: ParsableArguments {
    @Option(help: "Where to train: auto, cpu, cuda or mps.")
    var device = "auto"

    @Option(
        help:
            "coldwave2: ours, wide and deep; coldwave1: its deep way alone; dieleman2014: the method's, trained as published."
    )
    var network: NetworkName?

    @Option(
        help:
            "Passes over the songs (default: \(NetworkName.allCases.map { "\(TrainingConfiguration(for: $0).epochs) for \($0)" }.joined(separator: ", ")); where songs are few, ours takes as many as make \(TrainingConfiguration().leastWindows ?? 0) windows)."
    )
    var epochs: Int?

    @Option(help: PrecisionOption.help)
    var precision = PrecisionOption.auto

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 0

    func validate() throws {
        guard ["auto", "cpu", "cuda", "mps"].contains(device) else {
            throw ValidationError("--device must be auto, cpu, cuda or mps.")
        }
        guard epochs ?? 1 >= 1 else { throw ValidationError("--epochs must be at least 1.") }
        guard learningRate ?? 1 > 0 else {
            throw ValidationError("--learning-rate must be positive.")
        }
    }

    @Option(
        help:
            "Highest learning rate (default: \(NetworkName.allCases.map { "\(TrainingConfiguration(for: $0).learningRate) for \($0)" }.joined(separator: ", ")))."
    )
    var learningRate: Double?

    /// Nothing was asked for: what was trained before keeps its settings.
    var isDefault: Bool {
        device == "auto" && precision == .auto && network == nil && epochs == nil && seed == 0
            && learningRate == nil
    }

    func configuration(threads: Int) -> TrainingConfiguration {
        var configuration = TrainingConfiguration(for: network ?? TrainingConfiguration().network)
        configuration.seed = seed
        configuration.threads = threads
        configuration.device = device
        configuration.precision = precision.value
        if let epochs {
            configuration.epochs = epochs
            configuration.leastWindows = nil
        }
        if let learningRate { configuration.learningRate = learningRate }
        return configuration
    }
}

/// What products are computed in.
enum PrecisionOption: String, ExpressibleByArgument, CaseIterable {
    case auto, float32, bfloat16

    static let help: ArgumentHelp =
        "What products are computed in; auto: bfloat16 where it is faster, else float32."

    /// Nil for what is faster.
    var value: Precision? { Precision(rawValue: rawValue) }
}

extension NetworkName: ExpressibleByArgument {}

struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Redo whatever is stale: scan, factorize, train, predict, map.",
        discussion: "Carries on where an interrupted run stopped.")

    @OptionGroup var training: TrainingOptions
    @OptionGroup var options: LibraryOptions

    func run() throws {
        struct Report: Encodable { let stages: [StageOutcome] }
        let outcomes = try options.write("build") { catalogue, context in
            try Pipeline(
                catalogue, context: context,
                training: training.isDefault
                    ? nil : training.configuration(threads: options.threads)
            )
            .build()
        }
        try options.output.print(Report(stages: outcomes)) {
            outcomes.map { outcome in
                "\(outcome.name.padded(10))  \(outcome.state.padded(6))  \(seconds(outcome.seconds).padded(10))"
                    + outcome.detail
            }.joined(separator: "\n")
        }
    }
}

extension Baskets: ExpressibleByArgument {}

struct Factorize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn the taste space from the plays.",
        discussion: """
            Songs come to lie near each other by the baskets they share. With many listeners, all that each of them plays is a \
            basket. One listener's own library goes by --baskets sessions, for plays with times, or --baskets playlists, which \
            also takes every album as one; the listeners are then placed among the songs by what they play.

            `build` keeps the settings: baskets, and what --tune and --early-stop choose.
            """)

    @Option(
        help: """
            listeners; sessions: plays without a pause of over 30 minutes; playlists: those imported, and the played songs of \
            each album.
            """)
    var baskets = Baskets.listeners

    @Option(help: "Size of the taste space.")
    var dimensions: Int = FactorizationConfiguration.catalogue.dimensions

    @Option(
        help: "Rounds of alternating least squares; at most so many with --tune or --early-stop.")
    var iterations: Int = FactorizationConfiguration.catalogue.iterations

    @Option(
        help: """
            α: how much a play adds to the confidence (default: by how empty the play matrix is, \
            \(FactorizationConfiguration.catalogue.alpha) at least).
            """)
    var alpha: Float?

    @Option(
        help: """
            λ: how much large factors are held against the fit (default: \
            \(FactorizationConfiguration.catalogue.regularization), less where baskets are few and small).
            """)
    var regularization: Float?

    @Option(help: "linear: 1 + α·r; log: 1 + α·log(1 + r/ε).")
    var confidence = FactorizationConfiguration.catalogue.confidence

    @Option(help: "ε of the logarithmic confidence.")
    var epsilon: Float = FactorizationConfiguration.catalogue.epsilon

    @OptionGroup var tuning: TuningOptions

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 0

    @OptionGroup var options: LibraryOptions

    func validate() throws {
        guard (1...512).contains(dimensions) else {
            throw ValidationError("--dimensions must be 1…512.")
        }
        guard iterations >= 1 else { throw ValidationError("--iterations must be at least 1.") }
        guard alpha ?? 1 > 0 else { throw ValidationError("--alpha must be positive.") }
        guard epsilon > 0 else { throw ValidationError("--epsilon must be positive.") }
        guard regularization ?? 0 >= 0 else {
            throw ValidationError("--regularization must not be negative.")
        }
    }

    func run() throws {
        var configuration = FactorizationConfiguration.catalogue
        configuration.dimensions = dimensions
        configuration.iterations = iterations
        var automatic = Set(FactorizationConfiguration.Setting.allCases)
        if let alpha {
            configuration.alpha = alpha
            automatic.remove(.alpha)
        }
        if let regularization {
            configuration.regularization = regularization
            automatic.remove(.regularization)
        }
        configuration.confidence = confidence
        configuration.epsilon = epsilon
        configuration.seed = seed
        configuration.threads = options.threads
        let settings = FactorizeSettings(configuration, automatic: automatic, baskets: baskets)
        let report = try options.write("factorize") { catalogue, context in
            try FactorizeStage(
                catalogue, settings: settings, tuning: tuning.choice, context: context
            ).run()
        }
        try options.output.print(report) {
            let chosen = report.tuning.map { TuningOptions.text($0) + "\n" } ?? ""
            return chosen
                + "\(report.basketCount) \(report.baskets.rawValue) × \(report.songs) songs, \(report.interactions) pairs → "
                + "\(report.dimensions) dimensions in \(report.iterations) iterations "
                + String(
                    format: "(%.3f s each), loss %.5g", report.secondsPerIteration,
                    report.loss.last ?? 0)
        }
    }
}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the network on the songs that have factors.")

    @Flag(help: "Carry on from the checkpoint of an interrupted training.")
    var resume = false

    @OptionGroup var training: TrainingOptions
    @OptionGroup var options: LibraryOptions

    func run() throws {
        let report = try options.write("train") { catalogue, context in
            try TrainStage(
                catalogue, configuration: training.configuration(threads: options.threads),
                context: context
            ).run(resume: resume)
        }
        try options.output.print(report) {
            let validation =
                report.loss.validation.map { String(format: ", validation %.4f", $0) } ?? ""
            return
                "\(report.songs) songs, \(report.windows) windows in \(report.epochs) epochs on \(report.device) in \(report.precision) "
                + "(\(Int(report.windowsPerSecond)) windows/s): "
                + String(format: "loss %.4f", report.loss.train) + validation
        }
    }
}

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hear every analysed song and place it in the taste space.")

    @Option(help: "Where to hear: auto, cpu, cuda or mps.")
    var device = "auto"

    @Option(help: PrecisionOption.help)
    var precision = PrecisionOption.auto

    @OptionGroup var options: LibraryOptions

    func run() throws {
        let report = try options.write("predict") { catalogue, context in
            try PredictStage(
                catalogue, context: context, device: device, precision: precision.value
            ).run()
        }
        try options.output.print(report) {
            "\(report.songs) songs placed, \(report.cold) of them without a play; heard \(report.heard) in "
                + "\(seconds(report.seconds)) (\(rate(report.heard, report.seconds)) songs/s)"
        }
    }
}

extension String {
    /// Padded with spaces to `width` characters; longer texts are cut with "…".
    func padded(_ width: Int) -> String {
        count > width
            ? prefix(max(0, width - 1)) + "…" : self + String(repeating: " ", count: width - count)
    }
}
