import Foundation

/// What the Million Song Dataset says of the songs in Echo Nest triplets: their names (`unique_tracks.txt`), and which
/// were matched to a wrong track (`sid_mismatches.txt`, less `sid_matches_manually_accepted.txt`).
///
/// A pair of song and track that does not match gives the song no name; a song all of whose pairs are wrong is left out,
/// because nobody knows what its plays are plays of.
struct EchoNestSongs {
    private let names = StringTable()
    private var texts = Data()
    /// By number in `names`: where artist and title begin in `texts`; -1 for a song that is left out.
    private var places: [(start: Int, middle: Int, end: Int)] = []

    /// Reads what is named in `options`, or else lies beside the file (plain or packed).
    /// - Throws: ``HistoryError``.
    init(beside member: HistoryMember, _ options: HistoryOptions) throws {
        let start = try member.stream.peek(200)
        let isEchoNest = String(decoding: start, as: UTF8.self).firstMatch(
            of: /[\t,]SO[A-Z0-9]{16}[\t,]/)
        func file(_ told: URL?, _ name: String) -> URL? {
            if let told { return told }
            return isEchoNest == nil ? nil : member.neighbor(name)
        }
        var wrong: [String: Set<String>] = [:]
        if let mismatches = file(options.mismatches, "sid_mismatches.txt") {
            try Self.pairs(mismatches) { wrong[$0, default: []].insert($1) }
        }
        if let accepted = file(options.acceptedMatches, "sid_matches_manually_accepted.txt") {
            try Self.pairs(accepted) { song, track in
                wrong[song]?.remove(track)
                if wrong[song]?.isEmpty == true { wrong[song] = nil }
            }
        }
        if let tracks = file(options.uniqueTracks, "unique_tracks.txt") {
            try read(tracks, except: wrong)
        }
        for song in wrong.keys where names.find(song.utf8) == nil {
            _ = names.number(song.utf8)
            places.append((-1, 0, 0))
        }
    }

    /// A song by its id and, where they are known, its names; nil if it is to be left out.
    func reference(_ song: String) -> SongReference? {
        guard names.count > 0, let number = names.find(song.utf8) else {
            return SongReference(id: song)
        }
        let place = places[number]
        guard place.start >= 0 else { return nil }
        return SongReference(
            id: song, artist: String(decoding: texts[place.start..<place.middle], as: UTF8.self),
            title: String(decoding: texts[place.middle..<place.end], as: UTF8.self))
    }

    /// `track<SEP>song<SEP>artist<SEP>title`; the first track of a song names it.
    private mutating func read(_ url: URL, except wrong: [String: Set<String>]) throws {
        var reader = LineReader(try HistoryFile.unpacked(url), path: url.path)
        while let line = try reader.next() {
            let parts = String(decoding: line, as: UTF8.self).components(separatedBy: "<SEP>")
            guard parts.count == 4 else {
                if line.allSatisfy({ $0 <= 32 }) { continue }
                throw HistoryError.cannotRead(
                    path: url.path,
                    reason: "line \(reader.number) is not track<SEP>song<SEP>artist<SEP>title")
            }
            if wrong[parts[1]]?.contains(parts[0]) == true { continue }
            guard names.find(parts[1].utf8) == nil else { continue }
            _ = names.number(parts[1].utf8)
            let start = texts.count
            texts.append(contentsOf: parts[2].utf8)
            let middle = texts.count
            texts.append(contentsOf: parts[3].utf8)
            places.append((start, middle, texts.count))
        }
    }

    /// The pairs of a list of matches: `ERROR: <SO… TR…> …` on each line.
    private static func pairs(_ url: URL, _ body: (String, String) -> Void) throws {
        var reader = LineReader(try HistoryFile.unpacked(url), path: url.path)
        while let line = try reader.next() {
            let text = String(decoding: line, as: UTF8.self)
            if let match = text.firstMatch(of: /<(SO[A-Z0-9]{16}) (TR[A-Z0-9]{16})>/) {
                body(String(match.1), String(match.2))
            }
        }
    }
}
