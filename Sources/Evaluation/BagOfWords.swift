import Foundation
import Matrices

/// The paper's baseline features: how often each word of a codebook of timbres occurs in a song.
public struct BagOfWords: Sendable {
    let mean: [Float]
    let deviation: [Float]
    let codebook: KMeans

    public var words: Int { codebook.centres.rows }

    /// The paper's 4,000 words, but no more than two a song: with few songs, most of many words would occur in one only.
    public static func words(songs: Int) -> Int { min(4000, max(64, 2 * songs)) }

    /// Learns a codebook from songs' frames, each dimension at mean 0 and deviation 1.
    /// - Parameters:
    ///   - songs: ``TimbreFeatures/frames(_:)`` of each; an even part of them is used, up to 50 frames a word.
    ///   - words: the codebook's size.
    public init(
        _ songs: [Matrix], words: Int, seed: UInt64 = 0, threads: Int = Parallel.defaultThreads
    ) {
        let frames = songs.reduce(0) { $0 + $1.rows }
        let step = max(1, frames / (50 * words))
        var sample: [Float] = []
        // One at random of every so many, since music repeats itself, and a plain stride might fall in with it.
        var generator = SeededGenerator(seed: seed, stream: 0xBA6)
        for song in songs {
            for start in stride(from: 0, to: song.rows, by: step) {
                sample += song.row(start + generator.integer(below: min(step, song.rows - start)))
            }
        }
        let d = songs.first?.columns ?? 0
        let points = Matrix(rows: sample.count / max(1, d), columns: d, storage: sample)
        let n = Double(max(1, points.rows))
        let mean = (0..<d).map { k in
            (0..<points.rows).reduce(0.0) { $0 + Double(points[$1, k]) } / n
        }
        let deviation = (0..<d).map { k in
            let squares = (0..<points.rows).reduce(0.0) {
                $0 + (Double(points[$1, k]) - mean[k]) * (Double(points[$1, k]) - mean[k])
            }
            return max(1e-6, (squares / n).squareRoot())
        }
        self.mean = mean.map(Float.init)
        self.deviation = deviation.map(Float.init)
        codebook = KMeans(
            Self.standardized(points, self.mean, self.deviation), count: words, seed: seed,
            threads: threads)
    }

    private static func standardized(_ frames: Matrix, _ mean: [Float], _ deviation: [Float])
        -> Matrix
    {
        var result = frames
        let d = frames.columns
        for i in result.storage.indices {
            result.storage[i] = (result.storage[i] - mean[i % d]) / deviation[i % d]
        }
        return result
    }

    /// The words' shares of a song's frames, `[words]`; their sum is 1.
    public func histogram(_ frames: Matrix, threads: Int = Parallel.defaultThreads) -> [Float] {
        var counts = [Float](repeating: 0, count: words)
        for word in codebook.nearest(
            Self.standardized(frames, mean, deviation), threads: threads)
        {
            counts[Int(word)] += 1
        }
        return counts.map { $0 / Float(max(1, frames.rows)) }
    }
}
