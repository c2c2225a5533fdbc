import Foundation
import Matrices

/// How the units of one layer differ in what they answer to, told by their mean activation over songs.
public struct LayerCharacter: Codable, Equatable, Sendable {
    /// Two units that answer to the same songs.
    public struct Pair: Codable, Equatable, Sendable {
        public let first: Int
        public let second: Int
        /// Pearson's, of their mean activations over songs.
        public let correlation: Float

        public init(first: Int, second: Int, correlation: Float) {
            self.first = first
            self.second = second
            self.correlation = correlation
        }
    }

    /// A unit's most alike other one.
    public struct Twin: Codable, Equatable, Sendable {
        public let unit: Int
        public let correlation: Float
    }

    /// Songs it was taken over: all, or ``SongSample/limit`` spread evenly.
    public let songs: Int
    /// Units whose activation differs between songs at all.
    public let varying: Int
    /// Per unit how few songs it answers to, 0 (to all alike) … 1 (to a single one): `(1 − (Σr/n)² / (Σr²/n)) / (1 − 1/n)` (Vinje & Gallant,
    /// Science 2000). Nil for a unit that never answers, and for outputs, which may be below zero.
    public let sparseness: [Float?]
    /// Per unit; nil where it does not vary, or is the only one.
    public let twins: [Twin?]
    /// Pairs that correlate by at least ``redundancy``, of all pairs.
    public let redundantPairs: Int
    /// The most alike pairs, at most ``listed``.
    public let pairs: [Pair]
    /// What is left when of units that correlate by at least ``redundancy`` with one kept already none is kept.
    public let distinct: Int
    /// Participation ratio of the units' correlation matrix, `(Σλ)² / Σλ²`: as many uncorrelated units would vary as richly. 1…units.
    public let effectiveDimension: Double

    public static let redundancy: Float = 0.9
    /// An exponential distribution of activations over songs has a sparseness of 0.5; units above are called specific.
    public static let specific: Float = 0.5
    static let listed = 200

    /// - Parameters:
    ///   - activations: `[songs, units]`, the mean over each song.
    ///   - isRectified: false where activations may be below zero.
    /// - Complexity: O(units² · songs).
    public init(_ activations: Matrix, isRectified: Bool, threads: Int = Parallel.defaultThreads) {
        let (n, units) = (activations.rows, activations.columns)
        songs = n
        var unit = Matrix(rows: units, columns: n)
        var sparseness = [Float?](repeating: nil, count: units)
        var isVarying = [Bool](repeating: false, count: units)
        for u in 0..<units {
            let values = (0..<n).map { Double(activations[$0, u]) }
            let mean = values.reduce(0, +) / Double(max(1, n))
            let squares = values.reduce(0) { $0 + $1 * $1 } / Double(max(1, n))
            if isRectified, squares > 0, n > 1 {
                sparseness[u] = Float((1 - mean * mean / squares) / (1 - 1 / Double(n)))
            }
            let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
            // What rounding leaves of a constant is no variation.
            guard length > 1e-6 * max(squares.squareRoot(), 1e-12) * Double(n).squareRoot() else {
                continue
            }
            isVarying[u] = true
            for i in 0..<n { unit[u, i] = Float((values[i] - mean) / length) }
        }
        self.sparseness = sparseness
        let living = (0..<units).filter { isVarying[$0] }
        varying = living.count
        let standardized = unit
        let rows = Parallel.map(living.count, threads: threads) { a -> RowOfPairs in
            RowOfPairs(a, living, standardized)
        }
        var twins = [Twin?](repeating: nil, count: units)
        var squares = Double(living.count)
        for row in rows {
            squares += 2 * row.squares
            for (other, correlation) in row.best {
                if correlation > twins[row.unit]?.correlation ?? -.infinity {
                    twins[row.unit] = Twin(unit: other, correlation: correlation)
                }
                if correlation > twins[other]?.correlation ?? -.infinity {
                    twins[other] = Twin(unit: row.unit, correlation: correlation)
                }
            }
        }
        self.twins = twins
        let pairs = rows.flatMap(\.alike)
        redundantPairs = pairs.count
        self.pairs = Array(
            pairs.sorted {
                ($1.correlation, $0.first, $0.second) < ($0.correlation, $1.first, $1.second)
            }.prefix(Self.listed))
        effectiveDimension =
            squares > 0 ? Double(living.count) * Double(living.count) / squares : 0
        var partners = [Set<Int>](repeating: [], count: units)
        for pair in pairs {
            partners[pair.first].insert(pair.second)
            partners[pair.second].insert(pair.first)
        }
        var kept: Set<Int> = []
        for u in living where partners[u].isDisjoint(with: kept) { kept.insert(u) }
        distinct = kept.count
    }

    /// A unit's correlations with those behind it.
    private struct RowOfPairs: Sendable {
        let unit: Int
        var squares = 0.0
        var alike: [Pair] = []
        /// With every other: only what may be somebody's best is kept.
        var best: [(unit: Int, correlation: Float)] = []

        init(_ a: Int, _ living: [Int], _ rows: Matrix) {
            unit = living[a]
            let row = rows.row(unit)
            for other in living[(a + 1)...] {
                let correlation = dot(row, rows.row(other))
                squares += Double(correlation) * Double(correlation)
                best.append((other, correlation))
                if correlation >= LayerCharacter.redundancy {
                    alike.append(Pair(first: unit, second: other, correlation: correlation))
                }
            }
        }
    }
}

/// Mean activations of a sample of songs, for every layer: all songs, or so many spread evenly over the source.
struct SongSample {
    /// Songs that are enough for a correlation (its standard error at 0.9 is then 0.003).
    static let limit = 4000
    private let step: Int
    private var rows: [[Float]]
    private var count = 0

    init(songs: Int, layers: Int) {
        step = max(1, (songs + Self.limit - 1) / Self.limit)
        rows = Array(repeating: [], count: layers)
    }

    func isChosen(_ song: Int) -> Bool { song % step == 0 }

    /// - Parameter means: per layer, `[units]`.
    mutating func add(_ means: [[Float]]) {
        count += 1
        for (layer, values) in means.enumerated() { rows[layer] += values }
    }

    /// `[songs, units]`.
    func matrix(_ layer: Int) -> Matrix {
        Matrix(
            rows: count, columns: count > 0 ? rows[layer].count / count : 0, storage: rows[layer])
    }
}
