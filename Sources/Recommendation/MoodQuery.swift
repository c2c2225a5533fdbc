import Matrices

/// Arithmetic in the taste space: more like these songs, less like those.
public struct MoodQuery: Codable, Equatable, Sendable {
    /// Rows of the songs to be near.
    public var plus: [Int]
    /// Rows of the songs to be far from.
    public var minus: [Int]

    public init(plus: [Int], minus: [Int] = []) {
        self.plus = plus
        self.minus = minus
    }

    /// Where to look, of unit length: the mean direction of ``plus`` less that of ``minus``, so that the number of songs on either
    /// side does not matter. Nil when nothing is left, as when both sides are the same, or when a row does not exist.
    /// - Parameter items: places in the taste space, `[songs, dimensions]`.
    public func direction(in items: Matrix) -> [Float]? {
        guard (plus + minus).allSatisfy({ (0..<items.rows).contains($0) }) else { return nil }
        var sum = [Double](repeating: 0, count: items.columns)
        for (rows, sign) in [(plus, 1.0), (minus, -1.0)] where !rows.isEmpty {
            let unit = items.selectingRows(rows).unitRows()
            for r in 0..<unit.rows {
                for (k, value) in unit.row(r).enumerated() {
                    sum[k] += sign * Double(value) / Double(rows.count)
                }
            }
        }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Unit vectors cancel only down to their rounding.
        guard norm.isFinite, norm > 1e-6 else { return nil }
        return sum.map { Float($0 / norm) }
    }

    /// The nearest songs to ``direction(in:)``, without those the query is made of.
    public func nearest(in items: Matrix, count: Int) -> [Neighbor] {
        guard let direction = direction(in: items) else { return [] }
        let own = Set(plus + minus)
        return VectorIndex(items, metric: .cosine)
            .nearest(to: direction, count: count) { !own.contains($0) }
    }
}
