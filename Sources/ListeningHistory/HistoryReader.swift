import Foundation

/// Reads a listening file, or every one in an archive, row by row: bad rows are told, good ones are kept, memory stays
/// bounded.
public struct HistoryReader: Sendable {
    let url: URL
    let options: HistoryOptions

    public init(_ url: URL, _ options: HistoryOptions = HistoryOptions()) {
        self.url = url
        self.options = options
    }

    /// - Parameters:
    ///   - body: called with every play, rating, skip and entry of a playlist; what it throws ends the reading.
    ///   - rejected: called with every row that could not be read.
    /// - Throws: ``HistoryError`` for what is wrong with the file as a whole; some rows may have been given by then.
    public func read(
        _ body: (HistoryItem) throws -> Void, rejected: (Rejection) throws -> Void
    ) throws -> ReadSummary {
        var summary = ReadSummary()
        try HistoryFile.members(of: url) { member in
            let head = try member.stream.peek(HistoryFormat.headBytes)
            guard let format = try format(member, head, &summary) else { return }
            var part = ReadSummary.Part(member: member.name, format: format)
            var isOwnerMissing = true
            try read(member, format) { outcome, line in
                switch outcome {
                case .item(let item):
                    isOwnerMissing = false
                    part.rows += 1
                    try body(item)
                case .filtered:
                    isOwnerMissing = false
                    part.filtered += 1
                case .skipped(let skip):
                    isOwnerMissing = false
                    part.filtered += 1
                    part.skips += 1
                    try body(.skip(skip))
                case .broken(let reason):
                    if !reason.hasSuffix("(give --listener)") { isOwnerMissing = false }
                    part.rejected += 1
                    try rejected(Rejection(member: member.name, line: line, reason: reason))
                }
            }
            if isOwnerMissing, part.rejected > 0 {
                throw HistoryError.noListener(path: member.path, format: format.rawValue)
            }
            summary.parts.append(part)
        }
        guard !summary.parts.isEmpty else {
            throw summary.skipped.isEmpty
                ? HistoryError.empty(path: url.path)
                : HistoryError.nothingInside(path: url.path, members: summary.skipped)
        }
        return summary
    }

    /// Nil for a member of an archive that is no listening file, which the summary then names.
    private func format(
        _ member: HistoryMember, _ head: ArraySlice<UInt8>, _ summary: inout ReadSummary
    ) throws -> HistoryFormat? {
        func isUTF16() -> Bool {
            if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
            let zeros = head.prefix(64).enumerated().filter { $0.element == 0 }
            let even = zeros.filter { $0.offset % 2 == 0 }.count
            return zeros.count >= 4 && zeros.count * 3 >= head.prefix(64).count
                && (even == 0 || even == zeros.count)
        }
        let detected = HistoryFormat.detect(head)
        // In an archive a named format picks the members that are in it.
        let isPicked = member.name == nil || options.format == detected
        let named = isPicked ? options.format : nil
        let told = options.columns == nil ? nil : HistoryFormat.csv
        let known = named ?? (options.format == nil ? told ?? detected : nil)
        if let known, !isUTF16() { return known }
        if let name = member.name {
            summary.skipped.append(name)
            return nil
        }
        if head.allSatisfy({ $0 <= 32 || $0 >= 0xBB }), head.count < 100 {
            throw HistoryError.empty(path: member.path)
        }
        if isUTF16() { throw HistoryError.notUTF8(path: member.path) }
        if let packing = HistoryFile.foreignPacking(head) {
            throw HistoryError.cannotRead(
                path: member.path,
                reason:
                    "it is packed as \(packing), which Coldwave does not unpack; unpack it first")
        }
        throw HistoryError.unknownFormat(path: member.path)
    }

    private func read(_ member: HistoryMember, _ format: HistoryFormat, _ take: TakeRow) throws {
        let listener = options.listener ?? member.owner
        switch format {
        case .triplets, .csv, .hetrec, .lastfm360k, .lastfm1k, .mlhd, .recbole, .lastfmCSV,
            .scrobblerLog:
            try TableReader(member: member, format: format, listener: listener, options: options)
                .read(take)
        case .listenbrainz, .listenbrainzFeedback, .spotify, .spotifyShort, .lastfm, .maloja,
            .pano, .jspf:
            try JSONReader(member: member, format: format, listener: listener).read(take)
        case .m3u, .xspf:
            try PlaylistReader(member: member, format: format, listener: listener).read(take)
        }
    }
}

/// What reading a file came to.
public struct ReadSummary: Equatable, Sendable {
    /// One file: the whole one, or a member of an archive.
    public struct Part: Equatable, Sendable {
        public let member: String?
        public let format: HistoryFormat
        /// Rows that could be read.
        public var rows = 0
        /// Rows that are no plays: skipped songs, podcasts, private sessions.
        public var filtered = 0
        /// Those of them that say a song was skipped.
        public var skips = 0
        public var rejected = 0
    }
    public var parts: [Part] = []
    /// Members of an archive that are no listening files.
    public var skipped: [String] = []

    public var rows: Int { parts.reduce(0) { $0 + $1.rows } }
    public var filtered: Int { parts.reduce(0) { $0 + $1.filtered } }
    public var skips: Int { parts.reduce(0) { $0 + $1.skips } }
    public var rejected: Int { parts.reduce(0) { $0 + $1.rejected } }
    /// That of most rows.
    public var format: HistoryFormat? {
        var rows: [HistoryFormat: Int] = [:]
        for part in parts { rows[part.format, default: 0] += part.rows + part.filtered }
        return rows.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }
}
