import Matrices

extension Trainer {
    /// The network with its wide way, solved for all songs it may learn from.
    /// - Parameters:
    ///   - deep: what gradients made.
    ///   - targets: `[songs, outputs]`, as the deep way learned them.
    func widened<Source: SpectrogramSource>(
        _ deep: NetworkModel, _ source: Source, _ targets: Matrix, groups: [Int]
    ) throws -> NetworkModel {
        let step = max(1, source.count / WidePath.songsToFit)
        let songs = Array(stride(from: 0, to: source.count, by: step))
        let statistics = try Self.wideStatistics(source, songs: songs, of: deep)
        return try deep.widened(
            by: WidePath(
                fitting: statistics, to: targets.selectingRows(songs),
                groups: songs.map { groups[$0] }))
    }

    /// What the wide way hears of songs, as ``Predictor`` will hear them, `[songs, 3 · bands]`.
    static func wideStatistics<Source: SpectrogramSource>(
        _ source: Source, songs: [Int], of model: NetworkModel
    ) throws -> Matrix {
        let (configuration, scaling) = (model.configuration, try model.bandScaling())
        let (pool, bands) = (configuration.inputPool, source.bands)
        var rows = Matrix(rows: songs.count, columns: 3 * bands)
        for (row, song) in songs.enumerated() {
            let frames = max(source.frameCount(of: song), configuration.windowFrames)
            let values = try source.gather(
                [Piece(window: Window(song: song, start: 0), steps: frames / pool)],
                averaging: pool, threads: 1, scaling: scaling)
            rows.setRow(
                row,
                to: WideStatistics.mean(
                    values[...], bands: bands,
                    starts: configuration.windowStarts(frames: frames).map { $0 / pool },
                    length: configuration.windowFrames / pool))
        }
        return rows
    }
}
