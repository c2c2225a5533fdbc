import Foundation

/// Reads listening files of one row a line.
struct TableReader {
    let member: HistoryMember
    let format: HistoryFormat
    /// Given by the user, or by the archive around the file.
    let listener: String?
    let options: HistoryOptions
    /// A quoted field may hold so many lines.
    static let mostLinesOfARow = 20

    /// - Throws: ``HistoryError``, and what `take` throws.
    func read(_ take: TakeRow) throws {
        switch format {
        case .csv, .recbole: try table(take)
        case .scrobblerLog: try scrobblerLog(take)
        case .triplets: try triplets(take)
        case .lastfmCSV:
            let name = try owner()
            try lines { line, number in
                let fields = TableLayout.fields(String(decoding: line, as: UTF8.self), ",") ?? []
                guard fields.count == 4 else {
                    return try take(.broken("\(fields.count) fields where 4 are expected"), number)
                }
                let reference = SongReference(
                    artist: Self.known(fields[0]), title: Self.known(fields[2]),
                    album: Self.known(fields[1]))
                try take(.play(name, reference, time: Self.known(fields[3])), number)
            }
        case .hetrec:
            let artists = try HetRecArtists(beside: member, options)
            try fields(3, take) { fields, number in
                if number == 1, fields[1].lowercased() == "artistid" { return nil }
                return counted(
                    fields[0],
                    SongReference(
                        id: "lastfm-artist-" + fields[1], artist: artists.name(fields[1])),
                    fields[2])
            }
        case .lastfm360k:
            try fields(4, take) { fields, _ in
                guard let artist = Self.known(fields[1]) ?? Self.known(fields[2]) else {
                    return .broken("no artist")
                }
                return counted(
                    fields[0],
                    SongReference(id: "lastfm-artist-" + artist, artist: Self.known(fields[2])),
                    fields[3].trimmingCharacters(in: .whitespaces))
            }
        case .lastfm1k:
            try fields(6, take) { fields, _ in
                guard let name = listener ?? Self.known(fields[0]) else {
                    return .broken("no listener")
                }
                return .play(
                    name,
                    SongReference(
                        artist: Self.known(fields[3]), title: Self.known(fields[5]),
                        recordingMBID: Self.known(fields[4])), time: fields[1])
            }
        case .mlhd:
            // A file per listener, named by their id.
            guard let name = listener ?? (UUID(uuidString: member.stem) == nil ? nil : member.stem)
            else { throw HistoryError.noListener(path: member.path, format: format.rawValue) }
            try fields(4, take) { fields, _ in
                guard let recording = Self.known(fields[3]) else { return .filtered }
                return .play(name, SongReference(recordingMBID: recording), time: fields[0])
            }
        default: throw HistoryError.unknownFormat(path: member.path)
        }
    }

    private func owner() throws -> String {
        guard let listener else {
            throw HistoryError.noListener(path: member.path, format: format.rawValue)
        }
        return listener
    }

    private static func known(_ field: String) -> String? { field.isEmpty ? nil : field }

    private func counted(_ name: String, _ reference: SongReference, _ count: String) -> RowOutcome
    {
        guard let name = listener ?? Self.known(name) else { return .broken("no listener") }
        guard let count = Triplet.count(count.utf8) else {
            return .broken(RowError.count(count).reason)
        }
        return .item(.play(Play(listener: name, reference: reference, count: count)))
    }

    /// Every line that is not blank.
    private func lines(_ body: (ArraySlice<UInt8>, Int) throws -> Void) throws {
        var reader = LineReader(member.stream, path: member.path)
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            try body(line, reader.number)
        }
    }

    /// Every line's fields between tabs, of which there must be `count`; nil leaves a line (a header) out.
    private func fields(
        _ count: Int, _ take: TakeRow, _ row: ([String], Int) throws -> RowOutcome?
    ) throws {
        try lines { line, number in
            let fields = line.split(separator: 9, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == count else {
                return try take(
                    .broken("\(fields.count) fields where \(count) are expected"), number)
            }
            if let outcome = try row(fields, number) { try take(outcome, number) }
        }
    }

    private func triplets(_ take: TakeRow) throws {
        let names = try EchoNestSongs(beside: member, options)
        try lines { line, number in
            switch Triplet.parse(line) {
            case .failure(let error): try take(.broken(error.reason), number)
            case .success(let triplet):
                guard let reference = names.reference(triplet.song) else {
                    return try take(.filtered, number)
                }
                let play = Play(
                    listener: listener ?? triplet.listener, reference: reference,
                    count: triplet.count)
                try take(.item(.play(play)), number)
            }
        }
    }

    private func table(_ take: TakeRow) throws {
        var layout: TableLayout?
        // Lines of a row whose quotes are open.
        var open: [(text: String, number: Int)] = []
        func row(_ layout: TableLayout, _ line: String, _ number: Int) throws {
            open.append((line, number))
            let text = open.map(\.text).joined(separator: "\n")
            let outcome = layout.row(text, listener: listener, isData: format == .recbole)
            if let outcome {
                let first = open[0].number
                open = []
                return try take(outcome, first)
            }
            if open.count >= Self.mostLinesOfARow { try giveUp(layout) }
        }
        /// The first open line is broken; the others are read again on their own.
        func giveUp(_ layout: TableLayout) throws {
            guard let first = open.first else { return }
            let rest = open.dropFirst()
            open = []
            try take(.broken("a quote stays open"), first.number)
            for line in rest { try row(layout, line.text, line.number) }
        }
        try lines { line, number in
            let text = String(decoding: line, as: UTF8.self)
            if let layout { return try row(layout, text, number) }
            let found: TableLayout
            if let told = options.columns {
                found = try TableLayout(first: text, told: told, path: member.path)
            } else if let guessed = TableLayout(header: text) {
                found = guessed
            } else {
                throw HistoryError.badHeader(
                    path: member.path, got: text.split(separator: ",").prefix(20).map(String.init))
            }
            guard found.hasListener || listener != nil else {
                throw HistoryError.noListener(path: member.path, format: format.rawValue)
            }
            layout = found
            if !found.hasHeader { try row(found, text, number) }
        }
        guard let layout else { throw HistoryError.empty(path: member.path) }
        while !open.isEmpty { try giveUp(layout) }
    }

    /// Times are in the zone that `#TZ/` tells, UTC if it tells none.
    private func scrobblerLog(_ take: TakeRow) throws {
        let name = try owner()
        var zone = 0
        try lines { line, number in
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("#") {
                if text.hasPrefix("#TZ/") {
                    zone = HistoryTime.zone(String(text.dropFirst(4))) ?? 0
                }
                return
            }
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            guard fields.count >= 7 else {
                return try take(
                    .broken("\(fields.count) fields where at least 7 are expected"), number)
            }
            if fields[0] == "<Untagged>" { return try take(.filtered, number) }
            var outcome = RowOutcome.play(
                name,
                SongReference(
                    artist: Self.known(fields[0]), title: Self.known(fields[2]),
                    album: Self.known(fields[1]),
                    recordingMBID: fields.count > 7 ? Self.known(fields[7]) : nil),
                time: fields[6])
            if case .item(.play(var play)) = outcome, let time = play.time {
                play.time = time.addingTimeInterval(-Double(zone))
                outcome = .item(.play(play))
            }
            // S: skipped before half of it was over.
            try take(fields[5] == "S" ? outcome.asSkip : outcome, number)
        }
    }
}
