import CKernels
import Foundation
import Matrices

/// The repulsion between all points of a map, by interpolation and FFT in O(n).
///
/// Linderman et al. 2019 (FIt-SNE) interpolate 1 / (1 + d²)² for four kinds of charge. Here the only charge is 1 and the kernel
/// 1 / (1 + d²): the force Σ_j (y_i − y_j) / (1 + d²)² is minus half the gradient of its field, and cubic splines are smooth enough
/// to be differentiated. So one real transform there and back does what takes eight.
final class RepulsiveField {
    private let count: Int
    private let spacing: Double
    private let threads: Int
    private var grid: FieldGrid?
    private var order: [Int32]
    private var rows: [Int32]

    init(count: Int, spacing: Float, threads: Int) {
        self.count = count
        self.spacing = Double(spacing)
        self.threads = threads
        order = [Int32](repeating: 0, count: count)
        rows = order
    }

    /// Writes Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² of every point to `out`, `[n, 2]`.
    /// - Returns: Z = Σ_{i ≠ j} 1 / (1 + |y_i − y_j|²).
    func repel(_ positions: FloatBuffer, into out: FloatBuffer) -> Double {
        let (low, high) = bounds(positions)
        let extent = max(high.x - low.x, high.y - low.y)
        // As many nodes as make small maps accurate, and as few as keep large ones possible.
        var h = spacing
        while extent / h < 64 && h > 1e-12 { h /= 2 }
        let most = Double(FieldGrid.largest / 2 - 40)
        while extent / h > most { h *= 2 }
        let columns = Int((high.x - low.x) / h) + 8
        let used = (Int((high.y - low.y) / h) + 8 + 31) / 32 * 32
        // Twice the map, so that what goes round the grid's edge is never read; and the splines' reach.
        func length(_ nodes: Int) -> Int {
            FieldGrid.lengths.first { $0 >= 2 * nodes + 16 } ?? FieldGrid.largest
        }
        let shape = FieldGrid.Shape(spacing: h, width: length(columns), height: length(used))
        let grid: FieldGrid
        if let last = self.grid, last.shape == shape {
            grid = last
        } else {
            grid = FieldGrid(shape, threads: threads)
            self.grid = grid
        }
        var field = grid.field(left: low.x - 2 * h, top: low.y - 2 * h, rows: used)
        let stripes = used / 32
        let base = grid.base
        let from = Lent<Float>(base: positions.start)
        let (nodes, to) = (Shared(base: grid.grid.start), Shared(base: out.start))
        let (count, threads, chunk) = (count, threads, 4096)
        let sums = withUnsafePointer(to: &field) { field -> [Double] in
            let field = Lent(base: field)
            let bounds = sort(positions, field, stripes: stripes)
            return self.order.withUnsafeBufferPointer { points in
                bounds.withUnsafeBufferPointer { starts in
                    guard let points = points.baseAddress, let starts = starts.baseAddress else {
                        return []
                    }
                    let (order, bounds) = (Lent(base: points), Lent(base: starts))
                    Parallel.forEach(stripes, threads: threads) { stripe in
                        coldwave_field_spread(
                            field.base, from.base, order.base, bounds.base, Int32(stripe),
                            nodes.base)
                    }
                    grid.rows(field, stripes: stripes, threads: threads)
                    grid.columns(field, threads: threads)
                    grid.back(field, stripes: stripes, threads: threads)
                    return Parallel.map((count + chunk - 1) / chunk, threads: threads) { part in
                        coldwave_field_read(
                            field.base, nodes.base, from.base, order.base, Int64(part * chunk),
                            Int64(min(count, (part + 1) * chunk)), to.base)
                    }
                }
            }
        }
        let z = sums.reduce(0, +) + base * Double(count) * Double(count - 1)
        return max(z, .leastNormalMagnitude)
    }

    /// Sorts the points by the stripe of 32 rows their first node lies in, keeping their order within it.
    /// - Returns: where each stripe's points start, and the end.
    private func sort(_ positions: FloatBuffer, _ field: Lent<coldwave_field>, stripes: Int)
        -> [Int64]
    {
        var bounds = [Int64](repeating: 0, count: stripes + 1)
        let count = count
        rows.withUnsafeMutableBufferPointer { rows in
            var column: Int32 = 0
            for i in 0..<count {
                coldwave_field_first(field.base, positions.start + 2 * i, &column, &rows[i])
                bounds[Int(rows[i]) / 32 + 1] += 1
            }
        }
        for stripe in 0..<stripes { bounds[stripe + 1] += bounds[stripe] }
        var next = bounds
        order.withUnsafeMutableBufferPointer { order in
            for i in 0..<count {
                let stripe = Int(rows[i]) / 32
                order[Int(next[stripe])] = Int32(i)
                next[stripe] += 1
            }
        }
        return bounds
    }

    private func bounds(_ positions: FloatBuffer) -> (
        low: (x: Double, y: Double), high: (x: Double, y: Double)
    ) {
        var (lowX, lowY) = (Float.infinity, Float.infinity)
        var (highX, highY) = (-Float.infinity, -Float.infinity)
        for i in 0..<count {
            let (x, y) = (positions.start[2 * i], positions.start[2 * i + 1])
            lowX = min(lowX, x)
            highX = max(highX, x)
            lowY = min(lowY, y)
            highY = max(highY, y)
        }
        return ((Double(lowX), Double(lowY)), (Double(highX), Double(highY)))
    }
}
