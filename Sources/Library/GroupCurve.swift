import Foundation
import Matrices
import Recommendation

/// Which way of aggregating serves groups best: pairs and triples of listeners drawn at random get one list, which each
/// judges by their own held-out songs.
public struct GroupCurve: Sendable {
    public struct Row: Codable, Equatable, Sendable {
        public let members: Int
        public let aggregation: GroupScores.Aggregation
        /// Mean over the members.
        public let ndcg20: Double
        /// Of the member whom the list serves worst; mean over the groups.
        public let worst: Double
        /// Share of groups in which some member finds none of their held-out songs.
        public let leftOut: Double
        /// Share of all candidates that the least pleased member would like less than a song of the list; mean over songs.
        public let leastPleased: Double
    }

    static let groups = 300
    let lists: TestLists
    let seed: UInt64
    let threads: Int

    func run() -> [Row] {
        guard lists.listeners.count >= 3 else { return [] }
        return [2, 3].flatMap { size -> [Row] in
            var generator = SeededGenerator(seed: seed, stream: UInt64(size))
            let groups = (0..<Self.groups).map { _ in
                Array(lists.listeners.shuffled(using: &generator).prefix(size))
            }
            return GroupScores.Aggregation.allCases.map { row(groups, $0) }
        }
    }

    private func row(_ groups: [[Int]], _ aggregation: GroupScores.Aggregation) -> Row {
        var ranker = Ranker()
        ranker.maxPerArtist = 0
        let plain = ranker
        let judged = Parallel.map(groups.count, threads: threads) { g -> ([Double], Double) in
            let list = plain.rank(
                lists.candidates(groups[g], by: aggregation), count: DiscoveryCurve.listLength
            ).map(\.index)
            let pleased = list.map { song in
                groups[g].map { lists.share(below: song, for: $0) }.min() ?? 0
            }
            return (
                groups[g].map { lists.quality(list, for: $0).ndcg },
                pleased.reduce(0, +) / Double(max(1, pleased.count))
            )
        }
        let scores = judged.map(\.0)
        let n = Double(max(1, scores.count))
        return Row(
            members: groups.first?.count ?? 0, aggregation: aggregation,
            ndcg20: scores.reduce(0) { $0 + $1.reduce(0, +) / Double($1.count) } / n,
            worst: scores.reduce(0) { $0 + ($1.min() ?? 0) } / n,
            leftOut: Double(scores.count { $0.contains(0) }) / n,
            leastPleased: judged.reduce(0) { $0 + $1.1 } / n)
    }
}
