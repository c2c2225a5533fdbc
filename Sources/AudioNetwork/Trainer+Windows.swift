import Foundation
import Matrices
import Torch

extension Trainer {
    /// Songs to learn from and songs to watch the loss on; no group is on both sides. With fewer than ten groups
    /// everything is learned from.
    func split(_ groups: [Int]) -> (learned: [Int], kept: [Int]) {
        var generator = SeededGenerator(seed: training.seed, stream: 7)
        let names = Array(Set(groups)).sorted().shuffled(using: &generator)
        let count =
            names.count < 10
            ? 0 : Int((Double(names.count) * training.validationFraction).rounded())
        let kept = Set(names.prefix(count))
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

    /// Four windows spread evenly over a song.
    func validationWindows(_ song: Int, _ frames: Int) -> [Window] {
        let room = max(0, frames - networkConfiguration.windowFrames)
        return (0..<4).map { Window(song: song, start: room * $0 / 3) }
    }

    func tensor(
        _ windows: [Window], _ source: some SpectrogramSource, _ device: String, _ threads: Int
    ) throws -> Tensor {
        let frames = networkConfiguration.windowFrames
        return try Tensor.from(
            source.gather(windows, frames: frames, threads: threads),
            shape: [windows.count, frames, source.bands], device: device)
    }

    func target(_ windows: [Window], _ unit: Matrix, _ device: String) throws -> Tensor {
        try Tensor.from(unit.selectingRows(windows.map(\.song)), device: device)
    }

    /// The loss on fixed windows, without dropout; nil when there are none.
    func loss(
        _ network: ConvolutionalNetwork, _ windows: [Window], _ source: some SpectrogramSource,
        _ unit: Matrix,
        _ device: String, _ threads: Int
    ) throws -> Double? {
        guard !windows.isEmpty else { return nil }
        return try Torch.withoutGradients {
            var sum = 0.0
            for batch in windows.batches(training.batchSize) {
                let output = try network(tensor(batch, source, device, threads), training: false)
                sum +=
                    Double(try output.squaredError(target(batch, unit, device)).item())
                    * Double(batch.count)
            }
            return sum / Double(windows.count)
        }
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
