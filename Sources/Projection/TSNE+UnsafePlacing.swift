import CKernels
import Foundation
import Matrices

extension TSNE {
    /// Places new vectors on an existing map, without moving anything on it and independently of each other.
    ///
    /// A new point i starts at the mean of its neighbours' places weighted by `p_j|i` and moves to where
    /// `KL(P_i‖Q_i)`, `q_j|i = (1 + |y_i − y_j|²)⁻¹ / Z_i` over the map's points, is small. The step is to the minimum of a quadratic
    /// bound of the attraction, half way.
    /// - Parameters:
    ///   - vectors: `[new, dimensions]`, finite.
    ///   - known: the vectors the map was made of, `[points, dimensions]`.
    ///   - positions: their places, `[points, 2]`.
    ///   - perplexity: small, so that a point goes to its very nearest; default 5, less for small maps.
    ///   - steps: default 30.
    /// - Returns: `[new, 2]`.
    /// - Throws: ``ProjectionError``.
    /// - Complexity: O(new · points · (dimensions + steps)).
    public func place(
        _ vectors: Matrix, among known: Matrix, at positions: Matrix, perplexity: Float = 5,
        steps: Int = 30
    ) throws -> Matrix {
        precondition(positions.columns == 2 && positions.rows == known.rows)
        guard vectors.columns == known.columns || vectors.rows == 0 else {
            throw ProjectionError.dimensionsDiffer(got: vectors.columns, expected: known.columns)
        }
        if !vectors.isFinite {
            let row = (0..<vectors.rows).first { !vectors.row($0).allSatisfy(\.isFinite) }
            throw ProjectionError.notFinite(row: row ?? 0)
        }
        guard known.rows >= 3 else {
            throw ProjectionError.tooFewVectors(
                got: known.rows, expected: 3, perplexity: perplexity)
        }
        guard vectors.rows > 0 else { return Matrix(rows: 0, columns: 2) }
        let perplexity = min(perplexity, Float(known.rows) / 3)
        let k = min(known.rows, max(2, Int(3 * perplexity)))
        let near = NeighborSearch(known, threads: threads).nearest(
            to: vectors, count: k, threads: threads)
        let p = Affinities.conditional(near, perplexity: perplexity, threads: threads)
        let padded = (known.rows + 15) / 16 * 16
        let columns = (FloatBuffer(padded, repeating: 1e15), FloatBuffer(padded, repeating: 1e15))
        for i in 0..<known.rows {
            columns.0.start[i] = positions[i, 0]
            columns.1.start[i] = positions[i, 1]
        }
        let (xs, ys) = (Lent<Float>(base: columns.0.start), Lent<Float>(base: columns.1.start))
        let count = Int64(known.rows)
        let places = Parallel.map(vectors.rows, threads: threads, grain: 8) { i -> [Float] in
            var place: [Float] = [0, 0]
            for entry in i * k..<(i + 1) * k {
                let j = Int(near.indices[entry])
                place[0] += p[entry] * positions[j, 0]
                place[1] += p[entry] * positions[j, 1]
            }
            var push: [Float] = [0, 0]
            for _ in 0..<steps {
                let z = coldwave_tsne_repel(xs.base, ys.base, count, place, 0, 1, &push, nil)
                var weight: Float = 0
                var target: [Float] = [0, 0]
                for entry in i * k..<(i + 1) * k {
                    let j = Int(near.indices[entry])
                    let (x, y) = (positions[j, 0], positions[j, 1])
                    let (dx, dy) = (place[0] - x, place[1] - y)
                    let w = p[entry] / (1 + dx * dx + dy * dy)
                    weight += w
                    target[0] += w * x
                    target[1] += w * y
                }
                guard weight > 0, z > 0 else { break }
                for axis in 0..<2 {
                    let wanted = (target[axis] + push[axis] / Float(z)) / weight
                    place[axis] += (wanted - place[axis]) / 2
                }
            }
            return place
        }
        return withExtendedLifetime(columns) {
            Matrix(rows: vectors.rows, columns: 2, storage: places.flatMap { $0 })
        }
    }
}
