import Foundation
import Matrices
import Torch

extension Trainer {
    /// Songs to learn from and songs to watch the loss on; no group is on both sides. Where so few groups would be kept aside that
    /// they could not choose an epoch (``groupsToChooseBy``), every song is learned from: a few artists more are worth more.
    func split(_ groups: [Int]) -> (learned: [Int], kept: [Int]) {
        var generator = SeededGenerator(seed: training.seed, stream: 7)
        let names = Array(Set(groups)).sorted().shuffled(using: &generator)
        let count = Int((Double(names.count) * training.validationFraction).rounded())
        let kept = Set(names.prefix(count < Self.groupsToChooseBy ? 0 : count))
        return (
            groups.indices.filter { !kept.contains(groups[$0]) },
            groups.indices.filter { kept.contains(groups[$0]) }
        )
    }

    /// One epoch's windows: every song `windowsPerSong` times, anywhere in it, in random order.
    func randomWindows(_ songs: [Int], epoch: Int, _ source: some SpectrogramSource) -> [Window] {
        var generator = SeededGenerator(seed: training.seed, stream: 1000 + UInt64(epoch))
        let length = networkConfiguration.windowFrames
        var windows: [Window] = []
        for song in songs {
            let room = max(0, source.frameCount(of: song) - length)
            for _ in 0..<training.windowsPerSong {
                windows.append(Window(song: song, start: generator.integer(below: room + 1)))
            }
        }
        return windows.shuffled(using: &generator)
    }

    /// Another one at every step.
    func seedOfDropout(epoch: Int, step: Int) -> UInt64 {
        var generator = SeededGenerator(
            seed: training.seed &+ UInt64(epoch) &* 1_000_003, stream: 0xD0_0000 + UInt64(step))
        return generator.next()
    }

    /// Four windows spread evenly over a song.
    func validationWindows(_ song: Int, _ frames: Int) -> [Window] {
        let room = max(0, frames - networkConfiguration.windowFrames)
        return (0..<4).map { Window(song: song, start: room * $0 / 3) }
    }

    func reader<Source: SpectrogramSource>(
        _ source: Source, _ model: NetworkModel, _ threads: Int
    ) throws -> WindowReader<Source> {
        WindowReader(
            source: source, configuration: networkConfiguration, training: training,
            scaling: try model.bandScaling(), spread: try model.inputDeviation(),
            threads: max(1, threads / 2))
    }

    /// Windows as the first convolution takes them, `[windows, steps, bands]`.
    func input(
        _ values: [Float], _ windows: Int, _ bands: Int, _ device: String = "cpu",
        _ precision: Precision = .float32
    ) throws -> Tensor {
        try Tensor.keeping(
            values, shape: [windows, values.count / (windows * bands), bands], device: device,
            precision: precision)
    }

    func loss(_ output: Tensor, _ windows: [Window], _ lesson: Lesson, _ device: String) throws
        -> Tensor
    {
        let songs = windows.map(\.song)
        if case .plays(let error) = lesson.objective {
            return try error.loss(
                output, songs: songs, scale: lesson.scale, unit: lesson.unit, device: device)
        }
        return try output.squaredError(
            Tensor.from(lesson.targets.selectingRows(songs), device: device),
            weights: Tensor.from(
                songs.map { lesson.weights[$0] }, shape: [songs.count], device: device))
    }

    /// The loss on fixed windows, without dropout; nil when there are none.
    func loss(
        _ network: ConvolutionalNetwork, _ windows: [Window],
        _ reader: WindowReader<some SpectrogramSource>, _ lesson: Lesson, _ device: String
    ) throws -> Double? {
        guard !windows.isEmpty else { return nil }
        return try Torch.withoutGradients {
            let batches = windows.batches(training.batchSize)
            var reading = ReadAhead(batches.count) { try reader.read(batches[$0]) }
            var sum = 0.0
            for batch in batches {
                guard let values = try reading.next() else { break }
                let output = try network.hear(
                    input(
                        values, batch.count, networkConfiguration.melBands, device,
                        network.precision))
                sum +=
                    Double(try loss(output, batch, lesson, device).item())
                    * Double(batch.count)
            }
            return sum / Double(windows.count)
        }
    }
}

extension TrainingConfiguration {
    /// What a network so trained is to say of songs with these factors, for models that are to be compared with it.
    public func targets(_ factors: Matrix) -> Matrix {
        Lesson(
            factors, power: targetPower, weighting: songWeighting, over: Array(0..<factors.rows)
        ).targets
    }
}

/// What the network is to say of each song, and how much it counts.
struct Lesson {
    /// `[songs, dimensions]`; their mean square norm over the songs that are learned from is 1.
    let targets: Matrix
    /// Their mean over the songs that are learned from is 1.
    let weights: [Float]
    let objective: TrainingObjective
    /// Of `plays`: what an output is multiplied by to be a factor, and what predicting nothing costs, so that losses start at 1.
    let scale: Double
    let unit: Double

    /// - Parameters:
    ///   - power: of its norm that a song's target keeps: 0 for unit norm, 1 for the factors' own.
    ///   - weighting: the power of its norm a song counts by.
    init(
        _ factors: Matrix, power: Double, weighting: Double,
        objective: TrainingObjective = .factors, over learned: [Int]
    ) {
        self.objective = objective
        let norms = (0..<factors.rows).map { row in
            Double(dot(factors.row(row), factors.row(row))).squareRoot()
        }
        func mean(_ values: [Double]) -> Double {
            learned.reduce(0) { $0 + values[$1] } / Double(max(1, learned.count))
        }
        scale = mean(norms.map { $0 * $0 }).squareRoot()
        if case .plays(let error) = objective {
            unit = max(error.ofNothing(learned), 1e-9)
        } else {
            unit = 1
        }
        let level = mean(norms.map { pow($0, 2 * power) }).squareRoot()
        var targets = factors.unitRows()
        for row in 0..<factors.rows where level > 0 {
            let scale = Float(pow(norms[row], power) / level)
            targets.setRow(row, to: targets.row(row).map { $0 * scale })
        }
        self.targets = targets
        let counts = norms.map { pow($0, weighting) }
        let average = mean(counts)
        weights = counts.map { average > 0 ? Float($0 / average) : 1 }
    }
}

/// Warm-up over the first 5 % of the steps, then a cosine down to a hundredth of the peak.
struct LearningRateSchedule: Equatable, Sendable {
    let peak: Double
    let steps: Int

    func rate(step: Int) -> Double {
        let warm = max(1, steps / 20)
        if step < warm { return peak * Double(step + 1) / Double(warm) }
        let done = Double(step - warm) / Double(max(1, steps - warm))
        return peak * (0.01 + 0.99 * 0.5 * (1 + cos(.pi * min(1, done))))
    }
}

extension Array {
    /// Consecutive pieces of at most `size` elements.
    func batches(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
