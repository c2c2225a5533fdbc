import Matrices

/// Songs' log-mel spectrograms, `[frames, bands]` each, read in pieces.
public protocol SpectrogramSource: Sendable {
    var count: Int { get }
    var bands: Int { get }
    func frameCount(of song: Int) -> Int
    /// Copies `count` frames from `start` on; they lie within the song.
    func copyFrames(
        of song: Int, from start: Int, count: Int, into buffer: UnsafeMutableBufferPointer<Float>)
        throws
    /// Copies the means over `steps` runs of `pool` frames each, from `start` on; they lie within the song. The network may hear
    /// in steps of several frames, and reading is faster where they need not be copied first.
    func copyMeans(
        of song: Int, from start: Int, steps: Int, of pool: Int,
        into buffer: UnsafeMutableBufferPointer<Float>) throws
}

/// Spectrograms in memory.
public struct MatrixSource: SpectrogramSource {
    let spectrograms: [Matrix]
    public let bands: Int

    /// - Throws: ``NetworkError/wrongBands(got:expected:)`` when they differ in bands.
    public init(_ spectrograms: [Matrix]) throws {
        bands = spectrograms.first?.columns ?? 0
        for other in spectrograms where other.columns != bands {
            throw NetworkError.wrongBands(got: other.columns, expected: bands)
        }
        self.spectrograms = spectrograms
    }

    public var count: Int { spectrograms.count }
    public func frameCount(of song: Int) -> Int { spectrograms[song].rows }

    public func copyFrames(
        of song: Int, from start: Int, count: Int, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let values = spectrograms[song].storage[start * bands..<(start + count) * bands]
        _ = buffer.update(fromContentsOf: values)
    }

    public func copyMeans(
        of song: Int, from start: Int, steps: Int, of pool: Int,
        into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        if pool == 1 { return try copyFrames(of: song, from: start, count: steps, into: buffer) }
        spectrograms[song].storage.withUnsafeBufferPointer { values in
            for step in 0..<steps {
                Means.of(
                    values.baseAddress?.advanced(by: (start + step * pool) * bands), frames: pool,
                    bands: bands, to: buffer.baseAddress?.advanced(by: step * bands))
            }
        }
    }
}

/// A place to listen: so many frames of a song from a start on.
struct Window: Equatable, Sendable {
    let song: Int
    let start: Int
}

extension SpectrogramSource {
    /// Mean and standard deviation of every band over up to `limit` songs spread over the source.
    func bandStatistics(limit: Int = 200) throws -> (mean: [Float], deviation: [Float]) {
        var sums = [Double](repeating: 0, count: bands)
        var squares = sums
        var frames = 0
        let step = Swift.max(1, count / limit)
        for song in stride(from: 0, to: count, by: step) {
            let length = frameCount(of: song)
            var values = [Float](repeating: 0, count: length * bands)
            try values.withUnsafeMutableBufferPointer {
                try copyFrames(of: song, from: 0, count: length, into: $0)
            }
            for frame in stride(from: 0, to: values.count, by: bands) {
                for band in 0..<bands {
                    let value = Double(values[frame + band])
                    sums[band] += value
                    squares[band] += value * value
                }
            }
            frames += length
        }
        let n = Double(Swift.max(1, frames))
        let mean = sums.map { Float($0 / n) }
        // A band that never changes (silence throughout) must not be blown up.
        let deviation = (0..<bands).map { b in
            Float(Swift.max(squares[b] / n - (sums[b] / n) * (sums[b] / n), 1e-4).squareRoot())
        }
        return (mean, deviation)
    }
}
