import CollaborativeFiltering
import Foundation
import Matrices
import Recommendation

/// Candidates for listeners whose songs were divided, and how good a list of them is.
struct TestLists: Sendable {
    let factors: Factors
    let training: SparseMatrix
    let heldOut: SparseMatrix
    /// Those with songs in both parts.
    let listeners: [Int]
    /// Listeners of each song in training.
    let popularity: [Int]
    /// The songs' artists, "" where not known; nil where every song stands alone.
    var artists: [String]?
    /// Nil for every song.
    var isAllowed: [Bool]?

    init(factors: Factors, training: SparseMatrix, heldOut: SparseMatrix) {
        self.factors = factors
        self.training = training
        self.heldOut = heldOut
        listeners = (0..<heldOut.rows).filter {
            !heldOut.range(ofRow: $0).isEmpty && !training.range(ofRow: $0).isEmpty
        }
        var counts = [Int](repeating: 0, count: training.columns)
        for song in training.columnIndices { counts[Int(song)] += 1 }
        popularity = counts
    }

    var songs: Int { training.columns }
    var trainingListeners: Int { training.rows }

    /// Every song that none of the listeners plays in training, scored for all of them together.
    func candidates(_ members: [Int], by aggregation: GroupScores.Aggregation = .mean)
        -> [Candidate]
    {
        var isKnown = [Bool](repeating: false, count: songs)
        for member in members {
            for song in training.indices(ofRow: member) { isKnown[Int(song)] = true }
        }
        let rows = (0..<songs).filter { !isKnown[$0] && isAllowed?[$0] ?? true }
        let scores = members.map { member in
            let place = factors.listeners.row(member)
            return rows.map { dot(place, factors.songs.row($0)) }
        }
        return zip(rows, GroupScores.blend(scores, by: aggregation)).map { song, score in
            Candidate(
                index: song, score: score, artist: artist(song), recording: String(song),
                popularity: popularity[song])
        }
    }

    /// A song whose artist is not known has one of its own.
    func artist(_ song: Int) -> String {
        guard let artists else { return "" }
        return artists[song].isEmpty ? "\u{1F}\(song)" : artists[song]
    }

    /// Share of all songs that score below this one for a listener. By a sample of every 16th.
    func share(below song: Int, for listener: Int) -> Double {
        let place = factors.listeners.row(listener)
        let score = dot(place, factors.songs.row(song))
        let sample = stride(from: 0, to: songs, by: 16)
        let below = sample.count { dot(place, factors.songs.row($0)) < score }
        return Double(below) / Double(max(1, (songs + 15) / 16))
    }

    /// Binary gains of what was held out.
    func quality(_ list: [Int], for listener: Int) -> (ndcg: Double, recall: Double) {
        let wanted = Set(heldOut.indices(ofRow: listener).map { Int($0) })
        var gain = 0.0
        var hits = 0
        for (rank, song) in list.enumerated() where wanted.contains(song) {
            gain += 1 / log2(Double(rank + 2))
            hits += 1
        }
        let ideal = (0..<min(wanted.count, DiscoveryCurve.listLength)).reduce(0.0) {
            $0 + 1 / log2(Double($1 + 2))
        }
        return (
            ideal > 0 ? gain / ideal : 0, Double(hits) / Double(max(1, wanted.count))
        )
    }
}
