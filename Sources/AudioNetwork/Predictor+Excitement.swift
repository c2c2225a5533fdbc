import Torch

extension Predictor {
    /// Hears every song once and tells for each unit of each layer which songs excite it most, and when.
    ///
    /// The convolutions run over the whole song; dense layers and outputs once a window. Steps that would hear the silence
    /// after a song's end are left out (a song shorter than a step hears is taken as it is).
    /// - Parameter top: songs to keep for a unit.
    /// - Complexity: memory O(units · top), whatever the number of songs.
    /// - Throws: `TorchError`, ``NetworkError``. Songs not reached when `shouldStop` said so are left out.
    public func excitement(
        _ source: some SpectrogramSource, top: Int, progress: (Int) -> Void = { _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> NetworkExcitement {
        guard source.bands == configuration.melBands || source.count == 0 else {
            throw NetworkError.wrongBands(got: source.bands, expected: configuration.melBands)
        }
        try Torch.setThreads(threads)
        let layers = configuration.layers
        var moments = layers.map { BestMoments(units: $0.units, limit: top) }
        var means = moments
        var sample = SongSample(songs: source.count, layers: layers.count)
        var highlights = SongHighlights()
        let convolutions = configuration.convolutions.count
        for song in 0..<source.count {
            if shouldStop() { break }
            let heard = try activations(source, song: song)
            if sample.isChosen(song) { sample.add(heard.map(\.means)) }
            highlights.add(
                heard.prefix(convolutions).flatMap { zip($0.frames, $0.maxima) }.map {
                    (frame: $0, value: $1)
                })
            for (i, layer) in heard.enumerated() {
                for unit in 0..<layer.units {
                    // A unit behind a ReLU that stays at zero is not excited at all.
                    if layers[i].isRectified, layer.maxima[unit] <= 0 { continue }
                    moments[i].offer(
                        UnitMoment(
                            song: song, frame: layer.frames[unit], activation: layer.maxima[unit]),
                        to: unit)
                    means[i].offer(
                        UnitMoment(
                            song: song, frame: layer.frames[unit], activation: layer.means[unit]),
                        to: unit)
                }
            }
            progress(song + 1)
        }
        let excited = layers.indices.map {
            LayerExcitement(
                name: layers[$0].name, reach: layers[$0].reach, moments: moments[$0].units,
                means: means[$0].units,
                character: LayerCharacter(
                    sample.matrix($0), isRectified: layers[$0].isRectified, threads: threads))
        }
        return NetworkExcitement(layers: excited, highlights: highlights.finish())
    }

    /// Maximum, where it is, and mean of every unit over one song, layer after layer.
    private func activations(_ source: some SpectrogramSource, song: Int) throws -> [UnitPeaks] {
        let heardFrames = source.frameCount(of: song)
        let frames = max(heardFrames, configuration.windowFrames)
        return try Torch.withoutGradients {
            var x = try input(
                source,
                [
                    Piece(
                        window: Window(song: song, start: 0),
                        steps: frames / configuration.inputPool)
                ])
            var peaks: [UnitPeaks] = []
            for (layer, field) in zip(network.convolutions, configuration.receptiveFields) {
                x = try x.convolved(layer.weight, layer.bias, pool: layer.pool)
                let whole = max(1, (heardFrames - field.reach) / field.stride + 1)
                let steps = min(x.shape[1], heardFrames >= field.reach ? whole : 1)
                peaks.append(
                    UnitPeaks(
                        try x.values(), units: x.shape[2],
                        starts: (0..<steps).map { $0 * field.stride }))
            }
            let starts = windowStarts(frames: frames)
            var y = try x.pooledWindows(
                at: starts.map { $0 / configuration.stride },
                length: configuration.steps(frames: configuration.windowFrames))
            for (i, layer) in network.dense.enumerated() {
                y = try y.linear(layer.weight, layer.bias)
                if i < network.dense.count - 1 { y = try y.relu() }
                peaks.append(UnitPeaks(try y.values(), units: y.shape[1], starts: starts))
            }
            return peaks
        }
    }
}

/// A layer's units over one song.
private struct UnitPeaks {
    let units: Int
    var maxima: [Float]
    /// The first frame heard where the maximum is; the first such moment of several.
    var frames: [Int]
    var means: [Float]

    /// - Parameter values: `[steps, units]`; of steps beyond `starts` nothing is taken.
    init(_ values: [Float], units: Int, starts: [Int]) {
        self.units = units
        maxima = Array(repeating: -.infinity, count: units)
        frames = Array(repeating: 0, count: units)
        means = Array(repeating: 0, count: units)
        for (step, start) in starts.enumerated() {
            for unit in 0..<units {
                let value = values[step * units + unit]
                means[unit] += value
                if value > maxima[unit] {
                    maxima[unit] = value
                    frames[unit] = start
                }
            }
        }
        for unit in 0..<units { means[unit] /= Float(max(1, starts.count)) }
    }
}

extension NetworkConfiguration {
    /// A layer that has units.
    public struct Layer: Equatable, Sendable {
        public let name: String
        public let units: Int
        /// Frames that a unit hears at a moment.
        public let reach: Int
        /// False for the outputs, which may be below zero.
        public let isRectified: Bool
    }

    /// Every layer that has units, in order.
    public var layers: [Layer] {
        zip(convolutions, receptiveFields).enumerated().map { i, layer in
            Layer(
                name: "conv\(i + 1)", units: layer.0.filters, reach: layer.1.reach,
                isRectified: true)
        }
            + denseUnits.enumerated().map { i, units in
                Layer(
                    name: "dense\(i + 1)", units: units, reach: windowFrames, isRectified: true)
            }
            + [Layer(name: "outputs", units: outputs, reach: windowFrames, isRectified: false)]
    }
}
