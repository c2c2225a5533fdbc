import Foundation
import Matrices

/// A neighbour found.
public struct Neighbor: Equatable, Sendable {
    public let index: Int
    public let score: Float
}

/// Exact nearest neighbours among vectors, by cosine or dot product.
public struct VectorIndex: Sendable {
    public enum Metric: String, Codable, CaseIterable, Sendable { case cosine, dot }

    public let metric: Metric
    /// `[items, dimensions]`; unit rows for cosine.
    private let items: Matrix

    public init(_ items: Matrix, metric: Metric) {
        self.metric = metric
        self.items = metric == .cosine ? items.unitRows() : items
    }

    /// The best `count` items for a query, best first, ties by index; only those that `isAllowed` admits.
    /// - Complexity: O(items · dimensions).
    public func nearest(to query: [Float], count: Int, where isAllowed: (Int) -> Bool = { _ in true }) -> [Neighbor] {
        guard query.count == items.columns else { return [] }
        let probe = metric == .cosine ? Matrix(rows: 1, columns: query.count, storage: query).unitRows().storage : query
        let scores = (0..<items.rows).map { isAllowed($0) ? dot(items.row($0), probe[...]) : Float.nan }
        return topIndices(scores, count).map { Neighbor(index: $0, score: scores[$0]) }
    }
}
