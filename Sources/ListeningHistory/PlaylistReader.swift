import Foundation

/// Reads playlists (M3U, XSPF; JSPF is JSON) as evidence of their listener's taste.
struct PlaylistReader {
    let member: HistoryMember
    let format: HistoryFormat
    let listener: String?
    static let largest = 64 << 20

    /// - Throws: ``HistoryError``, and what `take` throws.
    func read(_ take: TakeRow) throws {
        switch format {
        case .m3u: try m3u(take)
        case .xspf: try xspf(take)
        default: throw HistoryError.unknownFormat(path: member.path)
        }
    }

    /// The folder that paths inside are relative to.
    private var folder: URL? {
        member.name == nil ? URL(fileURLWithPath: member.path).deletingLastPathComponent() : nil
    }

    private func m3u(_ take: TakeRow) throws {
        guard let listener else {
            throw HistoryError.noListener(path: member.path, format: format.rawValue)
        }
        var reader = LineReader(member.stream, path: member.path)
        var playlist = member.stem
        var song = SongReference()
        var position = 0
        while let line = try reader.next() {
            // Older playlists are in Latin-1.
            let text =
                (String(validating: line, as: UTF8.self)
                ?? String(String.UnicodeScalarView(line.map { Unicode.Scalar($0) })))
                .trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("#PLAYLIST:") {
                playlist = text.dropFirst(10).trimmingCharacters(in: .whitespaces)
            } else if text.hasPrefix("#EXTINF:") {
                (song.artist, song.title) = Self.names(text)
            } else if text.hasPrefix("#EXTALB:") {
                song.album = text.dropFirst(8).trimmingCharacters(in: .whitespaces)
            } else if !text.isEmpty, !text.hasPrefix("#") {
                song.take(address: text, folder: folder)
                if song.isUsable {
                    let entry = PlaylistEntry(
                        listener: listener, playlist: playlist, position: position, reference: song)
                    try take(.item(.playlistEntry(entry)), reader.number)
                    position += 1
                } else {
                    try take(.broken("an address without artist and title"), reader.number)
                }
                song = SongReference()
            }
        }
    }

    /// `#EXTINF:123 key="value",Artist - Title`.
    private static func names(_ line: String) -> (String?, String?) {
        guard let comma = line.firstIndex(of: ",") else { return (nil, nil) }
        let name = line[line.index(after: comma)...].trimmingCharacters(in: .whitespaces)
        guard let dash = name.range(of: " - ") else { return (nil, nil) }
        let (artist, title) = (String(name[..<dash.lowerBound]), String(name[dash.upperBound...]))
        return artist.isEmpty || title.isEmpty ? (nil, nil) : (artist, title)
    }

    private func xspf(_ take: TakeRow) throws {
        var bytes: [UInt8] = []
        while case let piece = try member.stream.next(), !piece.isEmpty {
            bytes += piece
            guard bytes.count <= Self.largest else {
                throw HistoryError.tooLarge(path: member.path, bytes: Self.largest)
            }
        }
        var title = ""
        var creator: String?
        var songs: [SongReference] = []
        var song: SongReference?
        var scanner = XMLScanner(bytes, path: member.path)
        // Elements from the root: playlist, trackList, track, …
        while let (names, text) = try scanner.next() {
            switch (names.count, names.last ?? "") {
            case (2, "title"): title = text
            case (2, "creator"): creator = text.isEmpty ? nil : text
            case (3, "track"):
                songs.append(song ?? SongReference())
                song = nil
            case (4, let name) where names[2] == "track" && !text.isEmpty:
                var inside = song ?? SongReference()
                switch name {
                case "creator": inside.artist = text
                case "title": inside.title = text
                case "album": inside.album = text
                case "identifier", "location": inside.take(address: text, folder: folder)
                default: break
                }
                song = inside
            default: break
            }
        }
        guard let name = listener ?? creator else {
            throw HistoryError.noListener(path: member.path, format: format.rawValue)
        }
        for (position, song) in songs.enumerated() {
            guard song.isUsable else {
                try take(.broken("no song"), position + 1)
                continue
            }
            let entry = PlaylistEntry(
                listener: name, playlist: title, position: position, reference: song)
            try take(.item(.playlistEntry(entry)), position + 1)
        }
    }
}
