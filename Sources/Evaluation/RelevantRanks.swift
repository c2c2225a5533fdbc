import Matrices

/// What decides between two candidates: the score, and among equal ones a number that is random but the same every time.
struct RankKey {
    let score: Float
    let tie: UInt64

    /// - Parameter score: NaN ranks last.
    init(_ score: Float, _ index: Int, _ seed: UInt64) {
        self.score = score.isNaN ? -.infinity : score
        tie = Self.tie(index, seed)
    }

    func isBetter(than other: RankKey) -> Bool {
        score != other.score ? score > other.score : tie < other.tie
    }

    /// SplitMix64's mixing of both numbers.
    @inline(__always) static func tie(_ index: Int, _ seed: UInt64) -> UInt64 {
        var z = (seed ^ 0x71E5) &* 0xD1B5_4A32_D192_ED03 &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Where the relevant candidates stand among all, found without sorting the others.
struct RelevantRanks {
    /// From the best, 0 first, ascending.
    let ranks: [Int]
    /// By Mann–Whitney: the chance that a relevant candidate stands above another, ties half; 0.5 without one of either.
    let auc: Double
    /// The best ten candidates of all, best first.
    let top: [Int]

    /// - Parameters:
    ///   - scores: one a song; NaN ranks last.
    ///   - relevant: songs, each once.
    ///   - known: songs that are no candidates; none of them relevant.
    ///   - tieSeed: see ``RankKey``.
    ///   - shown: how many the list ``top`` has.
    /// - Complexity: O(songs · log relevant) at worst; most candidates are worse than every relevant one and cost a comparison.
    init(
        scores: [Float], relevant: [Int], known: some Sequence<Int32> = EmptyCollection(),
        tieSeed: UInt64, shown: Int = 10
    ) {
        let wanted = relevant.map { RankKey(scores[$0], $0, tieSeed) }
            .sorted { $0.isBetter(than: $1) }
        // 0: another candidate; 1: relevant; 2: no candidate.
        var kind = [UInt8](repeating: 0, count: scores.count)
        for song in relevant { kind[song] = 1 }
        for song in known { kind[Int(song)] = 2 }
        let lowest = wanted.last?.score ?? .infinity
        // ahead[p]: candidates that stand directly before the p-th relevant one, or behind all of them.
        var ahead = [Int](repeating: 0, count: wanted.count + 1)
        var others = 0
        var above = 0.0
        var best: [(key: RankKey, index: Int)] = []
        var worst = -Float.infinity
        for (index, raw) in scores.enumerated() where kind[index] != 2 {
            let score = raw.isNaN ? -Float.infinity : raw
            if best.count < shown || score >= worst {
                let key = RankKey(raw, index, tieSeed)
                if best.count < shown || key.isBetter(than: best[best.count - 1].key) {
                    let place = best.firstIndex { key.isBetter(than: $0.key) } ?? best.count
                    best.insert((key, index), at: place)
                    if best.count > shown { best.removeLast() }
                    worst = best[best.count - 1].key.score
                }
            }
            guard kind[index] == 0 else { continue }
            others += 1
            guard score >= lowest else {
                above += Double(wanted.count)
                continue
            }
            let key = RankKey(raw, index, tieSeed)
            ahead[Self.firstPlace(wanted) { !$0.isBetter(than: key) }] += 1
            let higher = Self.firstPlace(wanted) { $0.score <= score }
            let equal = Self.firstPlace(wanted) { $0.score < score } - higher
            above += Double(higher) + Double(equal) / 2
        }
        var before = 0
        ranks = wanted.indices.map { place in
            before += ahead[place]
            return place + before
        }
        let pairs = Double(wanted.count) * Double(others)
        auc = pairs > 0 ? above / pairs : 0.5
        top = best.map(\.index)
    }

    /// The first place where `isReached` holds, `keys.count` if nowhere; once it holds it holds to the end.
    private static func firstPlace(_ keys: [RankKey], _ isReached: (RankKey) -> Bool) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(keys[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
