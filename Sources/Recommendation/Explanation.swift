import Foundation
import Matrices

func logOfOnePlus(_ value: Double) -> Double { Foundation.log1p(value) }

/// Why a song scores as it does for a listener: which of their own plays the score is made of.
///
/// A listener's factors are linear in their plays: `x = W Yᵀ C p` with `W = (YᵀCY + λI)⁻¹`. So the score of an item `i` is the sum
/// over the played songs of `c_j · y_jᵀ W y_i` (Hu, Koren, Volinsky 2008, §5): exact, not an approximation.
public struct Explanation: Sendable {
    /// L of `A = L Lᵀ`, row by row `[dimensions, dimensions]`.
    private let lower: [Double]
    private let played: [(song: Int, confidence: Double)]
    private let songs: Matrix
    /// The listener's place x, `[dimensions]`: the score of an item y is `x · y`.
    public let place: [Double]

    /// - Parameters:
    ///   - songs: the songs' factors `[songs, dimensions]`.
    ///   - gram: `YᵀY` if known; it does not depend on the listener.
    ///   - played: the listener's songs with their confidence c.
    ///   - disliked: songs turned away from, with their confidence: preference 0, so they add nothing to a score themselves but
    ///     lessen what the plays of songs like them add.
    ///   - regularization: λ.
    public init(
        songs: Matrix, gram: [Double]? = nil, played: [(song: Int, confidence: Double)],
        disliked: [(song: Int, confidence: Double)] = [], regularization: Double
    ) {
        let d = songs.columns
        var a = gram ?? Self.gram(songs)
        var wanted = [Double](repeating: 0, count: d)
        for (song, confidence) in played {
            Self.add(songs.row(song), times: confidence - 1, to: &a)
            for (k, value) in songs.row(song).enumerated() {
                wanted[k] += confidence * Double(value)
            }
        }
        for (song, confidence) in disliked {
            Self.add(songs.row(song), times: confidence - 1, to: &a)
        }
        for i in 0..<d { a[i * d + i] += regularization }
        Self.factorize(&a, d)
        lower = a
        self.played = played
        self.songs = songs
        place = Self.solve(a, wanted)
    }

    /// `YᵀY` in double precision, row by row `[dimensions, dimensions]`; only its lower triangle is filled.
    public static func gram(_ songs: Matrix) -> [Double] {
        // Parts of fixed size, so that the sum does not depend on the threads.
        let part = 16384
        let parts = Parallel.map((songs.rows + part - 1) / part) { i in
            var sum = [Double](repeating: 0, count: songs.columns * songs.columns)
            for row in i * part..<min(songs.rows, (i + 1) * part) {
                add(songs.row(row), times: 1, to: &sum)
            }
            return sum
        }
        return parts.reduce(into: [Double](repeating: 0, count: songs.columns * songs.columns)) {
            for (k, value) in $1.enumerated() { $0[k] += value }
        }
    }

    /// What each played song adds to an item's score, largest first; they sum up to the score.
    /// - Parameter item: the item's factors `[dimensions]`.
    public func contributions(to item: [Float]) -> [(song: Int, share: Double)] {
        let v = Self.solve(lower, item.map(Double.init))
        return played.map { song, confidence in
            (song, confidence * Self.dot(songs.row(song), v))
        }.sorted { $0.share != $1.share ? $0.share > $1.share : $0.song < $1.song }
    }
}
