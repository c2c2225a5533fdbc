import Foundation

/// Songs to leave out of a list, as `--exclude` names them.
public enum Exclusion: Codable, Equatable, Sendable {
    case artist(String)
    case album(String)
    case genre(String)
    /// An artist or a genre of this name.
    case name(String)
    /// Seconds; songs of exactly this length stay.
    case longer(Double)
    case shorter(Double)
    /// Songs of this year stay; so do songs whose year no tag says.
    case before(Int)
    case after(Int)

    /// - Parameter text: `genre:NAME`, `artist:NAME`, `album:NAME`, `longer:M:SS`, `shorter:M:SS`, `before:YEAR`, `after:YEAR`,
    ///   or a name alone.
    /// - Throws: ``ExclusionError``.
    public init(_ text: String) throws {
        guard let colon = text.firstIndex(of: ":") else {
            guard !text.trimmingCharacters(in: .whitespaces).isEmpty else {
                throw ExclusionError.empty(text: text)
            }
            self = .name(text)
            return
        }
        let key = text[..<colon].lowercased()
        let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        func year() throws -> Int {
            guard let year = Int(value), (0...9999).contains(year) else {
                throw ExclusionError.notAYear(text: text)
            }
            return year
        }
        func seconds() throws -> Double {
            guard let seconds = Self.seconds(value) else {
                throw ExclusionError.notALength(text: text)
            }
            return seconds
        }
        switch key {
        case "longer": self = .longer(try seconds())
        case "shorter": self = .shorter(try seconds())
        case "before": self = .before(try year())
        case "after": self = .after(try year())
        case "artist", "album", "genre":
            guard !value.isEmpty else { throw ExclusionError.empty(text: text) }
            self = key == "artist" ? .artist(value) : key == "album" ? .album(value) : .genre(value)
        // "Cave: In" is a band, not a rule; but a rule misspelt must not pass in silence.
        case _ where text[text.index(after: colon)...].hasPrefix(" "): self = .name(text)
        default: throw ExclusionError.unknownRule(text: text)
        }
    }

    public func matches(_ track: Track) -> Bool {
        switch self {
        case .artist(let name): Self.isArtist(track, name)
        case .album(let name): track.album.map { Self.same($0, name) } ?? false
        case .genre(let name): Self.hasGenre(track, name)
        case .name(let name): Self.isArtist(track, name) || Self.hasGenre(track, name)
        case .longer(let seconds): track.durationSeconds > seconds
        case .shorter(let seconds): track.durationSeconds < seconds
        case .before(let year): track.year.map { $0 < year } ?? false
        case .after(let year): track.year.map { $0 > year } ?? false
        }
    }

    /// "90", "1:30" or "1:00:00".
    private static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map {
            Double($0) ?? .nan
        }
        guard (1...3).contains(parts.count), parts.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            return nil
        }
        return parts.reduce(0) { 60 * $0 + $1 }
    }

    private static func same(_ a: some StringProtocol, _ b: String) -> Bool {
        a.trimmingCharacters(in: .whitespaces).compare(
            b, options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive])
            == .orderedSame
    }

    /// The whole name, or one of the artists that a track of several lists.
    private static func isArtist(_ track: Track, _ name: String) -> Bool {
        same(track.artist, name) || track.albumArtist.map { same($0, name) } ?? false
            || track.artist.split(separator: ",").contains { same($0, name) }
    }

    private static func hasGenre(_ track: Track, _ name: String) -> Bool {
        track.genres.split(separator: ";").contains { same($0, name) }
    }
}

/// What is wrong with an exclusion.
public enum ExclusionError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty(text: String)
    case unknownRule(text: String)
    case notALength(text: String)
    case notAYear(text: String)

    public var description: String {
        switch self {
        case .empty(let text): "\"\(text)\" names nothing to exclude; write 'genre:NAME'."
        case .unknownRule(let text):
            "\"\(text)\" is no rule; write artist:, album:, genre:, longer:, shorter:, before: or after:, or a name alone."
        case .notALength(let text):
            "\"\(text)\" has no length in it; write seconds or minutes as in 'longer:10:00'."
        case .notAYear(let text): "\"\(text)\" has no year in it; write 'before:1990'."
        }
    }
}
