import Foundation
import HTTPTypes
import Hummingbird
import Library

/// A track's sound over HTTP: the file itself with ranges, or transcoded by FFmpeg.
public enum AudioFile {
    public enum Format: String, CaseIterable, Sendable {
        case opus, mp3
        var type: String { self == .opus ? "audio/ogg" : "audio/mpeg" }
    }

    /// - Parameters:
    ///   - format: nil for the file as it is.
    ///   - bitrate: kbit/s.
    ///   - start: seconds into the song where a transcoded stream starts.
    /// - Throws: ``APIError``.
    public static func response(
        _ track: Track, _ request: Request, _ parts: ServerParts, format: Format? = nil,
        bitrate: Int = 128, start: Double = 0
    ) async throws -> Response {
        let roots = parts.library.current.roots
        let file = try await parts.blocking.run { try ServedFile(track.path, roots: roots) }
        guard let format else {
            return try file.response(request, type: type(of: track), blocking: parts.blocking)
        }
        guard let program = Programs.find("ffmpeg") else {
            throw APIError.unavailable(
                "this machine has no ffmpeg, which transcodes", next: "ask for the file itself")
        }
        let headers: HTTPFields = [.contentType: format.type, .acceptRanges: "none"]
        if request.method == .head { return Response(status: .ok, headers: headers) }
        let slots = parts.transcodings
        try slots.take()
        let codec =
            format == .opus
            ? ["-c:a", "libopus", "-f", "ogg"] : ["-c:a", "libmp3lame", "-f", "mp3"]
        let child = try ChildProgram(
            program,
            // Only local files: a playlist posing as a song must not lead anywhere else.
            ["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"]
                + (start > 0 ? ["-ss", String(start)] : [])
                + ["-i", "file:" + file.path, "-map", "0:a:0", "-vn", "-map_metadata", "-1"]
                + ["-ac", "2", "-b:a", "\(bitrate)k"] + codec + ["pipe:1"],
            onEnd: { slots.give() })
        let blocking = parts.blocking
        let first: ByteBuffer
        do {
            first = try await blocking.run { try child.read(count: 64 << 10) }
        } catch {
            child.stop()
            throw error
        }
        guard first.readableBytes > 0 else {
            child.stop()
            throw APIError.unprocessable("FFmpeg cannot transcode this file")
        }
        let body = ResponseBody { writer in
            defer { child.stop() }
            var part = first
            while part.readableBytes > 0 {
                try await writer.write(part)
                part = try await blocking.run { try child.read(count: 64 << 10) }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// The media type of a track's file, by its name and codec.
    public static func type(of track: Track) -> String {
        switch URL(fileURLWithPath: track.path).pathExtension.lowercased() {
        case "mp3": "audio/mpeg"
        case "flac": "audio/flac"
        case "ogg", "oga", "opus": "audio/ogg"
        case "m4a", "m4b", "mp4", "alac": "audio/mp4"
        case "aac": "audio/aac"
        case "wav": "audio/wav"
        case "aif", "aiff", "aifc": "audio/aiff"
        case "wma", "asf": "audio/x-ms-wma"
        case "wv": "audio/x-wavpack"
        case "ape": "audio/x-ape"
        case "mpc": "audio/x-musepack"
        case "webm": "audio/webm"
        case "mka", "mkv": "audio/x-matroska"
        default: "application/octet-stream"
        }
    }
}
