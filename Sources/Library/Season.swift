import Foundation

/// Songs that are wanted in one season only.
enum Season {
    /// Whether a title, album or genre says that a song is for Christmas. By words: artists named Noel are not.
    static func isChristmas(title: String, album: String?, genres: String) -> Bool {
        guard [title, album ?? "", genres].contains(where: mayBeChristmas) else { return false }
        let text = [title, album ?? "", genres].joined(separator: " | ")
            .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
        let words = text.split { !$0.isLetter }
        return words.contains { word in stems.contains { word.hasPrefix($0) } }
            || words.contains("noel") || phrases.contains { text.contains($0) }
    }

    /// False only where no closer look is needed: each of a million tracks is asked about.
    private static func mayBeChristmas(_ text: String) -> Bool {
        var last: UInt32 = 0
        for byte in text.utf8 {
            guard byte < 0x80 else { return true }
            last = last << 8 | UInt32(byte | 0x20)
            if openings.contains(last) { return true }
        }
        return false
    }

    /// The first four letters of all that is looked for.
    private static let openings: [UInt32] = (stems + phrases + ["noel"]).map { text in
        text.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1 | 0x20) }
    }

    /// Whether Christmas songs are welcome on a day.
    static func isChristmasTime(_ date: Date) -> Bool {
        Calendar(identifier: .gregorian).component(.month, from: date) == 12
    }

    private static let stems = ["christmas", "xmas", "weihnacht", "navidad"]
    private static let phrases = [
        "jingle bell", "let it snow", "silent night", "stille nacht", "winter wonderland",
        "santa claus", "buon natale", "feliz natal", "x-mas",
    ]
}
