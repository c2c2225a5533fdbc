import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices
import Recommendation

/// What the settings of a list cost and give: lists of real listeners, of whose songs some were held out.
public struct DiscoveryCurve: Sendable {
    /// One setting's lists, taken together.
    public struct Row: Codable, Equatable, Sendable {
        public let setting: String
        /// Of the held-out songs, in the first 20; binary gains, mean over listeners.
        public let ndcg20: Double
        public let recall20: Double
        /// Mean of −log2(listeners of the song ÷ listeners).
        public let novelty: Double
        /// Share of all songs that are in somebody's list.
        public let coverage: Double
        /// How unevenly songs are shown, 0…1.
        public let gini: Double
        /// Share of the list that the list of the next seed has too; nil without a seed.
        public let sameAsNextSeed: Double?
    }

    public struct Report: Codable, Equatable, Sendable {
        public let listeners: Int
        public let songs: Int
        public let rows: [Row]
        /// What aggregation gives groups; see ``GroupCurve``.
        public let groups: [GroupCurve.Row]
        public let seconds: Double
    }

    public static let listLength = 20
    let plays: SparseMatrix
    let factorization: FactorizationConfiguration
    let seed: UInt64

    public init(_ plays: SparseMatrix, factorization: FactorizationConfiguration, seed: UInt64 = 0)
    {
        self.plays = plays
        self.factorization = factorization
        self.seed = seed
    }

    static var settings: [(name: String, ranker: Ranker)] {
        func setting(_ name: String, _ change: (inout Ranker) -> Void) -> (String, Ranker) {
            var ranker = Ranker()
            ranker.maxPerArtist = 0
            change(&ranker)
            return (name, ranker)
        }
        return (0...10).map { step in
            setting("discovery \(Double(step) / 10)") { $0.discovery = Float(step) / 10 }
        }
            + ([0.1, 0.2, 0.4] as [Float]).flatMap { variation in
                (1...2 as ClosedRange<UInt64>).map { seed in
                    setting("variation \(variation), seed \(seed)") {
                        $0.variation = variation
                        $0.seed = seed
                    }
                }
            }
    }

    public func run() throws -> Report {
        let started = Date()
        let (training, heldOut) = WarmProtocol(seed: seed).split(plays)
        let factors = try ImplicitALS(factorization).fit(training).factors
        let lists = TestLists(factors: factors, training: training, heldOut: heldOut)
        let settings = Self.settings
        let threads = factorization.threads == 0 ? Parallel.defaultThreads : factorization.threads
        let found = Parallel.map(lists.listeners.count, threads: threads) { i -> [[Int]] in
            let candidates = lists.candidates([lists.listeners[i]])
            return settings.map { setting in
                setting.ranker.rank(candidates, count: Self.listLength).map(\.index)
            }
        }
        let rows = settings.indices.map { s -> Row in
            let shown = found.map { $0[s] }
            // Settings with a seed stand in pairs: the first of each is compared with the second.
            let hasNext =
                settings[s].ranker.seed != nil && s + 1 < settings.count
                && settings[s + 1].ranker.variation == settings[s].ranker.variation
            let common = found.reduce(0.0) { sum, list in
                hasNext
                    ? sum + Double(Set(list[s]).intersection(list[s + 1]).count)
                        / Double(max(1, list[s].count)) : 0
            }
            return row(
                settings[s].name, shown, lists,
                same: hasNext ? common / Double(max(1, found.count)) : nil)
        }
        return Report(
            listeners: lists.listeners.count, songs: training.columns, rows: rows,
            groups: GroupCurve(lists: lists, seed: seed, threads: threads).run(),
            seconds: Date().timeIntervalSince(started))
    }

    private func row(_ name: String, _ shown: [[Int]], _ lists: TestLists, same: Double?) -> Row {
        var counts = [Int](repeating: 0, count: lists.songs)
        for song in shown.joined() { counts[song] += 1 }
        let total = Double(max(1, shown.joined().count))
        let surprise = counts.indices.reduce(0.0) { sum, song in
            // A song that nobody plays in training is as new as one with a single listener.
            let share = Double(max(1, lists.popularity[song])) / Double(lists.trainingListeners)
            return sum - Double(counts[song]) * log2(share)
        }
        let quality = zip(lists.listeners, shown).map { lists.quality($1, for: $0) }
        let n = Double(max(1, quality.count))
        return Row(
            setting: name, ndcg20: quality.reduce(0) { $0 + $1.ndcg } / n,
            recall20: quality.reduce(0) { $0 + $1.recall } / n, novelty: surprise / total,
            coverage: Double(counts.count { $0 > 0 }) / Double(max(1, lists.songs)),
            gini: PopularityBias.gini(counts), sameAsNextSeed: same)
    }
}
