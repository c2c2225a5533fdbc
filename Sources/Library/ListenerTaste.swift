import CollaborativeFiltering
import Matrices
import Recommendation

/// One listener as the recommender sees them.
struct ListenerTaste: Sendable {
    let listener: String
    /// What the rows of the songs' factors are called, for those they play.
    let names: [Int: String]
    let played: Set<SongID>
    let hated: Set<SongID>
    let explanation: Explanation
    /// In the taste space, `[dimensions]`.
    let place: [Float]
    /// False when none of their plays has factors: `place` is then the mean of all listeners.
    let isKnown: Bool
}

extension Recommender {
    /// Places a listener by their plays, love, hate and skips of now: the row of the factorisation solved once more, so that
    /// what came since counts, and so that every score is exactly the sum of what its reasons name.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    func taste(of listener: String) throws -> ListenerTaste {
        try catalogue.requireListener(listener)
        let configuration = factors.configuration
        let history = try catalogue.history(of: listener)
        let hated = try catalogue.feedback(of: listener).filter { $0.score < 0 }.map(\.song)
        let heard = Set(history.map(\.song))
        var likes: [Int: Double] = [:]
        var names: [Int: String] = [:]
        for item in history {
            guard let row = songRow[item.song] else { continue }
            likes[row] = Double(configuration.confidence(of: Float(item.count)))
            names[row] = item.name
        }
        var dislikes: [Int: Double] = [:]
        for skip in try catalogue.skips(of: listener) where !heard.contains(skip.song) {
            guard let row = songRow[skip.song] else { continue }
            dislikes[row] = 1 + Double(Catalogue.weight(ofSkips: skip.count, configuration))
        }
        for row in hated.compactMap({ songRow[$0] }) {
            dislikes[row] = 1 + Double(Catalogue.weight(configuration))
        }
        // Of a song both played and disliked the greater confidence counts, as in the factorisation.
        for (row, confidence) in dislikes {
            if confidence > likes[row, default: 0] {
                likes[row] = nil
            } else {
                dislikes[row] = nil
            }
        }
        func sorted(_ entries: [Int: Double]) -> [(song: Int, confidence: Double)] {
            entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        let explanation = Explanation(
            songs: factors.factors.songs, gram: gram, played: sorted(likes),
            disliked: sorted(dislikes), regularization: Double(configuration.regularization))
        return ListenerTaste(
            listener: listener, names: names, played: heard, hated: Set(hated),
            explanation: explanation,
            place: likes.isEmpty ? meanListener() : explanation.place.map { Float($0) },
            isKnown: !likes.isEmpty)
    }

    private func meanListener() -> [Float] {
        let listeners = factors.factors.listeners
        var sum = [Double](repeating: 0, count: listeners.columns)
        for row in 0..<listeners.rows {
            for (k, value) in listeners.row(row).enumerated() { sum[k] += Double(value) }
        }
        return sum.map { Float($0 / Double(max(1, listeners.rows))) }
    }
}
