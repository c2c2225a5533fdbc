import CKernels
import Matrices

extension KMeans {
    /// The nearest centre of every point and the squared distance to it.
    /// - Parameter points: `[points, dimensions]`.
    static func nearest(_ points: Matrix, centres: Matrix, threads: Int) -> (
        centre: [Int32], distance: [Float]
    ) {
        precondition(points.columns == centres.columns, "KMeans: dimensions differ")
        let (n, d) = (points.rows, points.columns)
        let block = COLDWAVE_CENTRE_BLOCK
        let columns = (centres.rows + block - 1) / block * block
        var transposed = [Float](repeating: 0, count: d * columns)
        var halves = [Float](repeating: .infinity, count: columns)
        for c in 0..<centres.rows {
            for (k, value) in centres.row(c).enumerated() { transposed[k * columns + c] = value }
            halves[c] = dot(centres.row(c), centres.row(c)) / 2
        }
        var found = [Int32](repeating: 0, count: n)
        var scores = [Float](repeating: 0, count: n)
        let claim = 1024
        found.withUnsafeMutableBufferPointer { found in
            scores.withUnsafeMutableBufferPointer { scores in
                points.storage.withUnsafeBufferPointer { values in
                    let memory = Compared(
                        points: values.baseAddress, nearest: found.baseAddress,
                        scores: scores.baseAddress)
                    let (transposed, halves) = (transposed, halves)
                    Parallel.forEach((n + claim - 1) / claim, threads: threads) { part in
                        let first = part * claim
                        guard let points = memory.points, let nearest = memory.nearest,
                            let scores = memory.scores
                        else { return }
                        coldwave_nearest_centres(
                            points + first * d, Int64(min(claim, n - first)), Int32(d), transposed,
                            halves, Int32(columns), nearest + first, scores + first)
                    }
                }
            }
        }
        for i in 0..<n {
            scores[i] = max(0, dot(points.row(i), points.row(i)) - 2 * scores[i])
        }
        return (found, scores)
    }
}

/// Sendable because the points are only read, and every thread writes only its own points' results.
private struct Compared: @unchecked Sendable {
    let points: UnsafePointer<Float>?
    let nearest: UnsafeMutablePointer<Int32>?
    let scores: UnsafeMutablePointer<Float>?
}
