import Matrices

/// Models that hear nothing: what a listener of music has to beat.
public enum Baselines {
    /// Scores at random, the same for the same listener and seed.
    public static func random(candidates: Int, seed: UInt64 = 0) -> @Sendable (Int) -> [Float] {
        { listener in
            var generator = SeededGenerator(seed: seed, stream: 0xA11_0000 &+ UInt64(listener))
            return (0..<candidates).map { _ in Float(generator.uniform()) }
        }
    }

    /// The plays of each candidate's artist in training, the same for every listener.
    ///
    /// Informative where an artist has songs on both sides; zero throughout when folds divide by artist.
    /// - Parameters:
    ///   - candidates: song indices.
    ///   - artists: the artist of every song.
    ///   - training: plays `[listeners, songs]` without the held-out songs' plays.
    public static func popularityOfArtist(
        candidates: [Int], artists: [Int], training: SparseMatrix
    ) -> @Sendable (Int) -> [Float] {
        precondition(artists.count == training.columns, "popularityOfArtist: one artist a song")
        var plays: [Int: Double] = [:]
        for (i, column) in training.columnIndices.enumerated() {
            plays[artists[Int(column)], default: 0] += Double(training.values[i])
        }
        let scores = candidates.map { Float(plays[artists[$0]] ?? 0) }
        return { _ in scores }
    }

    /// Scores `x_u · y_i` by the listeners' and the candidates' factors.
    /// - Parameters:
    ///   - listeners: `[listeners, dimensions]`
    ///   - candidates: `[candidates, dimensions]`
    public static func factors(listeners: Matrix, candidates: Matrix) -> @Sendable (Int) -> [Float]
    {
        precondition(listeners.columns == candidates.columns, "factors: dimensions differ")
        return { listener in
            (0..<candidates.rows).map { dot(listeners.row(listener), candidates.row($0)) }
        }
    }

    /// Factors for songs by their label (style, genre) alone: the mean of the training songs with the same label; the mean of all
    /// of them for a label that training does not know.
    ///
    /// What hearing must at least find out, if labels are what listeners choose by.
    /// - Parameters:
    ///   - factors: the training songs' factors `[songs, dimensions]`; rows with a NaN are left out.
    ///   - labels: one a training song.
    ///   - candidates: the labels of the songs to place.
    /// - Returns: `[candidates, dimensions]`.
    public static func labelMean(factors: Matrix, labels: [String], candidates: [String]) -> Matrix
    {
        precondition(labels.count == factors.rows, "labelMean: one label a song")
        let d = factors.columns
        var sums: [String: (sum: [Double], count: Double)] = [:]
        var total = (sum: [Double](repeating: 0, count: d), count: 0.0)
        for row in 0..<factors.rows where factors.row(row).allSatisfy(\.isFinite) {
            let values = factors.row(row).map(Double.init)
            var own = sums[labels[row]] ?? ([Double](repeating: 0, count: d), 0)
            for k in 0..<d {
                own.sum[k] += values[k]
                total.sum[k] += values[k]
            }
            own.count += 1
            total.count += 1
            sums[labels[row]] = own
        }
        var result = Matrix(rows: candidates.count, columns: d)
        for (row, label) in candidates.enumerated() {
            let (sum, count) = sums[label] ?? total
            result.setRow(row, to: sum.map { Float($0 / max(1, count)) })
        }
        return result
    }
}
