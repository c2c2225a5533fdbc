import AudioNetwork
import CollaborativeFiltering
import Foundation

/// Whether an artefact matches what it would be made from now.
public enum StageState: String, Codable, Sendable { case fresh, stale, missing, failed }

/// What `build` did with one stage.
public struct StageOutcome: Codable, Equatable, Sendable {
    public let name: String
    /// `fresh`: nothing to do; `built`; `skipped` with the reason in `detail`.
    public let state: String
    public let seconds: Double
    public let detail: String
}

/// The chain of stages, each redone only when its inputs changed.
public struct Pipeline: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    let factorization: FactorizeSettings
    let training: TrainingConfiguration

    /// - Parameters:
    ///   - factorization: nil for the settings of the last factorisation, or the default ones when there is none.
    ///   - training: nil for the settings of the last training, or the default ones.
    public init(
        _ catalogue: Catalogue, context: StageContext,
        factorization: FactorizeSettings? = nil,
        training: TrainingConfiguration? = nil
    ) throws {
        self.catalogue = catalogue
        self.context = context
        var factorization =
            try factorization ?? catalogue.lastConfiguration(.factorize, .factors)
            ?? FactorizeSettings()
        var training =
            try training ?? catalogue.lastConfiguration(.train, .networks)
            ?? TrainingConfiguration()
        factorization.factorization.threads = context.threads
        training.threads = context.threads
        self.factorization = factorization
        self.training = training
    }

    /// The state of every stage that leaves artefacts.
    public func states() throws -> [(stage: StageName, state: StageState, run: String?)] {
        let factorize = try catalogue.lastRun(.factorize)
        let train = try catalogue.lastRun(.train)
        let predict = try catalogue.lastRun(.predict)
        func state(
            _ last: (run: String, inputDigest: String, seconds: Double)?,
            _ digest: () throws -> String?
        ) throws
            -> StageState
        {
            guard let last else { return .missing }
            return try digest() == last.inputDigest ? .fresh : .stale
        }
        let factorizeState = try state(factorize) {
            try FactorizeStage(catalogue, settings: factorization, context: context)
                .inputDigest()
        }
        let trainState = try state(train) {
            guard factorize != nil, factorizeState == .fresh else { return nil }
            let stage = TrainStage(catalogue, configuration: training, context: context)
            let factors = try catalogue.storedFactors(for: "train")
            return stage.inputDigest(factors, try stage.examples(factors))
        }
        let predictState = try state(predict) {
            guard let train, let factorize, trainState == .fresh else { return nil }
            let stage = PredictStage(catalogue, context: context)
            return stage.inputDigest(
                network: train.run, factors: factorize.run, try stage.recordings())
        }
        let map = try catalogue.lastRun(.map)
        let mapState: StageState
        if let predict, predictState == .fresh {
            // A library too small for a map lacks none.
            let isSmall = try catalogue.tracks(includingMissing: true).count < MapStage.fewest
            mapState =
                isSmall
                ? .fresh
                : try state(map) {
                    try MapStage(catalogue, context: context).inputDigest(predictions: predict.run)
                }
        } else {
            mapState = map == nil ? .missing : .stale
        }
        return [
            (.factorize, factorizeState, factorize?.run), (.train, trainState, train?.run),
            (.predict, predictState, predict?.run), (.map, mapState, map?.run),
        ]
    }

    /// Scans the known roots, then redoes whatever is stale or missing.
    public func build(
        rescan: Bool = true, announce: (String) -> Void = { _ in }
    ) throws -> [StageOutcome] {
        var outcomes: [StageOutcome] = []
        func step(_ name: String, _ work: () throws -> (state: String, detail: String)) throws {
            let started = Date()
            announce(name)
            let (state, detail) = try work()
            outcomes.append(
                StageOutcome(
                    name: name, state: state, seconds: Date().timeIntervalSince(started),
                    detail: detail))
        }
        func state(_ stage: StageName) throws -> StageState {
            try states().first { $0.stage == stage }?.state ?? .missing
        }
        if rescan {
            try step("scan") {
                let report = try ScanStage(catalogue, context: context).rescan()
                let changed = report.added + report.updated + report.moved + report.missing
                return (
                    changed > 0 ? "built" : "fresh",
                    "\(report.found) files, \(report.added) new, \(report.failed.count) failed"
                )
            }
        }
        try step("factorize") {
            if try state(.factorize) == .fresh { return ("fresh", "") }
            let report = try FactorizeStage(
                catalogue, settings: factorization, context: context
            ).run()
            return (
                "built",
                "\(report.basketCount) \(report.baskets.rawValue), \(report.songs) songs"
            )
        }
        try step("train") {
            if try state(.train) == .fresh { return ("fresh", "") }
            let report = try TrainStage(catalogue, configuration: training, context: context).run(
                resume: true)
            return (
                "built",
                "\(report.songs) songs, \(report.epochs) epochs, \(Int(report.windowsPerSecond)) windows/s"
            )
        }
        try step("predict") {
            if try state(.predict) == .fresh { return ("fresh", "") }
            let report = try PredictStage(
                catalogue, context: context, device: training.device,
                precision: training.precision
            ).run()
            return ("built", "\(report.songs) songs, \(report.cold) of them without a play")
        }
        try step("map") {
            if try state(.map) == .fresh { return ("fresh", "") }
            let report = try MapStage(catalogue, context: context).run()
            return (
                "built",
                "\(report.songs) songs, "
                    + String(format: "KL divergence %.3f", report.klDivergence)
                    + (report.joined > 0 ? "; \(report.joined) joined, nothing moved" : "")
            )
        }
        return outcomes
    }
}
