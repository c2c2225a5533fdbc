import Foundation

/// Names of songs brought to one spelling, for matching plays to tracks.
public enum MatchKey {
    /// Folds case, accents, width and punctuation; drops "feat. …" and notes such as "(Remastered 2011)", but not those
    /// that name another recording ("(Live)", "(Acoustic)").
    public static func normalize(artist: String, title: String) -> String {
        fold(withoutFeature(artist)) + "\u{1F}" + fold(withoutNotes(withoutFeature(title)))
    }

    static func fold(_ text: String) -> String {
        let folded = text.precomposedStringWithCompatibilityMapping.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        let named = folded.replacingOccurrences(of: "&", with: " and ")
        var words = named.unicodeScalars
            .map {
                CharacterSet.alphanumerics.contains($0)
                    ? Character($0) : $0 == "'" || $0 == "’" ? "\0" : " "
            }
            .filter { $0 != "\0" }
            .split(separator: " ").map { String($0) }
        if words.count > 1, words.first == "the" { words.removeFirst() }
        // A name of punctuation alone ("!!!") keeps it.
        return words.isEmpty
            ? folded.trimmingCharacters(in: .whitespaces) : words.joined(separator: " ")
    }

    private static func withoutFeature(_ text: String) -> String {
        text.replacing(/(?i)\s*[\(\[]?\b(feat|ft|featuring)\b\.?\s.*$/, with: "")
    }

    private static func withoutNotes(_ text: String) -> String {
        text.replacing(
            /(?i)\s*[\(\[][^\)\]]*\b(remaster(ed)?|mono|stereo|explicit|album version)\b[^\)\]]*[\)\]]/,
            with: ""
        )
        .replacing(/(?i)\s+-\s+([0-9]{4}\s+)?remaster(ed)?(\s.*)?$/, with: "")
    }
}
