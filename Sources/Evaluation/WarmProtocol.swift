import Matrices

/// Some of every listener's songs held out at random: how well a model finds more of what a listener plays, among songs that
/// others' plays are known of.
public struct WarmProtocol: Codable, Equatable, Sendable {
    /// Share of a listener's songs that are held out, 0…1; default 0.2.
    public var share: Double
    /// Listeners with fewer songs keep all of them; default 5.
    public var minimumSongs: Int
    public var seed: UInt64

    public init(share: Double = 0.2, minimumSongs: Int = 5, seed: UInt64 = 0) {
        precondition((0...1).contains(share), "WarmProtocol: share must be in 0...1")
        self.share = share
        self.minimumSongs = minimumSongs
        self.seed = seed
    }

    /// Divides the plays. Both parts have the shape of the whole; a listener who is divided keeps at least one song and gives at
    /// least one.
    ///
    /// What is held out is drawn at random; or, of a listener whose songs all have a time, it is the songs they came to last, so
    /// that nothing is learned from the future.
    /// - Parameters:
    ///   - plays: `[listeners, songs]`.
    ///   - times: when each entry's song was first played, in seconds since 1970, in the order of storage; −1 for an unknown
    ///     time. Nil: no time is known.
    public func split(_ plays: SparseMatrix, times: [Int64]? = nil)
        -> (training: SparseMatrix, heldOut: SparseMatrix)
    {
        precondition(
            times.map { $0.count == plays.count } ?? true, "WarmProtocol: one time an entry")
        var isHeldOut = [Bool](repeating: false, count: plays.count)
        for listener in 0..<plays.rows {
            let range = plays.range(ofRow: listener)
            guard range.count >= max(2, minimumSongs) else { continue }
            var generator = SeededGenerator(seed: seed, stream: 0x3A43_0000 &+ UInt64(listener))
            let count = max(1, min(range.count - 1, Int((share * Double(range.count)).rounded())))
            var order = range.shuffled(using: &generator)
            if let times, isTimed(range, times) {
                // The shuffled order decides between songs of one time.
                let place = Dictionary(uniqueKeysWithValues: zip(order, 0...))
                order.sort {
                    times[$0] != times[$1]
                        ? times[$0] > times[$1] : place[$0, default: 0] < place[$1, default: 0]
                }
            }
            for entry in order.prefix(count) { isHeldOut[entry] = true }
        }
        func part(_ wanted: Bool) -> SparseMatrix {
            // `filtered` visits the entries in the order of storage.
            var place = -1
            return plays.filtered { _, _, _ in
                place += 1
                return isHeldOut[place] == wanted
            }
        }
        return (part(false), part(true))
    }

    private func isTimed(_ entries: Range<Int>, _ times: [Int64]) -> Bool {
        entries.allSatisfy { times[$0] >= 0 }
    }

    /// Ranks for every listener with held-out songs all songs that are not in their training part.
    ///
    /// Novelty and the long tail take popularity from the training plays.
    /// - Parameter scorers: each gives scores of all songs for a listener.
    public func evaluate(
        training: SparseMatrix, heldOut: SparseMatrix, scorers: [Scorer],
        threads: Int = Parallel.defaultThreads
    ) -> FoldResult {
        precondition(
            training.rows == heldOut.rows && training.columns == heldOut.columns,
            "WarmProtocol: the parts have different shapes")
        let ranked = (0..<heldOut.rows).filter {
            let (known, wanted) = (training.range(ofRow: $0).count, heldOut.range(ofRow: $0).count)
            return known > 0 && wanted > 0 && known + wanted < heldOut.columns
        }
        var counts = [Int](repeating: 0, count: training.columns)
        var sums = [Double](repeating: 0, count: training.columns)
        for (i, column) in training.columnIndices.enumerated() {
            counts[Int(column)] += 1
            sums[Int(column)] += Double(training.values[i])
        }
        return FoldResult(
            ranked: ranked,
            songs: FoldResult.Songs(listenersOf: counts, among: training.rows, plays: sums),
            scorers: scorers, tieSeed: seed, threads: threads
        ) { listener in
            (training.indices(ofRow: listener), heldOut.indices(ofRow: listener).map { Int($0) })
        }
    }
}
