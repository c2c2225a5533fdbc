import Foundation

/// Reads a listening file row by row: bad rows are told, good ones are kept, memory stays bounded.
public struct HistoryReader: Sendable {
    public let format: HistoryFormat
    let url: URL
    let listener: String?
    /// JSON that is one piece is read whole up to this many bytes.
    static let largestJSON = 1 << 30

    /// - Parameters:
    ///   - format: nil to detect it by content.
    ///   - listener: whose history it is; overrides what the file says.
    /// - Throws: ``HistoryError``.
    public init(_ url: URL, format: HistoryFormat? = nil, listener: String? = nil) throws {
        self.url = url
        self.format = try format ?? HistoryFormat.detect(url)
        self.listener = listener
    }

    /// - Parameters:
    ///   - body: called with every play; what it throws ends the reading.
    ///   - rejected: called with every row that could not be read.
    /// - Throws: ``HistoryError`` for what is wrong with the file as a whole.
    public func read(_ body: (Play) throws -> Void, rejected: (Rejection) throws -> Void) throws
        -> ReadSummary
    {
        var summary = ReadSummary(format: format)
        func take(_ row: JSONRow, line: Int) throws {
            switch row {
            case .play(let play):
                summary.plays += 1
                try body(play)
            case .filtered: summary.filtered += 1
            case .broken(let reason):
                summary.rejected += 1
                try rejected(Rejection(line: line, reason: reason))
            }
        }
        switch format {
        case .triplets, .hetrec:
            try lines { line, number in
                let triplet: Triplet
                switch Triplet.parse(line) {
                case .success(let found): triplet = found
                case .failure(let error):
                    if format == .hetrec, number == 1 { return }
                    return try take(.broken(error.reason), line: number)
                }
                let id = format == .hetrec ? "lastfm-artist-" + triplet.song : triplet.song
                try take(
                    .play(
                        Play(
                            listener: listener ?? triplet.listener,
                            reference: SongReference(id: id), count: triplet.count)),
                    line: number)
            }
        case .csv: try csv(take)
        case .scrobblerLog: try scrobblerLog(take)
        case .listenbrainz: try jsonLines(take)
        case .spotify, .spotifyShort, .lastfm: try json(take)
        }
        return summary
    }

    /// Every line that is not blank.
    private func lines(_ body: (ArraySlice<UInt8>, Int) throws -> Void) throws {
        var reader = LineReader(try HistoryFile.unpacked(url), path: url.path)
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            try body(line, reader.number)
        }
    }

    private func csv(_ take: (JSONRow, Int) throws -> Void) throws {
        var layout: CSVLayout?
        try lines { line, number in
            let text = String(decoding: line, as: UTF8.self)
            guard let known = layout else {
                guard let found = CSVLayout(header: text) else {
                    throw HistoryError.badHeader(
                        path: url.path, got: text.split(separator: ",").map(String.init))
                }
                guard found.hasListener || listener != nil else {
                    throw HistoryError.noListener(path: url.path, format: "csv")
                }
                layout = found
                return
            }
            switch known.play(text, listener: listener) {
            case .success(let play): try take(.play(play), number)
            case .failure(let error): try take(.broken(error.reason), number)
            }
        }
        if layout == nil { throw HistoryError.empty(path: url.path) }
    }

    private func scrobblerLog(_ take: (JSONRow, Int) throws -> Void) throws {
        guard let listener else {
            throw HistoryError.noListener(path: url.path, format: format.rawValue)
        }
        try lines { line, number in
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("#") { return }
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            guard fields.count >= 7, !fields[0].isEmpty, !fields[2].isEmpty else {
                return try take(
                    .broken("\(fields.count) fields where at least 7 are expected"), number)
            }
            if fields[5] == "S" { return try take(.filtered, number) }
            guard let time = HistoryTime.parse(fields[6]) else {
                return try take(
                    .broken("the time \"\(fields[6].prefix(40))\" cannot be read"), number)
            }
            let mbid = fields.count > 7 && !fields[7].isEmpty ? fields[7] : nil
            let reference = SongReference(
                artist: fields[0], title: fields[2], album: fields[1].isEmpty ? nil : fields[1],
                recordingMBID: mbid)
            try take(.play(Play(listener: listener, reference: reference, time: time)), number)
        }
    }

    private func jsonLines(_ take: (JSONRow, Int) throws -> Void) throws {
        let history = JSONHistory(format: format, listener: listener)
        try lines { line, number in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            else {
                return try take(.broken("not a JSON object"), number)
            }
            // A page of the API holds many listens.
            if let payload = object["payload"] as? [String: Any],
                let listens = payload["listens"] as? [[String: Any]]
            {
                for listen in listens { try take(history.row(listen, owner: nil), number) }
            } else {
                try take(history.row(object, owner: nil), number)
            }
        }
    }

    private func json(_ take: (JSONRow, Int) throws -> Void) throws {
        let source = try HistoryFile.unpacked(url)
        var data = Data()
        while case let piece = try source.next(), !piece.isEmpty {
            data.append(contentsOf: piece)
            if data.count > Self.largestJSON {
                throw HistoryError.tooLarge(path: url.path, bytes: Self.largestJSON)
            }
        }
        if data.starts(with: [0xEF, 0xBB, 0xBF]) { data = data.dropFirst(3) }
        let root: Any
        do { root = try JSONSerialization.jsonObject(with: data) } catch {
            throw HistoryError.notJSON(path: url.path, reason: "the file ends early or is damaged")
        }
        let history = JSONHistory(format: format, listener: listener)
        var objects: Any = root
        var owner: String?
        if let recent = (root as? [String: Any])?["recenttracks"] as? [String: Any] {
            owner = (recent["@attr"] as? [String: Any])?["user"] as? String
            objects = recent["track"] ?? []
        }
        // A single object where an array is usual.
        let list = objects as? [Any] ?? [objects]
        for (index, element) in list.enumerated() {
            guard let object = element as? [String: Any] else {
                try take(.broken("not a JSON object"), index + 1)
                continue
            }
            try take(history.row(object, owner: owner), index + 1)
        }
    }
}
