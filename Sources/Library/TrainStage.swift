import AudioNetwork
import Foundation
import Matrices

/// What a training did; encodes to the contract of `train --json`.
public struct TrainReport: Codable, Equatable, Sendable {
    public struct Loss: Codable, Equatable, Sendable {
        public let train: Double
        public let validation: Double?
    }
    public let songs: Int
    public let windows: Int
    public let epochs: Int
    /// The epoch whose weights were kept: the one with the lowest validation loss.
    public let keptEpoch: Int
    public let loss: Loss
    public let windowsPerSecond: Double
    public let device: String
    /// `float32` or `bfloat16`.
    public let precision: String
    public let run: String
}

/// Trains the network on the songs that have both sound and factors.
public struct TrainStage: Sendable {
    /// Songs with fewer listeners have factors that say too little to learn from.
    public static let minimumListeners = 2
    public static let minimumSongs = 20

    let catalogue: Catalogue
    let configuration: TrainingConfiguration
    let context: StageContext

    public init(
        _ catalogue: Catalogue, configuration: TrainingConfiguration = TrainingConfiguration(),
        context: StageContext
    ) {
        self.catalogue = catalogue
        self.configuration = configuration
        self.context = context
    }

    /// The songs to learn from, with their rows in the factors.
    func examples(_ factors: StoredFactors) throws -> [(track: Track, row: Int)] {
        let baskets = try catalogue.basketsPerSong(factors.settings.baskets)
        let tracks = Dictionary(
            uniqueKeysWithValues: try catalogue.tracks(includingMissing: true).map { ($0.id, $0) })
        return factors.songs.enumerated().compactMap { row, id in
            guard case .track(let trackID) = id, let track = tracks[trackID],
                track.kind == .song, baskets[id] ?? 0 >= factors.settings.baskets.minimumPerSong
            else { return nil }
            return (track, row)
        }
    }

    /// New songs without plays leave this digest as it is: they need predicting, not another training.
    func inputDigest(
        _ factors: StoredFactors, _ examples: [(track: Track, row: Int)]
    ) -> String {
        digest(["train 2", factors.run, json(configuration)] + examples.map(\.track.soundDigest))
    }

    /// - Parameter resume: carries on from the checkpoint of an interrupted training of the same inputs.
    /// - Throws: ``LibraryError/tooFewSongs(got:needed:next:)``, ``LibraryError/interrupted(stage:)``.
    public func run(resume: Bool = true) throws -> TrainReport {
        let started = Date()
        let factors = try catalogue.storedFactors(for: "train")
        let examples = try examples(factors)
        guard examples.count >= Self.minimumSongs else {
            throw LibraryError.tooFewSongs(
                got: examples.count, needed: Self.minimumSongs,
                next:
                    "Scan more music, or import plays by at least \(Self.minimumListeners) listeners for it."
            )
        }
        let inputs = inputDigest(factors, examples)
        let source = try SpectrogramStore(catalogue.location).open(examples.map(\.track.place))
        let checkpoint = catalogue.location.run(.networks, "partial-\(inputs)")
        if !resume { try? FileManager.default.removeItem(at: checkpoint) }
        try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
        let result = try Trainer(training: configuration).train(
            source: source, targets: factors.factors.songs.selectingRows(examples.map(\.row)),
            groups: groupIndices(examples.map(\.track.artist)), checkpointDirectory: checkpoint,
            resume: resume,
            progress: { progress in
                var detail = String(
                    format: "epoch %d/%d  loss %.4f", progress.epoch, progress.epochs,
                    progress.trainLoss)
                if let validation = progress.validationLoss {
                    detail += String(format: "  validation %.4f", validation)
                }
                context.report(
                    StageProgress(
                        stage: "train", done: progress.windowsDone, total: progress.windowsTotal,
                        unit: "windows",
                        detail: detail))
            }, shouldStop: context.shouldStop)
        try context.checkStop("train")
        let last = result.losses.first { $0.epoch == result.keptEpoch } ?? result.losses.last
        let manifest = Manifest(
            stage: StageName.train.rawValue, inputDigest: inputs,
            inputs: ["factorize": factors.run],
            configuration: json(configuration),
            metrics: [
                "songs": Double(examples.count), "trainLoss": last?.train ?? .nan,
                "windowsPerSecond": result.windowsPerSecond,
            ].filter { $0.value.isFinite }, created: isoNow(),
            seconds: Date().timeIntervalSince(started))
        let run = try catalogue.finishRun(.networks, manifest: manifest) { folder in
            try result.model.write(to: folder.appendingPathComponent("model.safetensors"))
            try EpochLoss.writeCSV(result.losses, to: folder.appendingPathComponent("losses.csv"))
            try EpochLoss.writeSVG(
                result.losses, keptEpoch: result.keptEpoch,
                to: folder.appendingPathComponent("losses.svg"))
        }
        try? FileManager.default.removeItem(at: checkpoint)
        return TrainReport(
            songs: examples.count, windows: result.windows, epochs: result.losses.count,
            keptEpoch: result.keptEpoch,
            loss: .init(train: last?.train ?? 0, validation: last?.validation),
            windowsPerSecond: result.windowsPerSecond, device: result.device,
            precision: result.precision.rawValue, run: run)
    }
}

/// Each text's index among the distinct texts, in order of appearance.
func groupIndices(_ names: [String]) -> [Int] {
    var index: [String: Int] = [:]
    return names.map { name in
        let group = index[name] ?? index.count
        index[name] = group
        return group
    }
}

extension Track {
    var place: SpectrogramPlace {
        SpectrogramPlace(shard: shard, offset: shardOffset, frames: frames)
    }
}
