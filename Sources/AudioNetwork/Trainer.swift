import Foundation
import Matrices
import Torch

/// Teaches the network to predict songs' factors from random windows of their sound.
public struct Trainer: Sendable {
    public static let minimumSongs = 20
    /// So many artists must be kept aside for the validation loss to choose an epoch. A few may say more
    /// of themselves than of the network; the number is a judgement, not measured.
    static let groupsToChooseBy = 30
    /// Besides one after every epoch, since those can be long.
    static let secondsBetweenCheckpoints = 300.0
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
    ///   - checkpointDirectory: where a checkpoint is left after each epoch, every few minutes, and when it is stopped; nil for none.
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
        // The deep way learns alone; the wide one is solved at the end. Against plays only the deep one can be judged.
        shape.wide = false
        let device = try Torch.device(training.device)
        let precision = training.precision ?? Precision.fastest(on: device)
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
            let values = try reader(source, fresh, threads).read(sample)
            start = try fresh.scaled(
                on: input(values, sample.count, source.bands), target: training.activationScale)
        }
        let network = try ConvolutionalNetwork(
            start, device: device, learning: true, precision: precision)
        // The averages, and the same network with them for weights.
        let averaged = try ConvolutionalNetwork(start, device: device, precision: precision)
        let optimizer = try Optimizer(
            training.optimizer, network.parameters, averages: averaged.parameters,
            momentum: training.momentum, weightDecay: training.weightDecay,
            gradientLimit: training.gradientLimit)
        try saved?.restore(averaged.parameters, optimizer, device: device)

        let epochs = training.passes(over: learned.count)
        let windowsPerEpoch = learned.count * training.windowsPerSong
        let stepsPerEpoch = (windowsPerEpoch + training.batchSize - 1) / training.batchSize
        let schedule = LearningRateSchedule(
            peak: training.learningRate, steps: stepsPerEpoch * epochs)
        let validation = kept.flatMap { song in validationWindows(song, source.frameCount(of: song))
        }
        let horizon = max(1, training.averagedEpochs * Double(stepsPerEpoch))
        var best = saved?.best
        let windowReader = try reader(source, start, threads)
        let began = Date()
        var heard = 0
        // Of the epoch that was being learned when the checkpoint was written.
        var begun = saved?.begun
        func save(_ begun: BegunEpoch? = nil) throws {
            try checkpoint?.write(
                network.model(), averaged.parameters, optimizer, losses, begun: begun)
        }
        var saveNext = Date().addingTimeInterval(Self.secondsBetweenCheckpoints)
        // Everything random in an epoch comes from the seed, its number and the step's, so that it can be repeated after a crash.
        func lessonsAhead(_ epoch: Int, _ first: Int) -> (
            batches: [[Window]], reading: ReadAhead<[Float]>
        ) {
            let batches = randomWindows(learned, epoch: epoch, source).batches(training.batchSize)
            return (
                batches,
                ReadAhead(max(0, batches.count - first)) { step in
                    try windowReader.read(batches[step + first], epoch: epoch, step: step + first)
                }
            )
        }
        var upcoming: (batches: [[Window]], reading: ReadAhead<[Float]>)?
        passes: for epoch in losses.count..<max(losses.count, epochs) {
            let first = begun?.steps ?? 0
            var lessons = upcoming ?? lessonsAhead(epoch, first)
            upcoming = nil
            var meter = LossMeter(device: device, from: begun?.loss)
            begun = nil
            for (step, batch) in lessons.batches.enumerated().dropFirst(first) {
                let isStopped = shouldStop()
                if isStopped || Date() >= saveNext, step > first {
                    try save(BegunEpoch(steps: step, loss: meter.total()))
                    saveNext = Date().addingTimeInterval(Self.secondsBetweenCheckpoints)
                }
                if isStopped { break passes }
                guard let values = try lessons.reading.next() else { break }
                let isLast = step == lessons.batches.count - 1
                // The next epoch's first batch is read during this one's last step.
                if isLast, epoch + 1 < epochs { upcoming = lessonsAhead(epoch + 1, 0) }
                let output = try network.hear(
                    input(values, batch.count, source.bands, device, precision),
                    dropoutSeed: seedOfDropout(epoch: epoch, step: step))
                let loss = try loss(output, batch, lesson, device)
                try loss.backward()
                let taken = epoch * stepsPerEpoch + step
                // A plain mean at first, then one that forgets.
                try optimizer.step(
                    learningRate: schedule.rate(step: taken), number: taken + 1,
                    averageShare: training.averagedEpochs > 0
                        ? 1 / min(Double(taken + 1), horizon) : 1)
                heard += batch.count
                guard try meter.add(loss, batch.count, isLast: isLast) else {
                    throw NetworkError.diverged(
                        epoch: epoch + 1, learningRate: training.learningRate)
                }
                let done = min((step + 1) * training.batchSize, windowsPerEpoch)
                progress(
                    TrainingProgress(
                        epoch: epoch + 1, epochs: epochs,
                        windowsDone: epoch * windowsPerEpoch + done,
                        windowsTotal: epochs * windowsPerEpoch,
                        windowsPerSecond: Double(heard)
                            / max(Date().timeIntervalSince(began), 1e-9),
                        trainLoss: meter.mean, validationLoss: losses.last?.validation))
            }
            let validationLoss = try loss(
                averaged, validation, windowReader, lesson, device)
            let lowest = losses.compactMap(\.validation).min() ?? .infinity
            losses.append(
                EpochLoss(
                    epoch: epoch + 1, train: meter.mean,
                    validation: validationLoss))
            if let validationLoss, validationLoss < lowest {
                let model = try averaged.model()
                try checkpoint?.write(best: model)
                best = model
            }
            try save()
        }
        let deep = try best ?? averaged.model()
        let isWide = networkConfiguration.wide && objective.isFactors
        let lowest = losses.min { $0.validation ?? .infinity < $1.validation ?? .infinity }
        return TrainingResult(
            model: isWide ? try widened(deep, source, lesson.targets, groups: names) : deep,
            losses: losses,
            keptEpoch: best == nil ? losses.count : lowest?.epoch ?? losses.count,
            windows: losses.count * windowsPerEpoch,
            windowsPerSecond: Double(heard) / max(Date().timeIntervalSince(began), 1e-9),
            device: device, precision: precision)
    }
}
