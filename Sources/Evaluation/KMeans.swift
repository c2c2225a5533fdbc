import Foundation
import Matrices

/// k-means by Lloyd's iterations from a greedy k-means++ start (Arthur & Vassilvitskii 2007).
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

    /// Points one after the other: each time a few are drawn with probabilities proportional to their squared distances from those
    /// before, and the one is taken that leaves the least distance (greedy k-means++).
    private static func start(
        _ points: Matrix, count: Int, using generator: inout SeededGenerator, threads: Int
    ) -> Matrix {
        // So many centres can be found among a part of very many points, at a fraction of the work.
        let step = max(1, points.rows / (20 * count))
        // One at random of every so many: a plain stride would miss what comes at its own rhythm.
        let part = points.selectingRows(
            stride(from: 0, to: points.rows, by: step).map {
                $0 + generator.integer(below: min(step, points.rows - $0))
            })
        let squares = (0..<part.rows).map { dot(part.row($0), part.row($0)) }
        /// What is left of the distances once a point is a centre too.
        @Sendable func left(_ centre: Int, _ before: [Float]) -> [Float] {
            before.indices.map { i in
                // A point itself, and its equals, must be at no distance in spite of rounding.
                let distance =
                    squares[i] + squares[centre] - 2 * dot(part.row(i), part.row(centre))
                return min(before[i], distance < 1e-5 * squares[centre] ? 0 : max(0, distance))
            }
        }
        let trials = 2 + Int(log(Double(count)))
        var chosen = [generator.integer(below: part.rows)]
        var distances = left(chosen[0], [Float](repeating: .infinity, count: part.rows))
        while chosen.count < count {
            let total = distances.reduce(0.0) { $0 + Double($1) }
            guard total > 0 else { break }
            let candidates = (0..<trials).map { _ in
                var remaining = generator.uniform() * total
                let drawn = distances.firstIndex {
                    remaining -= Double($0)
                    return remaining < 0
                }
                return drawn ?? distances.lastIndex { $0 > 0 } ?? 0
            }
            let before = distances
            let results = Parallel.map(trials, threads: threads) { trial in
                let after = left(candidates[trial], before)
                return (after: after, sum: after.reduce(0.0) { $0 + Double($1) })
            }
            let best = results.indices.min { results[$0].sum < results[$1].sum } ?? 0
            chosen.append(candidates[best])
            distances = results[best].after
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
