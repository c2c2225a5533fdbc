import Foundation

/// How a playlist names its songs' files.
public enum PlaylistPaths: String, CaseIterable, Codable, Sendable {
    /// M3U8: relative for songs below the playlist's folder, absolute for others; XSPF and JSPF: absolute.
    case usual
    /// Relative to the playlist's folder in every format, with `..` where needed: the folder above both can be moved.
    case relative
    /// Absolute in every format: the playlist can be moved.
    case absolute
}

/// Where a playlist's songs are, seen from where it goes.
struct PlaylistLocations {
    /// The components of the playlist's folder, "/" first; nil when it goes nowhere.
    private let folder: [String]?
    private let paths: PlaylistPaths

    init(folder: URL?, paths: PlaylistPaths) {
        self.folder = folder.map { $0.standardizedFileURL.pathComponents }
        self.paths = paths
    }

    /// A line of M3U8.
    func line(_ path: String) -> String {
        // No escape exists; a URI is the one way to name such a file.
        guard !path.contains(where: \.isNewline) else { return Self.absolute(path) }
        let parts = paths == .absolute ? nil : relative(path)
        // By default only what lies below: a path that climbs breaks as easily as an absolute one.
        let named =
            parts.flatMap { paths == .relative || $0.first != ".." ? $0 : nil }?
            .joined(separator: "/") ?? path
        // A file name that starts with # would be read as a comment.
        return named.hasPrefix("#") ? "./" + named : named
    }

    /// A URI, as XSPF and JSPF take it.
    func uri(_ path: String) -> String {
        guard paths == .relative, let parts = relative(path) else { return Self.absolute(path) }
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "/;?#")
        let text = parts.map { $0.addingPercentEncoding(withAllowedCharacters: allowed) ?? $0 }
            .joined(separator: "/")
        // What stands before a colon would be read as a scheme.
        return parts.first?.contains(":") == true ? "./" + text : text
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).absoluteString
    }

    private func relative(_ path: String) -> [String]? {
        guard let folder, path.hasPrefix("/") else { return nil }
        let parts = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
        let common = zip(folder, parts.dropLast()).prefix { $0 == $1 }.count
        return folder.dropFirst(common).map { _ in ".." } + parts.dropFirst(common)
    }
}
