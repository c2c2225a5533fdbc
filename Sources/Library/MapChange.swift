import Foundation
import Matrices
import Projection

/// What a new state of the library means for the map that is there.
///
/// People learn where things are on a map, so it stays as it is while it is true: new songs join it where their nearest songs are. It is laid anew
/// when more than a fifth of the songs came after it was laid, or when the songs' places in the taste space changed so much (other
/// plays, another network) that of a song's ten nearest fewer than half were so then.
enum MapChange: Equatable {
    /// No song is new; the old rows of the songs of now.
    case none([Int])
    /// Per song of now its old row; nil for a new one.
    case joining([Int?])
    case anew(because: String)

    static let mostNew = 0.2
    static let leastKept = 0.5
    private static let neighbors = 10
    /// Songs whose neighbours are compared.
    private static let sample = 500

    /// - Parameters:
    ///   - tracks: the songs of now, and their `vectors`, of length 1.
    ///   - isWanted: laid anew whatever changed.
    init(
        _ last: StoredMap?, tracks: [Int64], vectors: Matrix, predictions: String, isWanted: Bool,
        threads: Int
    ) {
        guard let last else {
            self = .anew(because: "there was none")
            return
        }
        let row = Dictionary(zip(last.tracks, 0...), uniquingKeysWith: { a, _ in a })
        let places = tracks.map { row[$0] }
        if isWanted {
            self = .anew(because: "it was asked for")
            return
        }
        let known = places.compactMap { $0 }
        if last.predictions == predictions, known.count == tracks.count {
            self = .none(known)
            return
        }
        // Songs that joined earlier count as new until the map is laid for them.
        let later = max(0, tracks.count - min(last.laid, known.count))
        let share = Double(later) / Double(max(1, tracks.count))
        guard share <= Self.mostNew, known.count >= MapStage.fewest else {
            self = .anew(
                because: "\(Int((100 * share).rounded())) % of the songs came after it was laid")
            return
        }
        let kept = Self.kept(last, places, vectors, threads)
        guard kept >= Self.leastKept else {
            self = .anew(
                because:
                    "plays or network changed: of a song's nearest \(Int((100 * kept).rounded())) % are as they were"
            )
            return
        }
        self = known.count == tracks.count ? .none(known) : .joining(places)
    }

    /// The share of songs' nearest ones, among those on the map, that were so when it was laid; 0 where that is not known.
    private static func kept(
        _ last: StoredMap, _ places: [Int?], _ vectors: Matrix, _ threads: Int
    ) -> Double {
        guard let old = last.vectors else { return 0 }
        let known = places.indices.filter { places[$0] != nil }
        let before = old.selectingRows(known.compactMap { places[$0] })
        let now = vectors.selectingRows(known)
        let count = min(neighbors, known.count - 1)
        guard count > 0 else { return 1 }
        let step = max(1, known.count / sample)
        let rows = Array(stride(from: 0, to: known.count, by: step))
        let shares = Parallel.map(rows.count, threads: threads) { i -> Double in
            let (a, b) = (nearest(rows[i], before, count), nearest(rows[i], now, count))
            return Double(a.intersection(b).count) / Double(count)
        }
        return shares.reduce(0, +) / Double(shares.count)
    }

    private static func nearest(_ row: Int, _ vectors: Matrix, _ count: Int) -> Set<Int> {
        let own = vectors.row(row)
        let scores = (0..<vectors.rows).map {
            $0 == row ? -Float.infinity : dot(own, vectors.row($0))
        }
        return Set(topIndices(scores, count))
    }
}
