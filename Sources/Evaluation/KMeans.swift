import Foundation
import Matrices

/// k-means by Lloyd's iterations from a k-means++ start (Arthur & Vassilvitskii 2007).
///
/// The same seed gives the same centres, whatever the number of threads.
public struct KMeans: Sendable {
    /// `[centres, dimensions]`; fewer than were asked for where there are fewer distinct points.
    public let centres: Matrix
    /// Mean squared distance to the nearest centre before each iteration.
    public let distances: [Double]

    /// - Parameters:
    ///   - points: `[points, dimensions]`, at least one.
    ///   - count: centres asked for.
    ///   - iterations: at most; it ends sooner once the mean distance falls by less than a ten thousandth.
    public init(
        _ points: Matrix, count: Int, iterations: Int = 25, seed: UInt64 = 0,
        threads: Int = Parallel.defaultThreads
    ) {
        precondition(points.rows > 0 && count > 0, "KMeans: needs points and centres")
        var generator = SeededGenerator(seed: seed, stream: 0xC0DE)
        var centres = Self.start(points, count: count, using: &generator, threads: threads)
        var distances: [Double] = []
        for _ in 0..<iterations {
            let (nearest, squares) = Self.nearest(points, centres: centres, threads: threads)
            let mean = squares.reduce(0.0) { $0 + Double($1) } / Double(points.rows)
            if let last = distances.last, mean > last * (1 - 1e-4) { break }
            distances.append(mean)
            centres = Self.means(points, nearest, before: centres)
        }
        self.centres = centres
        self.distances = distances
    }

    /// The nearest centre of every point, `[points]`.
    public func nearest(_ points: Matrix, threads: Int = Parallel.defaultThreads) -> [Int32] {
        Self.nearest(points, centres: centres, threads: threads).centre
    }

    /// Points one after the other, each with a probability proportional to its squared distance from those before it.
    private static func start(
        _ points: Matrix, count: Int, using generator: inout SeededGenerator, threads: Int
    ) -> Matrix {
        // So many centres can be found among a part of very many points, at a fraction of the work.
        let step = max(1, points.rows / (20 * count))
        let part = points.selectingRows(Array(stride(from: 0, to: points.rows, by: step)))
        var chosen = [generator.integer(below: part.rows)]
        var nearest = [Float](repeating: .infinity, count: part.rows)
        while chosen.count < count {
            let distances = Self.nearest(
                part, centres: part.selectingRows([chosen[chosen.count - 1]]), threads: threads
            ).distance
            var total = 0.0
            for i in nearest.indices {
                nearest[i] = min(nearest[i], distances[i])
                total += Double(nearest[i])
            }
            guard total > 0 else { break }
            var left = generator.uniform() * total
            let next = nearest.firstIndex {
                left -= Double($0)
                return left < 0
            }
            chosen.append(next ?? nearest.lastIndex { $0 > 0 } ?? 0)
        }
        return part.selectingRows(chosen)
    }

    /// Every centre's points' mean; a centre without points stays where it is.
    private static func means(_ points: Matrix, _ nearest: [Int32], before: Matrix) -> Matrix {
        let d = points.columns
        var sums = [Double](repeating: 0, count: before.rows * d)
        var counts = [Int](repeating: 0, count: before.rows)
        for i in 0..<points.rows {
            let centre = Int(nearest[i])
            counts[centre] += 1
            for k in 0..<d { sums[centre * d + k] += Double(points[i, k]) }
        }
        var result = before
        for c in 0..<before.rows where counts[c] > 0 {
            for k in 0..<d { result[c, k] = Float(sums[c * d + k] / Double(counts[c])) }
        }
        return result
    }
}
