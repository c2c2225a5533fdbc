import Foundation

extension SongReference {
    /// Takes what an address says: a MusicBrainz recording, a Spotify track, a file.
    mutating func take(address: String, folder: URL? = nil) {
        if let range = address.range(of: "musicbrainz.org/recording/") {
            let mbid = address[range.upperBound...].prefix(36)
            if UUID(uuidString: String(mbid)) != nil { recordingMBID = mbid.lowercased() }
        } else if let uri = SpotifyID.uri(address) {
            spotifyURI = uri
        } else if address.hasPrefix("file:") {
            path = URL(string: address)?.path ?? path
        } else if address.range(of: "://") == nil, !address.isEmpty {
            // Playlists written on Windows.
            let name =
                address.contains("/") ? address : address.replacingOccurrences(of: "\\", with: "/")
            let decoded = name.contains("%") ? name.removingPercentEncoding ?? name : name
            path = Self.absolute(name, folder) ?? Self.absolute(decoded, folder) ?? name
        }
    }

    /// The file's full path, if it is there beside the playlist.
    private static func absolute(_ name: String, _ folder: URL?) -> String? {
        guard let folder, !name.hasPrefix("/") else { return nil }
        let file = URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return file.resolvingSymlinksInPath().path
    }
}
