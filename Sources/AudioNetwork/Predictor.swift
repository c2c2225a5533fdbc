import Matrices
import Torch

/// Hears whole songs: a song's prediction is the mean over its windows.
public struct Predictor {
    let network: ConvolutionalNetwork
    let configuration: NetworkConfiguration
    let device: String
    let threads: Int
    /// Frames between windows' starts, a multiple of the network's stride.
    public let step: Int

    /// - Parameter step: frames between windows' starts, rounded to the network's stride; by default half a window.
    /// - Throws: `TorchError`, ``NetworkError``.
    public init(
        _ model: NetworkModel, device: String = "cpu", threads: Int = Parallel.defaultThreads,
        step: Int? = nil
    ) throws {
        self.device = try Torch.device(device)
        self.threads = threads
        configuration = model.configuration
        network = try ConvolutionalNetwork(model, device: self.device)
        let stride = configuration.stride
        self.step =
            max(1, ((step ?? configuration.windowFrames / 2) + stride / 2) / stride) * stride
    }

    /// Windows' starts in a song; one window, padded, for a song that is shorter.
    public func windowStarts(frames: Int) -> [Int] {
        guard frames > configuration.windowFrames else { return [0] }
        return Array(Swift.stride(from: 0, through: frames - configuration.windowFrames, by: step))
    }

    /// Predicts every song of a source.
    ///
    /// The convolutions run once over the whole song. Windows start at multiples of the pooling's stride, so each
    /// window's part of that pass is exactly what the window alone would give; global pooling and dense layers follow per
    /// window.
    /// - Returns: `[songs, outputs]`; rows of songs not reached when `shouldStop` said so are zero.
    public func predict(
        _ source: some SpectrogramSource, progress: (Int) -> Void = { _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> Matrix {
        guard source.bands == configuration.melBands || source.count == 0 else {
            throw NetworkError.wrongBands(got: source.bands, expected: configuration.melBands)
        }
        try Torch.setThreads(threads)
        var predictions = Matrix(rows: source.count, columns: configuration.outputs)
        for song in 0..<source.count {
            if shouldStop() { break }
            predictions.setRow(song, to: try predict(source, song: song))
            progress(song + 1)
        }
        return predictions
    }

    private func predict(_ source: some SpectrogramSource, song: Int) throws -> [Float] {
        let frames = max(source.frameCount(of: song), configuration.windowFrames)
        let mel = try source.gather([Window(song: song, start: 0)], frames: frames, threads: 1)
        return try Torch.withoutGradients {
            let input = try Tensor.from(mel, shape: [1, frames, source.bands], device: device)
            let features = try network.convolve(input)
            let windows = try features.windows(
                at: windowStarts(frames: frames).map { $0 / configuration.stride },
                length: configuration.steps(frames: configuration.windowFrames))
            return try network.place(windows, dropout: 0).meanOfRows().values()
        }
    }
}
