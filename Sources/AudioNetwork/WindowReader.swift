import Matrices

/// Reads windows as the network hears them, in any thread.
struct WindowReader<Source: SpectrogramSource>: Sendable {
    let source: Source
    let configuration: NetworkConfiguration
    let training: TrainingConfiguration
    let scaling: BandScaling
    /// The bands' mean standard deviation, the unit of random changes.
    let spread: Float
    let threads: Int

    /// Windows as they are.
    func read(_ windows: [Window]) throws -> [Float] { try read(windows, adding: nil) }

    /// Windows for learning, changed at random; the changes come from the seed, the epoch and the step, so that resuming repeats them.
    func read(_ windows: [Window], epoch: Int, step: Int) throws -> [Float] {
        guard training.augmentation != .none else { return try read(windows) }
        var generator = SeededGenerator(
            seed: training.seed &+ UInt64(epoch) &* 1_000_003, stream: 0xE0_0000 + UInt64(step))
        return try read(
            windows,
            adding: windows.map { _ in
                training.augmentation.change(
                    bands: configuration.melBands, spread: spread, using: &generator)
            })
    }

    private func read(_ windows: [Window], adding changes: [[Float]]?) throws -> [Float] {
        try source.gather(
            windows, frames: configuration.windowFrames, averaging: configuration.inputPool,
            threads: threads, adding: changes, scaling: scaling)
    }
}
