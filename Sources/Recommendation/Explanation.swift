import Foundation
import Matrices

func logOfOnePlus(_ value: Double) -> Double { Foundation.log1p(value) }

/// Why a song scores as it does for a listener: which of their own plays the score is made of.
///
/// A listener's factors are linear in their plays: `x = W Yᵀ C p` with `W = (YᵀCY + λI)⁻¹`. So the score of an item `i` is the sum
/// over the played songs of `c_j · y_jᵀ W y_i` (Hu, Koren, Volinsky 2008, §5): exact, not an approximation.
public struct Explanation: Sendable {
    private let lower: [[Double]]
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
        songs: Matrix, gram: [[Double]]? = nil, played: [(song: Int, confidence: Double)],
        disliked: [(song: Int, confidence: Double)] = [], regularization: Double
    ) {
        let d = songs.columns
        var a = gram ?? Self.gram(songs)
        for (song, confidence) in played + disliked {
            let y = songs.row(song).map(Double.init)
            for i in 0..<d { for j in 0..<d { a[i][j] += (confidence - 1) * y[i] * y[j] } }
        }
        for i in 0..<d { a[i][i] += regularization }
        // Cholesky: A = L Lᵀ.
        for j in 0..<d {
            for k in 0..<j { a[j][j] -= a[j][k] * a[j][k] }
            a[j][j] = max(a[j][j], 1e-12).squareRoot()
            for i in j + 1..<max(d, j + 1) {
                for k in 0..<j { a[i][j] -= a[i][k] * a[j][k] }
                a[i][j] /= a[j][j]
            }
        }
        lower = a
        self.played = played
        self.songs = songs
        var wanted = [Double](repeating: 0, count: d)
        for (song, confidence) in played {
            for (k, value) in songs.row(song).enumerated() {
                wanted[k] += confidence * Double(value)
            }
        }
        place = Self.solve(a, wanted)
    }

    /// `YᵀY` in double precision.
    public static func gram(_ songs: Matrix) -> [[Double]] {
        let d = songs.columns
        var gram = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
        for row in 0..<songs.rows {
            let y = songs.row(row).map(Double.init)
            for i in 0..<d { for j in 0...i { gram[i][j] += y[i] * y[j] } }
        }
        for i in 0..<d { for j in 0..<i { gram[j][i] = gram[i][j] } }
        return gram
    }

    /// What each played song adds to an item's score, largest first; they sum up to the score.
    /// - Parameter item: the item's factors `[dimensions]`.
    public func contributions(to item: [Float]) -> [(song: Int, share: Double)] {
        let v = Self.solve(lower, item.map(Double.init))
        return played.map { song, confidence in
            (song, confidence * zip(songs.row(song), v).reduce(0) { $0 + Double($1.0) * $1.1 })
        }.sorted { $0.share != $1.share ? $0.share > $1.share : $0.song < $1.song }
    }

    /// `(L Lᵀ)⁻¹ b`.
    private static func solve(_ lower: [[Double]], _ right: [Double]) -> [Double] {
        let d = right.count
        var v = right
        for i in 0..<d {
            for k in 0..<i { v[i] -= lower[i][k] * v[k] }
            v[i] /= lower[i][i]
        }
        for i in (0..<d).reversed() {
            for k in i + 1..<max(d, i + 1) { v[i] -= lower[k][i] * v[k] }
            v[i] /= lower[i][i]
        }
        return v
    }
}
