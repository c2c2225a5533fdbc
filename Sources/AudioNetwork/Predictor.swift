import Matrices
import Torch

/// Hears whole songs: a song's prediction is the mean over its windows.
public struct Predictor {
    let network: ConvolutionalNetwork
    let wide: WidePath?
    let configuration: NetworkConfiguration
    let scaling: BandScaling
    let device: String
    let threads: Int
    /// Frames between windows' starts, a multiple of the network's stride.
    public let step: Int
    /// Songs are heard together until the first convolution has so many steps of them: enough to keep the processor busy, few enough to
    /// stay in its caches.
    static let stepsAtOnce = 24_000

    /// - Parameters:
    ///   - precision: what products are computed in; nil for what is faster on the device.
    ///   - step: frames between windows' starts, rounded to the network's stride; by default half a window.
    /// - Throws: `TorchError`, ``NetworkError``.
    public init(
        _ model: NetworkModel, device: String = "cpu", precision: Precision? = .float32,
        threads: Int = Parallel.defaultThreads, step: Int? = nil
    ) throws {
        self.device = try Torch.device(device)
        self.threads = threads
        configuration = model.configuration
        scaling = try model.bandScaling()
        wide = try WidePath(model)
        network = try ConvolutionalNetwork(
            model, device: self.device,
            precision: precision ?? .fastest(on: self.device))
        self.step = configuration.windowStep(step ?? configuration.windowFrames / 2)
    }

    /// Windows' starts in a song; one window, padded, for a song that is shorter.
    public func windowStarts(frames: Int) -> [Int] {
        configuration.windowStarts(frames: frames, step: step)
    }

    /// Predicts every song of a source.
    ///
    /// The convolutions run once over whole songs, several one after the other. Songs and windows start at multiples of the pooling's
    /// stride, so each window's part of that pass is exactly what the window alone would give; global pooling and dense
    /// layers follow per window. The next songs are read while these are heard.
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
        let groups = groups(source)
        let (pool, scaling, readers) = (configuration.inputPool, scaling, max(1, threads / 2))
        var reading = ReadAhead(groups.count) { i in
            try source.gather(groups[i], averaging: pool, threads: readers, scaling: scaling)
        }
        var done = 0
        for group in groups {
            if shouldStop() { break }
            guard let values = try reading.next() else { break }
            let places = try hear(group, values, source)
            for (piece, place) in zip(group, places) {
                predictions.setRow(piece.window.song, to: place)
                done += 1
                progress(done)
            }
        }
        return predictions
    }

    /// Songs to be heard together, each with the silence that fills it up to a window and to a multiple of the stride.
    private func groups(_ source: some SpectrogramSource) -> [[Piece]] {
        var groups: [[Piece]] = []
        let most = Self.stepsAtOnce * configuration.inputPool
        var frames = most
        for song in 0..<source.count {
            let stride = configuration.stride
            let heard = max(source.frameCount(of: song), configuration.windowFrames)
            let padded = (heard + stride - 1) / stride * stride
            if frames + padded > most {
                groups.append([])
                frames = 0
            }
            frames += padded
            groups[groups.count - 1].append(
                Piece(window: Window(song: song, start: 0), steps: padded / configuration.inputPool)
            )
        }
        return groups
    }

    /// The songs' places, in order.
    private func hear(_ group: [Piece], _ values: [Float], _ source: some SpectrogramSource) throws
        -> [[Float]]
    {
        var starts: [Int] = []
        var windows: [Int] = []
        var offset = 0
        var added: [[Float]] = []
        for piece in group {
            let frames = max(
                source.frameCount(of: piece.window.song), configuration.windowFrames)
            let own = windowStarts(frames: frames)
            starts += own.map { (offset + $0) / configuration.stride }
            windows.append(own.count)
            let from = offset / configuration.inputPool * source.bands
            added.append(
                wideStatistics(
                    values[from..<from + piece.steps * source.bands], bands: source.bands,
                    starts: own
                ).flatMap { wide?($0) } ?? [])
            offset += piece.steps * configuration.inputPool
        }
        return try Torch.withoutGradients {
            let features = try network.convolve(tensor(values, bands: source.bands))
            let length = configuration.steps(frames: configuration.windowFrames)
            let outputs = try network.place(
                features.pooledWindows(at: starts, length: length)
            ).values()
            let columns = configuration.outputs
            var row = 0
            return windows.enumerated().map { song, count in
                defer { row += count }
                return (0..<columns).map { column in
                    var sum = added[song].isEmpty ? 0 : added[song][column] * Float(count)
                    for window in row..<row + count { sum += outputs[window * columns + column] }
                    return sum / Float(count)
                }
            }
        }
    }

    /// The mean over a song's windows of what the wide way hears; nil where the network has none.
    /// - Parameter values: the song as the first convolution takes it.
    func wideStatistics(_ values: ArraySlice<Float>, bands: Int, starts: [Int]) -> [Float]? {
        guard wide != nil else { return nil }
        let pool = configuration.inputPool
        return WideStatistics.mean(
            values, bands: bands, starts: starts.map { $0 / pool },
            length: configuration.windowFrames / pool)
    }

    /// Pieces one after the other as the first convolution takes them, `[1, steps, bands]`.
    func input(_ source: some SpectrogramSource, _ pieces: [Piece]) throws -> Tensor {
        try tensor(
            source.gather(
                pieces, averaging: configuration.inputPool, threads: 1, scaling: scaling),
            bands: source.bands)
    }

    func tensor(_ values: [Float], bands: Int) throws -> Tensor {
        try Tensor.keeping(
            values, shape: [1, values.count / bands, bands], device: device,
            precision: network.precision)
    }
}
