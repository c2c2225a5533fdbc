import Foundation
import Matrices
import Torch

/// Teaches the network to predict songs' factors from random windows of their sound.
public struct Trainer {
    public static let minimumSongs = 20
    /// So many artists must be kept aside for the validation loss to choose an epoch. A few may say more
    /// of themselves than of the network; the number is a judgement, not measured.
    static let groupsToChooseBy = 30
    let networkConfiguration: NetworkConfiguration
    let training: TrainingConfiguration
    let objective: TrainingObjective

    /// - Parameters:
    ///   - network: its shape; by default that of the network `training` names.
    ///   - objective: what is minimised. For `plays` the targets give only the scale of the outputs, and every song counts by its plays.
    public init(
        network: NetworkConfiguration? = nil,
        training: TrainingConfiguration = TrainingConfiguration(),
        objective: TrainingObjective = .factors
    ) {
        self.objective = objective
        networkConfiguration = network ?? training.network.shape
        self.training = training
    }

    /// - Parameters:
    ///   - targets: songs' factors, `[songs, dimensions]`, as the factorisation gives them; ``Lesson`` makes of them what is learned.
    ///   - groups: each song's artist: the songs kept aside for validation share no artist with the others.
    ///   - checkpointDirectory: where each epoch leaves a checkpoint; nil for none.
    ///   - resume: carries on from the checkpoint if there is one, with the same result as without interruption (on a CPU).
    ///   - shouldStop: asked at every step; when true the training ends and gives what it has.
    /// - Throws: ``NetworkError/tooFewSongs(got:needed:)``, ``NetworkError/diverged(epoch:learningRate:)`` and more.
    public func train(
        source: some SpectrogramSource, targets: Matrix, groups: [Int]? = nil,
        checkpointDirectory: URL? = nil,
        resume: Bool = false, progress: (TrainingProgress) -> Void = { _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> TrainingResult {
        guard source.count >= Self.minimumSongs else {
            throw NetworkError.tooFewSongs(got: source.count, needed: Self.minimumSongs)
        }
        guard targets.rows == source.count else {
            throw NetworkError.wrongTargets(
                got: [targets.rows, targets.columns], expected: [source.count, targets.columns])
        }
        if case .plays(let error) = objective {
            let got = [error.confidences.rows, error.listeners.columns]
            guard got == [source.count, targets.columns] else {
                throw NetworkError.wrongTargets(
                    got: got, expected: [source.count, targets.columns])
            }
        }
        guard source.bands == networkConfiguration.melBands else {
            throw NetworkError.wrongBands(
                got: source.bands, expected: networkConfiguration.melBands)
        }
        guard targets.isFinite else { throw NetworkError.unusableTargets }
        var shape = networkConfiguration
        shape.outputs = targets.columns
        let device = try Torch.device(training.device)
        let threads = training.threads > 0 ? training.threads : Parallel.defaultThreads
        try Torch.setThreads(threads)
        let names = groups ?? Array(0..<source.count)
        let (learned, kept) = split(names)
        let lesson = Lesson(
            targets, power: training.targetPower, weighting: training.songWeighting,
            objective: objective, over: learned)

        let checkpoint = checkpointDirectory.map { Checkpoint(directory: $0) }
        let saved = resume ? try checkpoint?.read(memory: training.optimizer.remembers) : nil
        var losses = saved?.losses ?? []
        let start: NetworkModel
        if let saved {
            start = saved.model
        } else {
            let (mean, deviation) = try source.bandStatistics()
            let fresh = try NetworkModel.initial(
                shape, mean: mean, deviation: deviation, seed: training.seed)
            let sample = Array(randomWindows(learned, epoch: 0, source).prefix(32))
            start = try fresh.scaled(
                on: tensor(sample, source, "cpu", threads), target: training.activationScale)
        }
        let network = try ConvolutionalNetwork(start, device: device, learning: true)
        let optimizer = try Optimizer(
            training.optimizer, network.parameters, momentum: training.momentum,
            weightDecay: training.weightDecay)
        // The averages, and the same network with them for weights.
        let averaged = try ConvolutionalNetwork(start, device: device)
        if let saved {
            for (average, stored) in zip(averaged.parameters, saved.averages) {
                try average.assign(Tensor.from(stored.values, shape: stored.shape, device: device))
            }
            for (kind, kept) in optimizer.memory {
                for (tensor, stored) in zip(kept, saved.memory[kind] ?? []) {
                    try tensor.assign(
                        Tensor.from(stored.values, shape: stored.shape, device: device))
                }
            }
        }

        let windowsPerEpoch = learned.count * training.windowsPerSong
        let stepsPerEpoch = (windowsPerEpoch + training.batchSize - 1) / training.batchSize
        let schedule = LearningRateSchedule(
            peak: training.learningRate, steps: stepsPerEpoch * training.epochs)
        let validation = kept.flatMap { song in validationWindows(song, source.frameCount(of: song))
        }
        let horizon = max(1, training.averagedEpochs * Double(stepsPerEpoch))
        var best = saved?.best
        let spread = try start.inputDeviation()
        let began = Date()
        var heard = 0
        epochs: for epoch in losses.count..<max(losses.count, training.epochs) {
            // Everything random in an epoch comes from the seed and its number, so that it can be repeated after a crash.
            try Torch.seed(training.seed &+ UInt64(epoch) &* 1_000_003)
            let windows = randomWindows(learned, epoch: epoch, source)
            var sum = 0.0
            for (step, batch) in windows.batches(training.batchSize).enumerated() {
                if shouldStop() { break epochs }
                let input = try tensor(
                    batch, source, device, threads,
                    changedBy: changes(batch.count, spread, epoch: epoch, step: step))
                let loss = try loss(network(input, training: true), batch, lesson, device)
                let value = Double(try loss.item())
                guard value.isFinite else {
                    throw NetworkError.diverged(
                        epoch: epoch + 1, learningRate: training.learningRate)
                }
                try loss.backward()
                _ = try optimizer.clip(training.gradientLimit)
                let taken = epoch * stepsPerEpoch + step
                try optimizer.step(
                    learningRate: schedule.rate(step: taken), number: taken + 1)
                // A plain mean at first, then one that forgets.
                let share = training.averagedEpochs > 0 ? 1 / min(Double(taken + 1), horizon) : 1
                for (average, now) in zip(averaged.parameters, network.parameters) {
                    try average.move(towards: now, by: share)
                }
                sum += value * Double(batch.count)
                heard += batch.count
                let done = min((step + 1) * training.batchSize, windows.count)
                progress(
                    TrainingProgress(
                        epoch: epoch + 1, epochs: training.epochs,
                        windowsDone: epoch * windowsPerEpoch + done,
                        windowsTotal: training.epochs * windowsPerEpoch,
                        windowsPerSecond: Double(heard)
                            / max(Date().timeIntervalSince(began), 1e-9),
                        trainLoss: sum / Double(done), validationLoss: losses.last?.validation))
            }
            let validationLoss = try loss(
                averaged, validation, source, lesson, device, threads)
            let lowest = losses.compactMap(\.validation).min() ?? .infinity
            losses.append(
                EpochLoss(
                    epoch: epoch + 1, train: sum / Double(max(1, windows.count)),
                    validation: validationLoss))
            if let validationLoss, validationLoss < lowest {
                let model = try averaged.model()
                try checkpoint?.write(best: model)
                best = model
            }
            try checkpoint?.write(network.model(), averaged.parameters, optimizer, losses)
        }
        let lowest = losses.min { $0.validation ?? .infinity < $1.validation ?? .infinity }
        return TrainingResult(
            model: try best ?? averaged.model(), losses: losses,
            keptEpoch: best == nil ? losses.count : lowest?.epoch ?? losses.count,
            windows: losses.count * windowsPerEpoch,
            windowsPerSecond: Double(heard) / max(Date().timeIntervalSince(began), 1e-9),
            device: device)
    }
}
