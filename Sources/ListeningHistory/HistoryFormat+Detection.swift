import Foundation

extension HistoryFormat {
    /// Tells a format by the first lines of a file.
    /// - Throws: ``HistoryError/unknownFormat(path:)``, ``HistoryError/empty(path:)``.
    static func detect(_ url: URL) throws -> HistoryFormat {
        var reader = LineReader(try HistoryFile.unpacked(url), path: url.path)
        var lines: [String] = []
        while lines.count < 20, let line = try reader.next() {
            let text = String(decoding: line.prefix(100_000), as: UTF8.self)
            if !text.allSatisfy(\.isWhitespace) { lines.append(text) }
        }
        guard let first = lines.first else { throw HistoryError.empty(path: url.path) }
        if first.hasPrefix("#AUDIOSCROBBLER/") { return .scrobblerLog }
        if first.hasPrefix("{") || first.hasPrefix("[") {
            let head = lines.joined(separator: "\n")
            if head.contains("\"recenttracks\"") { return .lastfm }
            if head.contains("\"master_metadata_track_name\"") { return .spotify }
            if head.contains("\"endTime\""), head.contains("\"msPlayed\"") { return .spotifyShort }
            if head.contains("\"track_metadata\"") { return .listenbrainz }
            throw HistoryError.unknownFormat(path: url.path)
        }
        if first.lowercased().hasPrefix("userid\tartistid\tweight") { return .hetrec }
        if CSVLayout(header: first) != nil { return .csv }
        if lines.contains(where: { Triplet($0.utf8) != nil }) { return .triplets }
        throw HistoryError.unknownFormat(path: url.path)
    }
}
