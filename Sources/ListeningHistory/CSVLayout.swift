import Foundation

/// Which column of a table holds what, guessed from its header.
struct CSVLayout {
    let separator: Character
    let columns: [String]
    private let place: [String: Int]

    private static let names: [String: [String]] = [
        "listener": ["listener", "user", "userid", "username", "listenerid", "useridtoken"],
        "id": ["song", "songid", "item", "itemid", "trackid", "id", "itemidtoken"],
        "artist": ["artist", "artistname", "creator"],
        "title": ["title", "track", "trackname", "song name", "songname", "songtitle", "name"],
        "album": ["album", "albumname", "release", "releasename"],
        "mbid": ["recordingmbid", "trackmbid", "mbid"],
        "spotify": ["spotifytrackuri", "spotifyuri"],
        "isrc": ["isrc"],
        "path": ["path", "file", "filename"],
        "count": ["count", "plays", "playcount", "weight", "ratingfloat"],
        "time": ["uts", "timestamp", "time", "listenedat", "date", "utctime", "timestampfloat"],
    ]

    /// Nil when the line does not look like a header with a song in it.
    init?(header: String) {
        separator =
            header.contains("\t") ? "\t" : header.contains(";") && !header.contains(",") ? ";" : ","
        columns = Self.fields(header, separator)
        let keys = columns.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
        var place: [String: Int] = [:]
        for (meaning, names) in Self.names {
            if let name = names.first(where: keys.contains) {
                place[meaning] = keys.firstIndex(of: name)
            }
        }
        // "track" is a title beside an artist, otherwise an id.
        if place["artist"] == nil, let title = place["title"], place["id"] == nil {
            place["id"] = title
        }
        self.place = place
        let hasSong =
            place["id"] != nil || place["mbid"] != nil || place["spotify"] != nil
            || place["path"] != nil
            || (place["artist"] != nil && place["title"] != nil)
        guard columns.count >= 2, hasSong,
            place["listener"] != nil || place["title"] != nil || place["time"] != nil
        else {
            return nil
        }
    }

    var hasListener: Bool { place["listener"] != nil }

    /// A row's meaning, or why it has none.
    func play(_ line: String, listener: String?) -> Result<Play, RowError> {
        let fields = Self.fields(line, separator)
        guard fields.count == columns.count else {
            return .failure(
                RowError("\(fields.count) fields where the header has \(columns.count)"))
        }
        func field(_ meaning: String) -> String? {
            place[meaning].map { fields[$0].trimmingCharacters(in: .whitespaces) }.flatMap {
                $0.isEmpty ? nil : $0
            }
        }
        guard let name = listener ?? field("listener") else {
            return .failure(RowError("no listener"))
        }
        let reference = SongReference(
            id: field("id"), artist: field("artist"), title: field("title"), album: field("album"),
            recordingMBID: field("mbid"), spotifyURI: field("spotify"), isrc: field("isrc"),
            path: field("path"))
        guard reference.isUsable else { return .failure(RowError("no song")) }
        var play = Play(listener: name, reference: reference)
        if let text = field("count") {
            guard let count = Triplet.count(text.utf8) else {
                return .failure(
                    RowError(
                        "the count \"\(text.prefix(40))\" is not a whole number from 1 to 1,000,000,000"
                    ))
            }
            play.count = count
        } else if let text = field("time") {
            guard let time = HistoryTime.parse(text) else {
                return .failure(RowError("the time \"\(text.prefix(40))\" cannot be read"))
            }
            play.time = time
        }
        return .success(play)
    }

    /// Splits a row; fields may stand in double quotes, with quotes inside doubled.
    static func fields(_ line: String, _ separator: Character) -> [String] {
        guard line.contains("\"") else {
            return line.split(separator: separator, omittingEmptySubsequences: false).map(
                String.init)
        }
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var previous: Character = separator
        for character in line {
            if character == "\"" {
                if !isQuoted, previous == "\"" { field.append("\"") }
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                fields.append(field)
                field = ""
            } else {
                field.append(character)
            }
            previous = character
        }
        return fields + [field]
    }
}

/// Times as listening files write them.
enum HistoryTime {
    /// Seconds since 1970, ISO 8601, or `yyyy-MM-dd HH:mm`; nil outside 1990…2100.
    static func parse(_ text: String) -> Date? {
        let date: Date?
        if let seconds = Double(text) {
            // Over 1e11 they are milliseconds.
            date = Date(timeIntervalSince1970: seconds > 1e11 ? seconds / 1000 : seconds)
        } else {
            let padded = text.count == 16 ? text + ":00" : text
            let zoned = padded.hasSuffix("Z") ? padded : padded + "Z"
            date = try? Date(zoned.replacingOccurrences(of: " ", with: "T"), strategy: .iso8601)
        }
        return date.flatMap {
            (631_152_000...4_102_444_800).contains($0.timeIntervalSince1970) ? $0 : nil
        }
    }
}
