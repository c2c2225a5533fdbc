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
}

/// All models on one fold.
public struct FoldResult: Sendable {
    public let listeners: Int
    public let songs: Int
    public let models: [String: ModelResult]
    /// Who was ranked, in the order of every model's metrics.
    public let rankedListeners: [Int]

    /// Ranks candidates for listeners by every model.
    /// - Parameters:
    ///   - ranked: the listeners to rank for.
    ///   - songs: how many candidates there are over all listeners.
    ///   - surprise: −log2 popularity of each song.
    ///   - tieSeed: mixed with the listener, the same for every model.
    ///   - candidates: a listener's candidates (places in a scorer's vector, or nil for all of them) and the relevant ones.
    init(
        ranked: [Int], songs: Int, surprise: [Double], scorers: [Scorer], tieSeed: UInt64,
        threads: Int,
        candidates: @Sendable (Int) -> (places: [Int]?, relevant: [Bool])
    ) {
        var models: [String: ModelResult] = [:]
        for scorer in scorers {
            let results = Parallel.map(ranked.count, threads: threads, grain: 16) { i in
                let listener = ranked[i]
                let (places, relevant) = candidates(listener)
                let all = scorer.scores(listener)
                precondition(
                    all.count == songs, "\(scorer.name) gave \(all.count) scores for \(songs) songs"
                )
                let scores = places.map { $0.map { all[$0] } } ?? all
                let order = RankingMetrics.order(
                    scores: scores, tieSeed: tieSeed &+ UInt64(listener))
                let metrics = RankingMetrics(scores: scores, relevant: relevant, order: order)
                // The same random order among ties as the metrics saw: a model without an opinion shows everybody
                // something else, and not the first songs of the list.
                return (metrics: metrics, top: order.prefix(10).map { places?[$0] ?? $0 })
            }
            let shown = results.flatMap(\.top)
            models[scorer.name] = ModelResult(
                metrics: results.map(\.metrics),
                coverage: Double(Set(shown).count) / Double(max(1, songs)),
                novelty: shown.reduce(0) { $0 + surprise[$1] } / Double(max(1, shown.count)))
        }
        listeners = ranked.count
        rankedListeners = ranked
        self.songs = songs
        self.models = models
    }

    /// −log2 of the (smoothed) share of listeners who play each song.
    static func surprise(listenersOf counts: [Int], among listeners: Int) -> [Double] {
        counts.map { -log2(Double($0 + 1) / Double(listeners + 1)) }
    }
}
