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
    /// - Parameter plays: `[listeners, songs]`.
    public func split(_ plays: SparseMatrix) -> (training: SparseMatrix, heldOut: SparseMatrix) {
        var isHeldOut = [Bool](repeating: false, count: plays.count)
        for listener in 0..<plays.rows {
            let range = plays.range(ofRow: listener)
            guard range.count >= max(2, minimumSongs) else { continue }
            var generator = SeededGenerator(seed: seed, stream: 0x3A43_0000 &+ UInt64(listener))
            let count = max(1, min(range.count - 1, Int((share * Double(range.count)).rounded())))
            for place in range.shuffled(using: &generator).prefix(count) { isHeldOut[place] = true }
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

    /// Ranks for every listener with held-out songs all songs that are not in their training part.
    ///
    /// Novelty takes popularity from the training plays.
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
        for column in training.columnIndices { counts[Int(column)] += 1 }
        return FoldResult(
            ranked: ranked, songs: training.columns,
            surprise: FoldResult.surprise(listenersOf: counts, among: training.rows),
            scorers: scorers,
            tieSeed: seed, threads: threads
        ) { listener in
            var relevant = [Bool](repeating: false, count: training.columns)
            for column in heldOut.indices(ofRow: listener) { relevant[Int(column)] = true }
            var isKnown = [Bool](repeating: false, count: training.columns)
            for column in training.indices(ofRow: listener) { isKnown[Int(column)] = true }
            let places = isKnown.indices.filter { !isKnown[$0] }
            return (places, places.map { relevant[$0] })
        }
    }
}
