import Foundation
import Matrices

/// Songs held out entirely: their plays never reach what the models learn from, and every listener's ranking of them is
/// compared with what they really play (paper §5.2).
public struct ColdStartProtocol: Codable, Equatable, Sendable {
    public let folds: Int
    public let seed: UInt64
    /// Songs with fewer listeners are not worth ranking; see ``eligible(_:)``.
    public let minimumListeners: Int

    public init(folds: Int = 5, seed: UInt64 = 0, minimumListeners: Int = 2) {
        precondition(folds > 0, "ColdStartProtocol: at least one fold")
        self.folds = folds
        self.seed = seed
        self.minimumListeners = minimumListeners
    }

    /// Which songs have at least ``minimumListeners`` listeners.
    /// - Parameter plays: `[listeners, songs]`.
    public func eligible(_ plays: SparseMatrix) -> [Bool] {
        var counts = [Int](repeating: 0, count: plays.columns)
        for column in plays.columnIndices { counts[Int(column)] += 1 }
        return counts.map { $0 >= minimumListeners }
    }

    /// Divides eligible songs into folds so that no group (artist) stands in two; sizes are as even as groups allow.
    /// - Returns: `folds` lists of song indices.
    public func split(groups: [Int], eligible: [Bool]) -> [[Int]] {
        var members: [Int: [Int]] = [:]
        for song in groups.indices where eligible[song] {
            members[groups[song], default: []].append(song)
        }
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

    /// Ranks the held-out songs for every listener who plays one of them, not all of them, and something else.
    ///
    /// Novelty and the long tail take popularity from the held-out plays: in training these songs have none.
    /// - Parameters:
    ///   - plays: all plays `[listeners, songs]`.
    ///   - heldOut: songs of one fold, each once.
    ///   - scorers: a model's name and its scores of the held-out songs, in their order, for a listener.
    public func evaluate(
        plays: SparseMatrix, heldOut: [Int], scorers: [Scorer],
        threads: Int = Parallel.defaultThreads
    ) -> FoldResult {
        var place = [Int](repeating: -1, count: plays.columns)
        for (i, song) in heldOut.enumerated() { place[song] = i }
        let places = place
        let ranked = (0..<plays.rows).filter { listener in
            let mine = plays.indices(ofRow: listener).count { places[Int($0)] >= 0 }
            return mine > 0 && mine < plays.indices(ofRow: listener).count && mine < heldOut.count
        }
        var counts = [Int](repeating: 0, count: heldOut.count)
        var sums = [Double](repeating: 0, count: heldOut.count)
        for (i, column) in plays.columnIndices.enumerated() where places[Int(column)] >= 0 {
            counts[places[Int(column)]] += 1
            sums[places[Int(column)]] += Double(plays.values[i])
        }
        return FoldResult(
            ranked: ranked,
            songs: FoldResult.Songs(listenersOf: counts, among: plays.rows, plays: sums),
            scorers: scorers, tieSeed: seed, threads: threads
        ) { listener in
            (
                [],
                plays.indices(ofRow: listener).map { places[Int($0)] }.filter { $0 >= 0 }
            )
        }
    }
}
