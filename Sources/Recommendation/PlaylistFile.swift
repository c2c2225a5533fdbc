import Foundation

/// A song in a playlist file.
public struct PlaylistTrack: Equatable, Sendable {
    public let path: String
    public let title: String
    public let artist: String
    public let album: String?
    public let durationSeconds: Double
    public let recordingMBID: String?
    /// Where to start playing, seconds; nil for the beginning.
    public let startSeconds: Double?
    /// Why it is here, for people to read; nil for nothing.
    public let annotation: String?

    public init(
        path: String, title: String, artist: String, album: String?, durationSeconds: Double,
        recordingMBID: String?, startSeconds: Double? = nil, annotation: String? = nil
    ) {
        self.path = path
        self.title = title
        self.artist = artist
        self.album = album
        self.durationSeconds = durationSeconds
        self.recordingMBID = recordingMBID
        self.startSeconds = startSeconds
        self.annotation = annotation
    }
}

/// The playlist formats that players open.
public enum PlaylistFormat: String, CaseIterable, Codable, Sendable { case m3u8, xspf, jspf }

/// Playlists as files of other programs.
public enum PlaylistFile {
    /// The playlist's text.
    /// - Parameters:
    ///   - folder: where the file goes; nil for nowhere, so that every path is absolute.
    ///   - paths: default ``PlaylistPaths/usual``.
    public static func render(
        _ tracks: [PlaylistTrack], title: String, format: PlaylistFormat,
        relativeTo folder: URL? = nil, paths: PlaylistPaths = .usual
    ) throws -> String {
        let locations = PlaylistLocations(folder: folder, paths: paths)
        return switch format {
        case .m3u8: m3u8(tracks, title, locations)
        case .xspf: xspf(tracks, title, locations)
        case .jspf: try jspf(tracks, title, locations)
        }
    }

    /// M3U8 knows no escapes: a line break in a title becomes a space.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The length in whole units, of which a second has `unit`; nil when it is not known (zero, NaN, absurd).
    static func duration(_ track: PlaylistTrack, unit: Double) -> Int? {
        let seconds = track.durationSeconds
        guard seconds > 0, seconds < 1e9 else { return nil }
        return Int((seconds * unit).rounded())
    }

    /// "12.3", or nil for a song played from its beginning.
    static func start(_ track: PlaylistTrack) -> String? {
        track.startSeconds.flatMap {
            $0 > 0 && $0 < 1e9 ? String(format: "%.1f", $0) : nil
        }
    }

    private static func m3u8(
        _ tracks: [PlaylistTrack], _ title: String, _ locations: PlaylistLocations
    ) -> String {
        var lines = ["#EXTM3U", "#PLAYLIST:\(line(title))"]
        for track in tracks {
            // Players take it for a comment, as it is.
            if let annotation = track.annotation { lines.append("# \(line(annotation))") }
            // -1 stands for an unknown length.
            let seconds = duration(track, unit: 1) ?? -1
            lines.append("#EXTINF:\(seconds),\(line(track.artist)) - \(line(track.title))")
            // VLC starts there; other players take it for a comment.
            if let start = start(track) { lines.append("#EXTVLCOPT:start-time=\(start)") }
            lines.append(locations.line(track.path))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        // What XML 1.0 cannot hold at all, not even escaped, is left out.
        let allowed = text.unicodeScalars.filter {
            ($0.value >= 0x20 && $0.value & 0xFFFE != 0xFFFE) || $0 == "\n" || $0 == "\t"
        }
        return String(String.UnicodeScalarView(allowed)).replacingOccurrences(
            of: "&", with: "&amp;"
        )
        .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
    }

    static func identifier(_ mbid: String) -> String {
        "https://musicbrainz.org/recording/\(mbid)"
    }

    private static func xspf(
        _ tracks: [PlaylistTrack], _ title: String, _ locations: PlaylistLocations
    ) -> String {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<playlist version="1" xmlns="http://xspf.org/ns/0/">"#,
            "  <title>\(escaped(title))</title>", "  <creator>Coldwave</creator>", "  <trackList>",
        ]
        for track in tracks {
            lines.append("    <track>")
            lines.append("      <location>\(escaped(locations.uri(track.path)))</location>")
            if let mbid = track.recordingMBID {
                lines.append("      <identifier>\(escaped(identifier(mbid)))</identifier>")
            }
            lines.append("      <title>\(escaped(track.title))</title>")
            lines.append("      <creator>\(escaped(track.artist))</creator>")
            if let annotation = track.annotation {
                lines.append("      <annotation>\(escaped(annotation))</annotation>")
            }
            if let album = track.album { lines.append("      <album>\(escaped(album))</album>") }
            if let milliseconds = duration(track, unit: 1000) {
                lines.append("      <duration>\(milliseconds)</duration>")
            }
            if let start = start(track) {
                lines.append(
                    "      <extension application=\"\(vlc)\"><vlc:option xmlns:vlc=\"\(vlc)\">start-time=\(start)</vlc:option></extension>"
                )
            }
            lines.append("    </track>")
        }
        return (lines + ["  </trackList>", "</playlist>", ""]).joined(separator: "\n")
    }

    /// The name of VLC's extension in XSPF and JSPF, whose option holds the start.
    static let vlc = "http://www.videolan.org/vlc/playlist/0"
}
