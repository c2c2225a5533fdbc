import Matrices

/// Songs that were held out get a few of their plays back: how well are the others foreseen from sound, from those plays, from both?
///
/// Half of each song's listeners, drawn at random, are judged by and never shown to a model. Of the other half the first n in a random
/// order are shown: those for 1 are among those for 3, and so on. What is ranked, and for whom, is the same for every n: a song is no
/// candidate for any listener of its first half.
public struct WarmingProtocol: Codable, Equatable, Sendable {
    public var levels: [Int]
    public var seed: UInt64

    public init(levels: [Int] = [0, 1, 3, 10, 30, 100], seed: UInt64 = 0) {
        self.levels = levels
        self.seed = seed
    }

    /// The held-out songs' plays in two.
    public struct Halves: Sendable {
        /// The listeners that may be shown, with their counts, in random order; one list a song.
        let shown: [[(listener: Int, count: Float)]]
        /// What is judged by, `[listeners, songs]`.
        let judged: SparseMatrix
        /// What may be shown, `[listeners, songs]`.
        let known: SparseMatrix

        /// The plays that a model sees at a level, `[listeners, songs]`.
        public func plays(_ level: Int) -> SparseMatrix {
            SparseMatrix(
                rows: judged.rows, columns: judged.columns,
                entries: shown.enumerated().flatMap { song, listeners in
                    listeners.prefix(level).map {
                        (row: $0.listener, column: song, value: $0.count)
                    }
                })
        }

        /// Songs that have so many plays to show; the others show all they have.
        public func songs(reaching level: Int) -> Int { shown.count { $0.count >= level } }
    }

    /// - Parameters:
    ///   - plays: all plays, `[listeners, songs]`.
    ///   - heldOut: the songs; they are the columns of what comes back, in this order.
    public func split(_ plays: SparseMatrix, heldOut: [Int]) -> Halves {
        let bySong = plays.transposed()
        var shown: [[(listener: Int, count: Float)]] = []
        var judged: [(row: Int, column: Int, value: Float)] = []
        for (column, song) in heldOut.enumerated() {
            var generator = SeededGenerator(seed: seed, stream: 0x3A12 &+ UInt64(song))
            let all = bySong.range(ofRow: song).map {
                (listener: Int(bySong.columnIndices[$0]), count: bySong.values[$0])
            }.shuffled(using: &generator)
            let half = all.count / 2
            shown.append(Array(all.prefix(half)))
            judged += all.dropFirst(half).map {
                (row: $0.listener, column: column, value: $0.count)
            }
        }
        return Halves(
            shown: shown,
            judged: SparseMatrix(rows: plays.rows, columns: heldOut.count, entries: judged),
            known: SparseMatrix(
                rows: plays.rows, columns: heldOut.count,
                entries: shown.enumerated().flatMap { column, listeners in
                    listeners.map { (row: $0.listener, column: column, value: $0.count) }
                }))
    }

    /// Ranks the songs for every listener with a judged one, among those that are not known of them.
    /// - Parameter listens: who has plays of other songs; the others have no place in the taste space, and are not ranked for.
    public func evaluate(
        _ halves: Halves, listens: [Bool], scorers: [Scorer],
        threads: Int = Parallel.defaultThreads
    ) -> FoldResult {
        let (judged, known) = (halves.judged, halves.known)
        let ranked = (0..<judged.rows).filter { listener in
            let relevant = judged.range(ofRow: listener).count
            let others = judged.columns - known.range(ofRow: listener).count - relevant
            return listens[listener] && relevant > 0 && others > 0
        }
        var counts = [Int](repeating: 0, count: judged.columns)
        for column in judged.columnIndices { counts[Int(column)] += 1 }
        return FoldResult(
            ranked: ranked,
            songs: FoldResult.Songs(
                listenersOf: counts, among: judged.rows, plays: counts.map(Double.init)),
            scorers: scorers, tieSeed: seed, threads: threads
        ) { listener in
            (known.indices(ofRow: listener), judged.indices(ofRow: listener).map { Int($0) })
        }
    }
}
