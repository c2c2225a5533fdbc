import Matrices
import Torch

/// What the network makes of one song, window after window.
public struct SongHearing: Sendable {
    /// First frame of each window, and frames of one.
    public let starts: [Int]
    public let windowFrames: Int
    /// `[windows, outputs]`.
    public let predictions: Matrix
    /// Frames between the last convolution's steps, and for each step the share of that layer's excited units that peak there: where
    /// the maximum of the global pooling comes from.
    public let stride: Int
    public let peaks: [Float]

    /// The mean over the windows: the song's prediction.
    public var mean: [Float] {
        (0..<predictions.columns).map { column in
            (0..<predictions.rows).reduce(Float(0)) { $0 + predictions[$1, column] }
                / Float(max(1, predictions.rows))
        }
    }

    /// How each window agrees with the song: the cosine of its prediction to the mean, −1…1.
    public var agreement: [Float] {
        let rows = Matrix(
            rows: predictions.rows + 1, columns: predictions.columns,
            storage: predictions.storage + mean
        ).unitRows()
        return (0..<predictions.rows).map { dot(rows.row($0), rows.row(predictions.rows)) }
    }
}

extension Predictor {
    /// Hears one song of a source.
    public func hearing(_ source: some SpectrogramSource, song: Int) throws -> SongHearing {
        guard source.bands == configuration.melBands else {
            throw NetworkError.wrongBands(got: source.bands, expected: configuration.melBands)
        }
        try Torch.setThreads(threads)
        let frames = max(source.frameCount(of: song), configuration.windowFrames)
        return try Torch.withoutGradients {
            let pool = configuration.inputPool
            let heard = try source.gather(
                [Piece(window: Window(song: song, start: 0), steps: frames / pool)],
                averaging: pool, threads: 1, scaling: scaling)
            let features = try network.convolve(tensor(heard, bands: source.bands))
            let starts = windowStarts(frames: frames)
            let outputs = try network.place(
                features.pooledWindows(
                    at: starts.map { $0 / configuration.stride },
                    length: configuration.steps(frames: configuration.windowFrames)))
            var predictions = Matrix(
                rows: starts.count, columns: configuration.outputs, storage: try outputs.values())
            for (row, start) in starts.enumerated() {
                guard
                    let added = wideStatistics(heard[...], bands: source.bands, starts: [start])
                        .flatMap({ wide?($0) })
                else { break }
                predictions.setRow(row, to: zip(predictions.row(row), added).map { $0 + $1 })
            }
            let values = try features.values()
            let (steps, units) = (features.shape[1], features.shape[2])
            var peaks = [Float](repeating: 0, count: steps)
            var excited: Float = 0
            for unit in 0..<units {
                var (best, value) = (0, Float(0))
                for step in 0..<steps where values[step * units + unit] > value {
                    (best, value) = (step, values[step * units + unit])
                }
                guard value > 0 else { continue }
                peaks[best] += 1
                excited += 1
            }
            return SongHearing(
                starts: starts, windowFrames: configuration.windowFrames,
                predictions: predictions, stride: configuration.stride,
                peaks: peaks.map { $0 / max(1, excited) })
        }
    }
}
