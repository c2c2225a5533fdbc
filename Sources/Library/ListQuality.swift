import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices
import Recommendation

/// What limits of a list cost, and what they give: lists of real listeners, of whose songs some were held out.
public struct ListQuality: Sendable {
    /// One setting's lists, taken together.
    public struct Row: Codable, Equatable, Sendable {
        public let setting: String
        /// Of the held-out songs in the first 20; binary gains, mean over listeners.
        public let ndcg20: Double
        public let recall20: Double
        /// What of the plain ranking's nDCG is lost, a share; below zero where it is more.
        public let loss: Double
        /// Half the width of its 95 % interval, by the listeners' paired differences.
        public let lossMargin: Double
        /// Share of a list's songs by an artist who is in it already.
        public let artistRepetition: Double
        /// Share of all songs shown that are among the most played ones that together make half of all plays.
        public let headShare: Double
        /// How unevenly songs are shown, 0…1.
        public let gini: Double
        /// Share of the songs that may be shown that somebody is shown.
        public let coverage: Double
    }

    public struct Report: Codable, Equatable, Sendable {
        public let listeners: Int
        public let songs: Int
        public let artists: Int
        public let rows: [Row]
        public let seconds: Double
    }

    let plays: SparseMatrix
    /// Of every song; "" where not known.
    let artists: [String]
    let isListedOnly: Bool
    let factorization: FactorizationConfiguration
    let seed: UInt64

    /// - Parameter isListedOnly: only songs whose artist is known are shown, and count.
    public init(
        _ plays: SparseMatrix, artists: [String], isListedOnly: Bool,
        factorization: FactorizationConfiguration, seed: UInt64 = 0
    ) {
        precondition(artists.count == plays.columns)
        self.plays = plays
        self.artists = artists
        self.isListedOnly = isListedOnly
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
        return [
            setting("plain ranking") { _ in },
            setting("at most 3 by an artist") { $0.maxPerArtist = 3 },
            setting("at most 2 by an artist (default)") { $0.maxPerArtist = 2 },
            setting("at most 1 by an artist") { $0.maxPerArtist = 1 },
            setting("at most 2, discovery 0.1") {
                $0.maxPerArtist = 2
                $0.discovery = 0.1
            },
            setting("at most 2, another list a day (--seed)") {
                $0.maxPerArtist = 2
                $0.seed = 1
            },
            setting("at most 1, discovery 0.2, seed (--weekly)") {
                $0.maxPerArtist = 1
                $0.discovery = 0.2
                $0.seed = 1
            },
        ]
    }

    public func run() throws -> Report {
        let started = Date()
        let (training, all) = WarmProtocol(seed: seed).split(plays)
        let isAllowed = artists.map { !isListedOnly || !$0.isEmpty }
        let heldOut = all.keeping { isAllowed[$0] }
        let factors = try ImplicitALS(factorization).fit(training).factors
        var lists = TestLists(factors: factors, training: training, heldOut: heldOut)
        lists.artists = artists
        lists.isAllowed = isAllowed
        let settings = Self.settings
        let threads = factorization.threads == 0 ? Parallel.defaultThreads : factorization.threads
        let judged = lists
        let found = Parallel.map(judged.listeners.count, threads: threads) { i -> [[Int]] in
            let candidates = judged.candidates([judged.listeners[i]])
            return settings.map { setting in
                setting.ranker.rank(candidates, count: DiscoveryCurve.listLength).map(\.index)
            }
        }
        let isTail = PopularityBias.longTail(
            judged.popularity.enumerated().map { isAllowed[$0] ? Double($1) : 0 }, head: 0.5)
        let plain = zip(judged.listeners, found).map { judged.quality($1[0], for: $0).ndcg }
        let rows = settings.indices.map { s in
            row(settings[s].name, found.map { $0[s] }, judged, plain, isTail)
        }
        return Report(
            listeners: judged.listeners.count, songs: isAllowed.count { $0 },
            artists: Set(artists.filter { !$0.isEmpty }).count, rows: rows,
            seconds: Date().timeIntervalSince(started))
    }

    private func row(
        _ name: String, _ shown: [[Int]], _ lists: TestLists, _ plain: [Double], _ isTail: [Bool]
    ) -> Row {
        let n = Double(max(1, shown.count))
        let quality = zip(lists.listeners, shown).map { lists.quality($1, for: $0) }
        let ndcg = quality.reduce(0) { $0 + $1.ndcg } / n
        let base = max(plain.reduce(0, +) / n, .leastNormalMagnitude)
        let lost = zip(plain, quality).map { $0 - $1.ndcg }
        let mean = lost.reduce(0, +) / n
        let variance = lost.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
        let repetition = shown.reduce(0.0) { sum, list in
            sum + 1 - Double(Set(list.map(lists.artist)).count) / Double(max(1, list.count))
        }
        var counts = [Int](repeating: 0, count: lists.songs)
        for song in shown.joined() { counts[song] += 1 }
        let allowed = counts.indices.filter { lists.isAllowed?[$0] ?? true }
        let total = Double(max(1, counts.reduce(0, +)))
        return Row(
            setting: name, ndcg20: ndcg, recall20: quality.reduce(0) { $0 + $1.recall } / n,
            loss: mean / base, lossMargin: 1.96 * (variance / n).squareRoot() / base,
            artistRepetition: repetition / n,
            headShare: Double(counts.indices.reduce(0) { $0 + (isTail[$1] ? 0 : counts[$1]) })
                / total, gini: PopularityBias.gini(allowed.map { counts[$0] }),
            coverage: Double(allowed.count { counts[$0] > 0 }) / Double(max(1, allowed.count)))
    }
}

extension SparseMatrix {
    /// The same without the entries of other columns.
    fileprivate func keeping(_ isWanted: (Int) -> Bool) -> SparseMatrix {
        var entries: [(row: Int, column: Int, value: Float)] = []
        for row in 0..<rows {
            for i in range(ofRow: row) where isWanted(Int(columnIndices[i])) {
                entries.append((row, Int(columnIndices[i]), values[i]))
            }
        }
        return SparseMatrix(rows: rows, columns: columns, entries: entries)
    }
}
