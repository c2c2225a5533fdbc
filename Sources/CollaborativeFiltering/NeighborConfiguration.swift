import Foundation
import Matrices

/// How listeners or songs are compared by their plays.
public struct NeighborConfiguration: Codable, Equatable, Sendable {
    /// What a play count weighs, for a "document" (the song or listener compared) and a "term" (a listener or song).
    public enum Weighting: String, Codable, CaseIterable, Sendable {
        /// The count, divided by the length of the document's vector.
        case cosine
        /// `√count · idf`, divided by the length.
        case tfidf
        /// `count · (k1 + 1) / (k1 · (1 − b + b · total / mean total) + count) · idf`.
        case bm25
    }

    public var weighting = Weighting.bm25
    /// Neighbours kept of each; default 100.
    public var count = 100
    /// h of `similarity · common / (common + h)`: how many terms in common it takes to be believed by half; 0 for none.
    public var shrinkage: Float = 0
    /// How slowly BM25 saturates with the count.
    public var k1: Float = 1.2
    /// How much BM25 holds a long document's length against it, 0…1.
    public var b: Float = 0.75
    /// Whether counts are taken as `log(1 + count)`, which real play counts (a few huge ones) need.
    public var logarithmic = true

    public init() {}

    /// The counts that models score with.
    func counts(_ plays: SparseMatrix) -> SparseMatrix {
        let positive =
            plays.values.allSatisfy { $0 > 0 } ? plays : plays.filtered { _, _, count in count > 0 }
        return logarithmic ? positive.mapValues { log1p($0) } : positive
    }

    /// The weights of a matrix of counts `[documents, terms]`, same shape; `idf = log(documents) − log(1 + documents with the
    /// term)`, as implicit has it.
    func weigh(_ counts: SparseMatrix) -> SparseMatrix {
        var documents = [Int](repeating: 0, count: counts.columns)
        for term in counts.columnIndices { documents[Int(term)] += 1 }
        let idf = documents.map { log(Float(max(1, counts.rows))) - log1p(Float($0)) }
        let totals = (0..<counts.rows).map { row in
            counts.range(ofRow: row).reduce(Float(0)) { $0 + counts.values[$1] }
        }
        let mean = totals.reduce(0, +) / Float(max(1, totals.count))
        var weights = counts.values
        for row in 0..<counts.rows {
            let range = counts.range(ofRow: row)
            var squares = 0.0
            for i in range {
                let (count, idf) = (counts.values[i], idf[Int(counts.columnIndices[i])])
                switch weighting {
                case .cosine: weights[i] = count
                case .tfidf: weights[i] = count.squareRoot() * idf
                case .bm25:
                    let length = 1 - b + b * totals[row] / mean
                    weights[i] = count * (k1 + 1) / (k1 * length + count) * idf
                }
                squares += Double(weights[i]) * Double(weights[i])
            }
            guard weighting != .bm25, squares > 0 else { continue }
            let scale = Float(1 / squares.squareRoot())
            for i in range { weights[i] *= scale }
        }
        // `mapValues` visits the entries in the order of storage.
        var place = -1
        return counts.mapValues { _ in
            place += 1
            return weights[place]
        }
    }

    func check() throws {
        func require(_ condition: Bool, _ name: String, _ reason: String) throws {
            if !condition { throw FactorizationError.badSetting(name: name, reason: reason) }
        }
        try require(count >= 1, "neighbours", "must be at least 1")
        try require(shrinkage >= 0, "shrinkage", "must not be negative")
        try require(k1 >= 0, "k1", "must not be negative")
        try require((0...1).contains(b), "b", "must be 0…1")
    }
}
