/// How much a model shows everybody the same few songs.
public enum PopularityBias {
    /// The Gini coefficient of how often each song is shown: 0 when all are equally often, near 1 when one is always.
    /// 0 when nothing is shown.
    /// - Complexity: O(n log n).
    public static func gini(_ counts: [Int]) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        let n = Double(counts.count)
        // Σ (2i − n − 1) x_i / (n Σ x), with i from 1 and x ascending.
        let sum = counts.sorted().enumerated().reduce(0.0) {
            $0 + (2 * Double($1.offset + 1) - n - 1) * Double($1.element)
        }
        return sum / (n * Double(total))
    }

    /// Which songs are the long tail: all but the most played ones that together make `head` of the plays.
    /// Among songs with equally many plays those with the lower index are in the head.
    /// - Parameter head: 0…1; default 0.8.
    /// - Complexity: O(n log n).
    public static func longTail(_ plays: [Double], head: Double = 0.8) -> [Bool] {
        let wanted = head * plays.reduce(0, +)
        var isTail = [Bool](repeating: true, count: plays.count)
        var sum = 0.0
        let order = plays.indices.sorted {
            plays[$0] != plays[$1] ? plays[$0] > plays[$1] : $0 < $1
        }
        for song in order {
            guard sum < wanted else { break }
            isTail[song] = false
            sum += plays[song]
        }
        return isTail
    }
}
