import Foundation
import HTTPTypes
import Hummingbird
import Library

/// The sound and the pictures.
enum SubsonicMedia {
    static let handlers: [String: SubsonicRoutes.Handler] = [
        "stream": stream, "download": download, "getCoverArt": cover,
    ]

    private static func stream(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let parameters = call.parameters
        let id = try parameters.required("id")
        let track = try await call.read { try $0.song(id) }
        let most = try parameters.int("maxBitRate", 0, in: 0...100_000)
        let start = try parameters.int("timeOffset", 0, in: 0...864_000)
        let format = parameters["format"]?.lowercased()
        guard
            let target = target(
                track, format: format, maxBitRate: most, isOffset: start > 0)
        else { return .response(try await AudioFile.response(track, call.request, call.parts)) }
        return .response(
            try await AudioFile.response(
                track, call.request, call.parts, format: target,
                bitrate: most > 0 ? min(max(most, 32), 320) : target == .opus ? 128 : 192,
                start: Double(start)))
    }

    /// - Returns: what to transcode to; nil for the file itself.
    static func target(_ track: Track, format: String?, maxBitRate: Int, isOffset: Bool)
        -> AudioFile.Format?
    {
        if format == "raw" { return nil }
        let suffix = (track.path as NSString).pathExtension.lowercased()
        let own =
            track.durationSeconds > 0
            ? Double(track.size) * 0.008 / track.durationSeconds : 0
        let isTooFast = maxBitRate > 0 && own > Double(maxBitRate)
        let isOwn = format == nil || format == suffix
        if isOwn, !isTooFast, !isOffset { return nil }
        switch format ?? suffix {
        case "opus", "ogg", "oga": return .opus
        default: return .mp3
        }
    }

    private static func download(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        let track = try await call.read { try $0.song(id) }
        var response = try await AudioFile.response(track, call.request, call.parts)
        let name = (track.path as NSString).lastPathComponent
        let encoded = name.addingPercentEncoding(withAllowedCharacters: Self.plainCharacters)
        response.headers[.contentDisposition] = "attachment; filename*=UTF-8''\(encoded ?? "song")"
        return .response(response)
    }

    /// Those that a file's name in a header may have as they are (RFC 8187).
    private static let plainCharacters = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private static func cover(_ call: SubsonicCall) async throws -> SubsonicRoutes.Answer {
        let id = try call.parameters.required("id")
        let size = try call.parameters.int("size", 0, in: 0...4096)
        let candidates = try await call.read { view -> [Track] in
            switch SubsonicID(id) {
            case .song?: return [try view.song(id)]
            case .album?:
                let tracks = try view.snapshot.tracks(Array(try view.album(id).tracks.prefix(50)))
                return Array((tracks.filter(\.hasCover) + tracks).prefix(2))
            case .artist?:
                let artist = try view.artist(id)
                let firsts = artist.albums.prefix(20).compactMap {
                    view.index.albums[$0].tracks.first
                }
                let tracks = try view.snapshot.tracks(firsts)
                return Array((tracks.filter(\.hasCover) + tracks).prefix(2))
            case nil: throw SubsonicError.unknown("cover", id)
            }
        }
        for track in candidates {
            do {
                return .response(
                    try await CoverArt.response(
                        track, call.request, call.parts, size: size > 0 ? size : nil))
            } catch APIError.notFound {
                continue
            }
        }
        throw SubsonicError.unknown("cover for", id)
    }
}
