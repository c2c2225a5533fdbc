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

/// A track's picture: the one in its file, else one beside it.
public enum CoverArt {
    static let names = ["cover", "folder", "front", "album"]
    static let most = 16 << 20

    /// - Throws: ``APIError/notFound(_:next:)`` where there is none.
    public static func response(_ track: Track, _ request: Request, _ parts: ServerParts)
        async throws -> Response
    {
        let roots = parts.library.current.roots
        let none = APIError.notFound("\(track.name) has no cover")
        let data = try await parts.blocking.run { () -> ByteBuffer? in
            let file = try ServedFile(track.path, roots: roots)
            if track.hasCover, let picture = try embedded(file) { return picture }
            let folder = URL(fileURLWithPath: track.path).deletingLastPathComponent()
            for name in names {
                for kind in ["jpg", "jpeg", "png", "webp"] {
                    let place = folder.appendingPathComponent("\(name).\(kind)").path
                    if let beside = try? ServedFile(place, roots: roots), beside.size <= most {
                        return try beside.read(at: 0, count: Int(beside.size))
                    }
                }
            }
            return nil
        }
        guard let data, let type = type(of: data) else { throw none }
        let tag =
            "\"\(Secrets.hash(String(buffer: data.getSlice(at: 0, length: min(4096, data.readableBytes)) ?? data)).prefix(8).map { String(format: "%02x", $0) }.joined())-\(data.readableBytes)\""
        let headers: HTTPFields = [
            .contentType: type, .eTag: tag, .cacheControl: "private, max-age=86400",
        ]
        if request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: data))
    }

    /// By FFmpeg in a process of its own, which a damaged file may crash.
    private static func embedded(_ file: ServedFile) throws -> ByteBuffer? {
        guard let program = Programs.find("ffmpeg") else { return nil }
        let child = try ChildProgram(
            program,
            [
                "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i",
                "file:" + file.path, "-an", "-map", "0:v:0", "-c:v", "copy", "-frames:v", "1", "-f",
                "image2pipe", "pipe:1",
            ])
        defer { child.stop() }
        var all = ByteBuffer()
        while true {
            let part = try child.read(count: 256 << 10)
            if part.readableBytes == 0 { break }
            all.writeImmutableBuffer(part)
            if all.readableBytes > most { return nil }
        }
        return all.readableBytes > 0 ? all : nil
    }

    /// By the first bytes: what a tag says may be wrong, and only pictures may be sent as such.
    static func type(of data: ByteBuffer) -> String? {
        let head = Array(data.readableBytesView.prefix(12))
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if head.starts(with: Array("GIF8".utf8)) { return "image/gif" }
        if head.count == 12, head.starts(with: Array("RIFF".utf8)),
            Array(head[8...]) == Array("WEBP".utf8)
        {
            return "image/webp"
        }
        return nil
    }
}
