import Foundation
import Matrices

extension FactorizationConfiguration {
    /// Settings that can follow the plays.
    public enum Setting: String, Codable, CaseIterable, Sendable { case alpha, regularization }

    /// All extra confidence together, for each pair of a row and a song: what α is chosen for. Measured, not derived: see
    /// ``following(_:_:)``.
    static let confidencePerPair = 0.03
    /// α in a matrix so sparse that even this is little.
    static let largestAlpha: Float = 200
    /// λ at most as a part of how strongly a typical group of songs and rows stands out.
    static let largestShrinkage = 0.2

    /// The same with `settings` chosen for these plays; this configuration's own values are the least α and the most λ.
    ///
    /// α: what nobody played counts 1 a pair, so the emptier the matrix and the smaller its counts, the more a play must count to
    /// be heard at all. `α = 0.03 / (density · mean log(1 + r/ε))` (linear: `mean r`), never less than the own α. By nDCG@20 of a
    /// random fifth, a table of artists with large counts is best near α = 2 (0.28; α = 40: 0.18) and one of tracks mostly
    /// played once near 160 (0.137; α = 2: 0.087); the formula gives 2 and 114 (0.28 and 0.135).
    ///
    /// λ: a group of m rows that all hold n songs stands out by about `c·√(m·n)`, and a λ as large as that erases it: all factors
    /// become zero. In a small library sessions are that small, so λ is at most a fifth of it, m and n taken from the mean row
    /// and column.
    public func following(_ plays: SparseMatrix, _ settings: Set<Setting>)
        -> FactorizationConfiguration
    {
        var chosen = self
        let rows = (0..<plays.rows).count { !plays.range(ofRow: $0).isEmpty }
        let songs = Set(plays.columnIndices).count
        guard rows > 0, songs > 0 else { return chosen }
        let entries = Double(plays.count)
        func meanExtra() -> Double {
            plays.values.reduce(0) { $0 + Double(chosen.confidence(of: $1) - 1) } / entries
        }
        if settings.contains(.alpha) {
            chosen.alpha = 1
            let wanted =
                Self.confidencePerPair * Double(rows) * Double(songs) / (entries * meanExtra())
            chosen.alpha =
                wanted.isFinite
                ? min(max(alpha, Float(wanted)), max(alpha, Self.largestAlpha)) : alpha
        }
        if settings.contains(.regularization) {
            let size = entries / (Double(rows) * Double(songs)).squareRoot()
            let strength = (1 + meanExtra()) * size
            chosen.regularization = min(
                regularization, Float(Self.largestShrinkage * strength))
        }
        return chosen
    }
}
