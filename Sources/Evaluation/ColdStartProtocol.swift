import Foundation
import Matrices

/// Songs held out entirely: their plays never reach what the models learn from, and every listener's ranking of them is
/// compared with what they really play (paper §5.2).
public struct ColdStartProtocol: Sendable {
    public let folds: Int
    public let seed: UInt64

    public init(folds: Int = 5, seed: UInt64 = 0) {
        self.folds = folds
        self.seed = seed
    }

    /// Divides eligible songs into folds so that no group (artist) stands in two; sizes are as even as groups allow.
    /// - Returns: `folds` lists of song indices.
    public func split(groups: [Int], eligible: [Bool]) -> [[Int]] {
        var members: [Int: [Int]] = [:]
        for song in groups.indices where eligible[song] { members[groups[song], default: []].append(song) }
        var generator = SeededGenerator(seed: seed, stream: 0xF01D)
        // Large groups first, each to the smallest fold; random among equals.
        let order = members.keys.sorted().shuffled(using: &generator)
            .sorted { (members[$0]?.count ?? 0) > (members[$1]?.count ?? 0) }
        var parts = [[Int]](repeating: [], count: folds)
        for group in order {
            let smallest = parts.indices.min { parts[$0].count < parts[$1].count } ?? 0
            parts[smallest] += members[group] ?? []
        }
        return parts.map { $0.sorted() }
    }

    /// Ranks the held-out songs for every listener who plays one of them and something else.
    /// - Parameters:
    ///   - plays: all plays `[listeners, songs]`.
    ///   - scorers: a model's name and its scores of the held-out songs, in their order, for a listener.
    public func evaluate(
        plays: SparseMatrix, heldOut: [Int], scorers: [(name: String, scores: @Sendable (Int) -> [Float])],
        threads: Int = Parallel.defaultThreads
    ) -> FoldResult {
        var place = [Int](repeating: -1, count: plays.columns)
        for (i, song) in heldOut.enumerated() { place[song] = i }
        let places = place
        let ranked = (0..<plays.rows).filter { listener in
            let mine = plays.indices(ofRow: listener).count { places[Int($0)] >= 0 }
            return mine > 0 && mine < plays.indices(ofRow: listener).count && mine < heldOut.count
        }
        var popularity = [Double](repeating: 0, count: heldOut.count)
        for column in plays.columnIndices where places[Int(column)] >= 0 { popularity[places[Int(column)]] += 1 }
        let total = Double(max(1, plays.rows))
        let surprise = popularity.map { -log2(($0 + 1) / (total + 1)) }
        var models: [String: ModelResult] = [:]
        for scorer in scorers {
            let results = Parallel.map(ranked.count, threads: threads, grain: 16) { i -> (RankingMetrics, [Int]) in
                let listener = ranked[i]
                var relevant = [Bool](repeating: false, count: heldOut.count)
                for column in plays.indices(ofRow: listener) where places[Int(column)] >= 0 {
                    relevant[places[Int(column)]] = true
                }
                let scores = scorer.scores(listener)
                let metrics = RankingMetrics(
                    scores: scores, relevant: relevant, tieSeed: seed &+ UInt64(listener))
                return (metrics, topIndices(scores, 10))
            }
            let shown = results.flatMap { $0.1 }
            models[scorer.name] = ModelResult(
                metrics: results.map { $0.0 },
                coverage: Double(Set(shown).count) / Double(max(1, heldOut.count)),
                novelty: shown.reduce(0) { $0 + surprise[$1] } / Double(max(1, shown.count)))
        }
        return FoldResult(listeners: ranked.count, songs: heldOut.count, models: models)
    }
}

/// One model on one fold.
public struct ModelResult: Sendable {
    /// One a ranked listener.
    public let metrics: [RankingMetrics]
    public let coverage: Double
    public let novelty: Double
}

/// All models on one fold.
public struct FoldResult: Sendable {
    public let listeners: Int
    public let songs: Int
    public let models: [String: ModelResult]
}
