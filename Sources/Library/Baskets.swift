import CollaborativeFiltering
import Matrices

/// What is a row of the matrix that is factorised. Songs that share rows come to lie near each other, so one listener's
/// plays alone, all of them one row, tell nothing; cut into sessions they tell what goes together.
public enum Baskets: String, Codable, CaseIterable, Sendable {
    /// All that a listener plays.
    case listeners
    /// What a listener plays in one go, without a pause of over 30 minutes.
    case sessions
    /// Playlists, and the played songs of an album.
    case playlists

    /// What error messages and tables call one of them.
    var one: String {
        switch self {
        case .listeners: "listener"
        case .sessions: "session"
        case .playlists: "playlist"
        }
    }

    /// The pause that ends a session, in seconds.
    static let pauseSeconds: Int64 = 30 * 60

    /// Songs in fewer baskets have factors that say too little to learn from. A list is made by someone who chose its songs,
    /// so one is enough, and hardly any song has two albums.
    var minimumPerSong: Int { self == .playlists ? 1 : TrainStage.minimumListeners }
}

/// Baskets as rows over the songs of ``TasteData``.
struct BasketData: Sendable {
    /// The same for the same basket in later factorisations: whose and when, or which list.
    let names: [String]
    /// How often a song is in a basket, `[baskets, songs]`.
    let counts: SparseMatrix

    /// Only baskets of two different songs or more: one alone goes with nothing.
    func usable() -> BasketData {
        var rows: [Int: Int] = [:]
        for row in 0..<counts.rows where counts.range(ofRow: row).count >= 2 {
            rows[row] = rows.count
        }
        let kept = rows.sorted { $0.value < $1.value }
        return BasketData(
            // A line each in their file.
            names: kept.map {
                names[$0.key].split(whereSeparator: \.isNewline).joined(separator: " ")
            },
            counts: SparseMatrix(
                rows: kept.count, columns: counts.columns,
                entries: kept.flatMap { old, new in
                    counts.range(ofRow: old).map {
                        (row: new, column: Int(counts.columnIndices[$0]), value: counts.values[$0])
                    }
                }))
    }
}
