/// What several listeners like together.
public enum GroupScores {
    /// How the members' scores become one.
    public enum Aggregation: String, Codable, CaseIterable, Sendable {
        /// The mean of the standardised scores.
        case mean
        /// Half the mean, half the least of them.
        case half
        /// The least of them: nobody gets what they would mind.
        case leastMisery
        /// The greatest of them.
        case mostPleasure
        /// Each member's best in turn: the best rank that any member gives.
        case turns
    }

    /// One score a candidate from each member's scores; by default their mean, which on real groups served the member worst
    /// off better than going by that member did (docs/discovery.md).
    ///
    /// Standardised, because a member with many plays has larger scores and would decide alone.
    /// - Parameter scores: `[members][candidates]`, all equally long.
    public static func blend(_ scores: [[Float]], by aggregation: Aggregation = .mean) -> [Float] {
        guard scores.count > 1, let first = scores.first else { return scores.first ?? [] }
        let standard = scores.map { aggregation == .turns ? ranks($0) : standardized($0) }
        return first.indices.map { i in
            var sum: Float = 0
            var least = Float.infinity
            var greatest = -Float.infinity
            for member in standard {
                sum += member[i]
                least = min(least, member[i])
                greatest = max(greatest, member[i])
            }
            let mean = sum / Float(standard.count)
            switch aggregation {
            case .mean: return mean
            case .half: return (mean + least) / 2
            case .leastMisery: return least
            case .mostPleasure, .turns: return greatest
            }
        }
    }

    /// 0 for the best, −1 for the next and so on.
    private static func ranks(_ values: [Float]) -> [Float] {
        var ranks = values
        for (rank, i) in values.indices.sorted(by: { values[$0] > values[$1] }).enumerated() {
            ranks[i] = -Float(rank)
        }
        return ranks
    }

    private static func standardized(_ values: [Float]) -> [Float] {
        let finite = values.filter(\.isFinite).map(Double.init)
        guard !finite.isEmpty else { return values }
        let mean = finite.reduce(0, +) / Double(finite.count)
        let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)
        let scale = variance > 0 ? 1 / variance.squareRoot() : 0
        return values.map { Float((Double($0) - mean) * scale) }
    }
}
