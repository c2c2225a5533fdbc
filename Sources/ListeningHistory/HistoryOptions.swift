import Foundation

/// What a user can say about a listening file beyond its content.
public struct HistoryOptions: Equatable, Sendable {
    /// Nil to tell it by content.
    public var format: HistoryFormat?
    /// Whose history it is; overrides what the file says.
    public var listener: String?
    /// Which column of a table means what; nil to guess from its header.
    public var columns: [TableColumn: String]?
    /// Million Song Dataset `unique_tracks.txt`, which names the songs of Echo Nest triplets; nil for the one beside them.
    public var uniqueTracks: URL?
    /// `sid_mismatches.txt`: songs that were matched to a wrong track, which are left out; nil for the one beside them.
    public var mismatches: URL?
    /// `sid_matches_manually_accepted.txt`: those of them that are right after all; nil for the one beside them.
    public var acceptedMatches: URL?
    /// HetRec's `artists.dat`, which names the artists of `user_artists.dat`; nil for the one beside it.
    public var artists: URL?

    public init(
        format: HistoryFormat? = nil, listener: String? = nil,
        columns: [TableColumn: String]? = nil,
        uniqueTracks: URL? = nil, mismatches: URL? = nil, acceptedMatches: URL? = nil,
        artists: URL? = nil
    ) {
        self.format = format
        self.listener = listener
        self.columns = columns
        self.uniqueTracks = uniqueTracks
        self.mismatches = mismatches
        self.acceptedMatches = acceptedMatches
        self.artists = artists
    }

    /// Reads `listener=user,artist=2`.
    /// - Throws: ``HistoryError/badColumns(text:reason:)``.
    public static func columns(_ text: String) throws -> [TableColumn: String] {
        var columns: [TableColumn: String] = [:]
        for part in text.split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else {
                throw HistoryError.badColumns(text: text, reason: "\"\(part)\" has no =")
            }
            let meaning = part[..<equals].trimmingCharacters(in: .whitespaces)
            guard let column = TableColumn(rawValue: meaning) else {
                throw HistoryError.badColumns(text: text, reason: "\"\(meaning)\" is no meaning")
            }
            columns[column] = part[part.index(after: equals)...].trimmingCharacters(
                in: .whitespaces)
        }
        let isSong = [.song, .mbid, .spotify, .isrc, .path].contains { columns[$0] != nil }
        guard isSong || (columns[.artist] != nil && columns[.title] != nil) else {
            throw HistoryError.badColumns(
                text: text, reason: "no column says which song (song, or artist and title)")
        }
        return columns
    }
}

/// What a column of a table can mean.
public enum TableColumn: String, CaseIterable, Sendable {
    case listener
    /// The table's own id of a song.
    case song
    case artist, title, album, mbid, spotify, isrc, path, count, time
}
