import Foundation

/// Names that someone may have meant.
enum NearNames {
    /// The few names most like a text, by the pairs of letters they share (Dice); best first, none that shares hardly any.
    /// - Complexity: O(all letters).
    static func of(_ text: String, among names: some Sequence<String>, count: Int = 5) -> [String] {
        let wanted = pairs(text)
        guard !wanted.isEmpty else { return [] }
        let scored = Set(names).map { name -> (name: String, score: Double) in
            let own = pairs(name)
            let common = wanted.intersection(own).count
            return (name, 2 * Double(common) / Double(max(1, wanted.count + own.count)))
        }
        return scored.filter { $0.score >= 0.3 }
            .sorted { ($1.score, $0.name) < ($0.score, $1.name) }.prefix(count).map(\.name)
    }

    private static func pairs(_ text: String) -> Set<String> {
        let letters = Array(
            " "
                + text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
                + " ")
        return Set(zip(letters, letters.dropFirst()).map { String([$0, $1]) })
    }
}
