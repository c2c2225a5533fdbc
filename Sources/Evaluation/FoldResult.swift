import Foundation
import Matrices

/// A model's name and its scores of the candidates, in their order, for a listener.
public typealias Scorer = (name: String, scores: @Sendable (Int) -> [Float])

/// One model on one fold.
public struct ModelResult: Sendable {
    /// One a ranked listener.
    public let metrics: [RankingMetrics]
    /// Share of the candidates in somebody's first ten, 0…1.
    public let coverage: Double
    /// Mean of −log2 of the share of listeners who play a song, over everybody's first ten, in bits.
    public let novelty: Double
    /// Gini coefficient of how often each candidate stands in somebody's first ten, 0…1.
    public let gini: Double
    /// Share of everybody's first ten that is not among the most played songs that make 80 % of the plays, 0…1.
    public let longTail: Double
}

/// All models on one fold.
public struct FoldResult: Sendable {
    public let listeners: Int
    public let songs: Int
    public let models: [String: ModelResult]
    /// Who was ranked, in the order of every model's metrics.
    public let rankedListeners: [Int]

    /// What is known of the candidates, for what the metrics say about popularity.
    struct Songs: Sendable {
        /// −log2 of the (smoothed) share of listeners who play each song.
        let surprise: [Double]
        /// See ``PopularityBias/longTail(_:head:)``.
        let isTail: [Bool]

        /// - Parameters:
        ///   - counts: listeners of each song.
        ///   - plays: plays of each song.
        init(listenersOf counts: [Int], among listeners: Int, plays: [Double]) {
            surprise = counts.map { -log2(Double($0 + 1) / Double(listeners + 1)) }
            isTail = PopularityBias.longTail(plays)
        }
    }

    /// Models that were judged one after the other on the same fold, in one result.
    /// - Parameter parts: at least one; all with the same listeners and songs.
    public init(sameRankings parts: [FoldResult]) {
        precondition(
            parts.allSatisfy {
                $0.rankedListeners == parts[0].rankedListeners && $0.songs == parts[0].songs
            }, "FoldResult: the parts are of different folds")
        listeners = parts[0].listeners
        songs = parts[0].songs
        rankedListeners = parts[0].rankedListeners
        models = parts.reduce(into: [:]) { $0.merge($1.models) { first, _ in first } }
    }

    /// Ranks candidates for listeners by every model.
    /// - Parameters:
    ///   - ranked: the listeners to rank for.
    ///   - songs: one a score.
    ///   - tieSeed: mixed with the listener, the same for every model.
    ///   - candidates: the songs that are no candidates for a listener, and those that are relevant.
    init(
        ranked: [Int], songs: Songs, scorers: [Scorer], tieSeed: UInt64, threads: Int,
        candidates: @Sendable (Int) -> (known: ArraySlice<Int32>, relevant: [Int])
    ) {
        let count = songs.surprise.count
        var models: [String: ModelResult] = [:]
        for scorer in scorers {
            let results = Parallel.map(ranked.count, threads: threads, grain: 16) { i in
                let listener = ranked[i]
                let (known, relevant) = candidates(listener)
                let scores = scorer.scores(listener)
                precondition(
                    scores.count == count,
                    "\(scorer.name) gave \(scores.count) scores for \(count) songs")
                // The first ten come in the same random order among ties as the metrics saw: a model without an opinion shows
                // everybody something else, and not the first songs of the list.
                let ranks = RelevantRanks(
                    scores: scores, relevant: relevant, known: known,
                    tieSeed: tieSeed &+ UInt64(listener))
                return (metrics: RankingMetrics(ranks), top: ranks.top)
            }
            var shown = [Int](repeating: 0, count: count)
            for song in results.lazy.flatMap(\.top) { shown[song] += 1 }
            let total = Double(max(1, shown.reduce(0, +)))
            models[scorer.name] = ModelResult(
                metrics: results.map(\.metrics),
                coverage: Double(shown.count { $0 > 0 }) / Double(max(1, count)),
                novelty: zip(shown, songs.surprise).reduce(0) { $0 + Double($1.0) * $1.1 } / total,
                gini: PopularityBias.gini(shown),
                longTail: zip(shown, songs.isTail).reduce(0) { $0 + ($1.1 ? Double($1.0) : 0) }
                    / total)
        }
        listeners = ranked.count
        rankedListeners = ranked
        self.songs = count
        self.models = models
    }
}
