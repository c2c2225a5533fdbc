import Foundation
import Matrices

/// A way through the taste space from one song to another.
public enum SongPath {
    /// `count` songs that start with `first` and end with `last`: the nearest unused song to each of the points that divide
    /// the arc between the two evenly.
    /// - Parameter items: places in the taste space, `[songs, dimensions]`; directions count, lengths do not.
    public static func between(_ first: Int, _ last: Int, count: Int, items: Matrix) -> [Int] {
        guard count > 2, first != last else {
            return first == last ? [first] : Array([first, last].prefix(count))
        }
        let unit = items.unitRows()
        let (a, b) = (Array(unit.row(first)), Array(unit.row(last)))
        let index = VectorIndex(unit, metric: .cosine)
        let angle = acos(max(-1, min(1, Double(dot(a[...], b[...])))))
        var path = [first]
        var used: Set<Int> = [first, last]
        for step in 1..<count - 1 {
            let t = Double(step) / Double(count - 1)
            // Spherical interpolation; for (nearly) equal directions the straight line is the same, and between
            // opposite ones no arc is shorter than another.
            let (u, v) =
                sin(angle) < 1e-3
                ? (1 - t, t) : (sin((1 - t) * angle) / sin(angle), sin(t * angle) / sin(angle))
            let point = zip(a, b).map { Float(u) * $0 + Float(v) * $1 }
            guard let next = index.nearest(to: point, count: 1, where: { !used.contains($0) }).first
            else { break }
            used.insert(next.index)
            path.append(next.index)
        }
        return path + [last]
    }
}

/// The order in which a set of songs flows.
public enum PlaylistOrder {
    /// Starts with the first and goes on to the nearest that is left, then undoes crossings (2-opt).
    /// - Returns: a permutation of the rows of `items`.
    /// - Complexity: O(n²) a round, at most 20 rounds.
    public static func flow(_ items: Matrix) -> [Int] {
        let unit = items.unitRows()
        guard unit.rows > 2 else { return Array(0..<unit.rows) }
        func distance(_ a: Int, _ b: Int) -> Float { 1 - dot(unit.row(a), unit.row(b)) }
        var left = Set(1..<unit.rows)
        var order = [0]
        while !left.isEmpty, let current = order.last {
            guard
                let next = left.min(by: {
                    (distance(current, $0), $0) < (distance(current, $1), $1)
                })
            else { break }
            left.remove(next)
            order.append(next)
        }
        for _ in 0..<20 {
            var improved = false
            for i in 1..<order.count - 1 {
                for j in i + 1..<order.count {
                    let before =
                        distance(order[i - 1], order[i])
                        + (j + 1 < order.count ? distance(order[j], order[j + 1]) : 0)
                    let after =
                        distance(order[i - 1], order[j])
                        + (j + 1 < order.count ? distance(order[i], order[j + 1]) : 0)
                    if after < before - 1e-6 {
                        order[i...j].reverse()
                        improved = true
                    }
                }
            }
            if !improved { break }
        }
        return order
    }
}
