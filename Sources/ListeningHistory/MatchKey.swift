import Foundation

/// Names of songs brought to one spelling, for matching plays to tracks.
public enum MatchKey {
    /// Folds case, accents, width and punctuation; drops "feat. …" and notes such as "(Remastered 2011)", but not those
    /// that name another recording ("(Live)", "(Acoustic)").
    public static func normalize(artist: String, title: String) -> String {
        fold(withoutFeature(artist)) + "\u{1F}" + fold(withoutNotes(withoutFeature(title)))
    }

    static func fold(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 128 } ? foldASCII(text) : foldAny(text)
    }

    /// What ``foldAny(_:)`` makes of it, a hundred times sooner: most names are ASCII, and a history has many.
    static func foldASCII(_ text: String) -> String {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(word) }
            word.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            switch byte {
            case 48...57, 97...122: word.append(byte)
            case 65...90: word.append(byte + 32)
            case UInt8(ascii: "'"): break
            case UInt8(ascii: "&"):
                end()
                words.append(Array("and".utf8))
            default: end()
            }
        }
        end()
        if words.count > 1, words.first?.elementsEqual("the".utf8) == true { words.removeFirst() }
        guard !words.isEmpty else {
            return text.lowercased().trimmingCharacters(in: .whitespaces)
        }
        return String(decoding: Array(words.joined(separator: [32])), as: UTF8.self)
    }

    /// Any letters, by Unicode's rules.
    static func foldAny(_ text: String) -> String {
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

    /// Whether one of these words (lower case, ASCII) may be in the text: expressions are slow, and few names need them.
    private static func mayHold(_ words: [StaticString], in text: String) -> Bool {
        let lower = text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
        return words.contains { word in
            word.withUTF8Buffer { word in
                lower.indices.contains { lower[$0...].starts(with: word) }
            }
        }
    }

    private static func withoutFeature(_ text: String) -> String {
        guard mayHold(["feat", "ft"], in: text) else { return text }
        return text.replacing(/(?i)\s*[\(\[]?\b(feat|ft|featuring)\b\.?\s.*$/, with: "")
    }

    private static func withoutNotes(_ text: String) -> String {
        guard mayHold(["remaster", "mono", "stereo", "explicit", "album version"], in: text) else {
            return text
        }
        return text.replacing(
            /(?i)\s*[\(\[][^\)\]]*\b(remaster(ed)?|mono|stereo|explicit|album version)\b[^\)\]]*[\)\]]/,
            with: ""
        )
        .replacing(/(?i)\s+-\s+([0-9]{4}\s+)?remaster(ed)?(\s.*)?$/, with: "")
    }
}
