import Foundation

/// Which column of a table holds what: guessed from its header, or told.
struct TableLayout {
    let separator: Character
    let columns: [String]
    private let place: [TableColumn: Int]
    /// Whether the first row is the header.
    let hasHeader: Bool

    private static let names: [TableColumn: [String]] = [
        .listener: ["listener", "user", "userid", "username", "listenerid"],
        .song: ["song", "songid", "item", "itemid", "trackid", "id", "musicid"],
        .artist: ["artist", "artistname", "creator"],
        .title: ["title", "track", "trackname", "songname", "songtitle", "name"],
        .album: ["album", "albumname", "release", "releasename"],
        .mbid: ["recordingmbid", "trackmbid", "mbid"],
        .spotify: ["spotifytrackuri", "spotifyuri"],
        .isrc: ["isrc"],
        .path: ["path", "file", "filename"],
        .count: ["count", "plays", "playcount", "playcounts", "weight", "rating"],
        .time: ["uts", "timestamp", "time", "listenedat", "date", "utctime", "datetime"],
    ]

    /// Guesses from a header; nil when the line does not look like one with a song in it.
    init?(header: String) {
        let separator = Self.separator(header)
        let columns = Self.fields(header, separator) ?? []
        // RecBole writes "user_id:token".
        let keys = columns.map { column in
            column.prefix { $0 != ":" }.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        var place: [TableColumn: Int] = [:]
        for (meaning, names) in Self.names {
            if let name = names.first(where: keys.contains) {
                place[meaning] = keys.firstIndex(of: name)
            }
        }
        // "track" is a title beside an artist, otherwise an id.
        if place[.artist] == nil, let title = place[.title], place[.song] == nil {
            place[.song] = title
        }
        // A data set of artists has nothing more to know a song by.
        if place[.song] == nil, place[.title] == nil, let artist = keys.firstIndex(of: "artistid") {
            place[.song] = artist
        }
        let hasSong =
            [.song, .mbid, .spotify, .path].contains { place[$0] != nil }
            || (place[.artist] != nil && place[.title] != nil)
        guard columns.count >= 2, hasSong,
            place[.listener] != nil || place[.title] != nil || place[.time] != nil
        else { return nil }
        self.separator = separator
        self.columns = columns
        self.place = place
        hasHeader = true
    }

    /// As told: columns by the header's names, or by numbers from 1 (then there is no header, unless a name is among them).
    /// - Throws: ``HistoryError/badHeader(path:got:)``.
    init(first: String, told: [TableColumn: String], path: String) throws {
        separator = Self.separator(first)
        columns = Self.fields(first, separator) ?? []
        var place: [TableColumn: Int] = [:]
        var hasHeader = false
        for (meaning, column) in told {
            if let named = columns.firstIndex(of: column) {
                place[meaning] = named
                hasHeader = true
            } else if let number = Int(column), (1...max(1, columns.count)).contains(number) {
                place[meaning] = number - 1
            } else {
                throw HistoryError.badHeader(path: path, got: columns)
            }
        }
        self.place = place
        self.hasHeader = hasHeader
    }

    var hasListener: Bool { place[.listener] != nil }

    private static func separator(_ line: String) -> Character {
        if line.contains("\t") { return "\t" }
        if line.contains(",") { return "," }
        return line.contains(";") ? ";" : line.contains("|") ? "|" : ","
    }

    /// A row's meaning; nil when a quoted field goes on in the next line.
    func row(_ line: String, listener: String?, isData: Bool) -> RowOutcome? {
        guard let fields = Self.fields(line, separator) else { return nil }
        guard fields.count == columns.count else {
            return .broken("\(fields.count) fields where the header has \(columns.count)")
        }
        func field(_ meaning: TableColumn) -> String? {
            guard let column = place[meaning] else { return nil }
            let text = fields[column].trimmingCharacters(in: .whitespaces)
            return text.isEmpty ? nil : text
        }
        guard let name = listener ?? field(.listener) else { return .broken("no listener") }
        let reference = SongReference(
            id: field(.song), artist: field(.artist), title: field(.title), album: field(.album),
            recordingMBID: field(.mbid), spotifyURI: SpotifyID.uri(field(.spotify)),
            isrc: field(.isrc), path: field(.path))
        guard reference.isUsable else { return .broken("no song") }
        guard let text = field(.count) else { return .play(name, reference, time: field(.time)) }
        guard let count = Triplet.count(text.utf8) else {
            return .broken(RowError.count(text).reason)
        }
        var play = Play(listener: name, reference: reference, count: count)
        // Beside a count, a table of a listener's songs has the time of the last play, which says little and would make
        // the next export of it look new; a data set of interactions has that of each.
        if isData, case .success(let time) = HistoryTime.optional(field(.time)) { play.time = time }
        return .item(.play(play))
    }

    /// Splits a row. A field that begins with a double quote ends with one, quotes inside doubled; any other quote is
    /// a letter like others (7" singles). Nil when a quote stays open, which a table by tabs does not know.
    static func fields(_ line: String, _ separator: Character) -> [String]? {
        guard separator != "\t", line.utf8.contains(UInt8(ascii: "\"")) else {
            return line.split(separator: separator, omittingEmptySubsequences: false).map {
                let isQuoted = $0.utf8.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"")
                return isQuoted ? unquoted($0) : String($0)
            }
        }
        var fields: [String] = []
        var field: [UInt8] = []
        let bytes = Array(line.utf8)
        let (quote, end) = (UInt8(ascii: "\""), separator.asciiValue ?? 44)
        var isQuoted = false
        var isStart = true
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if isQuoted {
                if byte != quote {
                    field.append(byte)
                } else if place < bytes.count, bytes[place] == quote {
                    field.append(quote)
                    place += 1
                } else {
                    isQuoted = false
                }
            } else if byte == end {
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
                isStart = true
                continue
            } else if byte == quote, isStart {
                isQuoted = true
            } else {
                field.append(byte)
            }
            isStart = false
        }
        return isQuoted ? nil : fields + [String(decoding: field, as: UTF8.self)]
    }

    private static func unquoted(_ field: Substring) -> String {
        field.dropFirst().dropLast().replacingOccurrences(of: "\"\"", with: "\"")
    }
}
