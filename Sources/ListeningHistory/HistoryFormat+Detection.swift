import Foundation

extension HistoryFormat {
    /// Bytes of a file's start that tell its format.
    static let headBytes = 1 << 16

    /// Tells a format by a file's first bytes; nil for none that is known.
    static func detect(_ head: ArraySlice<UInt8>) -> HistoryFormat? {
        var head = head
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
        let isWhole = head.count < headBytes - 3
        var lines = head.split { $0 == 10 || $0 == 13 }
        if !isWhole, lines.count > 1 { lines.removeLast() }
        let texts = lines.lazy.filter { !$0.allSatisfy { $0 <= 32 } }.prefix(20).map {
            String(decoding: $0.prefix(10_000), as: UTF8.self)
        }
        guard let first = texts.first else { return nil }
        if first.hasPrefix("#AUDIOSCROBBLER/") { return .scrobblerLog }
        let start = first.drop { $0 == " " || $0 == "\t" }
        // Not so in binary files, which hold everything somewhere.
        guard !head.contains(0) else { return nil }
        if start.hasPrefix("{") || start.hasPrefix("[") {
            return json(String(decoding: head, as: UTF8.self))
        }
        if start.hasPrefix("<") {
            let text = String(decoding: head.prefix(4096), as: UTF8.self)
            return text.contains("<playlist") && text.contains("xspf.org") ? .xspf : nil
        }
        if start.hasPrefix("#EXTM3U") || start.hasPrefix("#EXTINF:") { return .m3u }
        return table(Array(texts)) ?? (isAddresses(Array(texts)) ? .m3u : nil)
    }

    private static func json(_ head: String) -> HistoryFormat? {
        func has(_ keys: String...) -> Bool {
            keys.allSatisfy { head.contains("\"\($0)\"") }
        }
        if has("recenttracks") || has("lovedtracks") || has("#text", "uts") { return .lastfm }
        if has("master_metadata_track_name") { return .spotify }
        if has("endTime", "msPlayed", "trackName") { return .spotifyShort }
        if has("score"), has("recording_msid") || has("recording_mbid"), !has("listened_at") {
            return .listenbrainzFeedback
        }
        if has("track_metadata") { return .listenbrainz }
        if has("timeMs", "track", "artist") { return .pano }
        if has("track", "artists", "title", "time") { return .maloja }
        if has("playlist", "track") { return .jspf }
        return nil
    }

    private static func table(_ lines: [String]) -> HistoryFormat? {
        guard let first = lines.first else { return nil }
        // The file as it comes has a comment's slashes before.
        if first.lowercased().drop(while: { $0 == "/" }).hasPrefix("userid\tartistid\tweight") {
            return .hetrec
        }
        let isTyped = first.contains(":token") && first.contains("\t")
        if TableLayout(header: first) != nil { return isTyped ? .recbole : .csv }
        // A broken row or two must not hide what the others are.
        let formats = lines.compactMap(row)
        let counts = Dictionary(grouping: formats) { $0 }.mapValues(\.count)
        return counts.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }

    /// What one row without header looks like.
    private static func row(_ line: String) -> HistoryFormat? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        func isMBID(_ field: Substring) -> Bool {
            let start = field.prefix(36)
            return start.count == 36 && UUID(uuidString: String(start)) != nil
        }
        if fields.count == 6, HistoryTime.parse(fields[1]) != nil, Double(fields[1]) == nil {
            return .lastfm1k
        }
        if fields.count == 4 {
            let ids = fields[1...3]
            if Double(fields[0]) != nil, HistoryTime.parse(fields[0]) != nil,
                ids.contains(where: isMBID), ids.allSatisfy({ $0.isEmpty || isMBID($0) })
            {
                return .mlhd
            }
            if fields[1].isEmpty || isMBID(fields[1]), Triplet.count(fields[3].utf8) != nil {
                return .lastfm360k
            }
        }
        if Triplet(line.utf8) != nil { return .triplets }
        if let parts = TableLayout.fields(line, ","), parts.count == 4, Double(parts[3]) == nil,
            HistoryTime.parse(parts[3]) != nil
        {
            return .lastfmCSV
        }
        return nil
    }

    /// Whether these are the paths of audio files, a playlist without its mark.
    private static func isAddresses(_ lines: [String]) -> Bool {
        let endings = [
            "mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wma", "wv", "wav", "aif", "aiff",
            "ape",
            "mpc",
        ]
        let songs = lines.filter { !$0.hasPrefix("#") }
        return !songs.isEmpty
            && songs.allSatisfy { line in
                let ending = line.split(separator: ".").last.map { $0.lowercased() } ?? ""
                return endings.contains(ending.trimmingCharacters(in: .whitespaces))
            }
    }
}
