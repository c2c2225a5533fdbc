import Foundation

/// Songs that are wanted in one season only.
enum Season {
    /// Whether a title, album or genre says that a song is for Christmas. By words: artists named Noel are not.
    static func isChristmas(_ track: Track) -> Bool {
        let text = [track.title, track.album ?? "", track.genres].joined(separator: " | ")
            .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
        let words = text.split { !$0.isLetter }
        return words.contains { word in stems.contains { word.hasPrefix($0) } }
            || words.contains("noel") || phrases.contains { text.contains($0) }
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
