import Foundation
import HTTPTypes
import Hummingbird
import Library
import Synchronization

/// A track's picture: the one in its file, else one beside it.
enum CoverArt {
    static let names = ["cover", "folder", "front", "album"]
    static let most = 16 << 20
    /// Widths that pictures are made in, pixels; what is asked for gets the next larger one.
    static let sizes = [64, 128, 256, 384, 512, 768, 1024]

    /// - Parameter size: pixels of the longer side; nil, or more than any that is made, for the picture as it is. None is made
    ///   larger than it is.
    /// - Throws: ``APIError/notFound(_:next:)`` where there is none.
    static func response(
        _ track: Track, _ request: Request, _ parts: ServerParts, size: Int? = nil
    ) async throws -> Response {
        let roots = parts.library.current.roots
        let step = size.flatMap { wanted in sizes.first { $0 >= wanted } }
        let cache = parts.covers
        let cover = try await parts.pictures.run { () -> CoverCache.Cover? in
            for source in try sources(track, roots: roots) {
                if let cover = try cache.cover(source, size: step) { return cover }
            }
            return nil
        }
        guard let cover else { throw APIError.notFound("\(track.name) has no cover") }
        let headers: HTTPFields = [
            .contentType: cover.type, .eTag: cover.tag, .cacheControl: "private, max-age=86400",
        ]
        if request.headers[.ifNoneMatch] == cover.tag {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: cover.data))
    }

    /// Where a picture is: in a song's file, or a file of its own.
    struct Source: Sendable {
        let file: ServedFile
        let isEmbedded: Bool
    }

    /// Where to look, in this order.
    private static func sources(_ track: Track, roots: [String]) throws -> [Source] {
        let file = try ServedFile(track.path, roots: roots)
        var sources: [Source] = []
        if track.hasCover, Programs.find("ffmpeg") != nil {
            sources.append(Source(file: file, isEmbedded: true))
        }
        let folder = URL(fileURLWithPath: track.path).deletingLastPathComponent()
        for name in names {
            for kind in ["jpg", "jpeg", "png", "webp"] {
                let place = folder.appendingPathComponent("\(name).\(kind)").path
                if let beside = try? ServedFile(place, roots: roots), beside.size <= most {
                    return sources + [Source(file: beside, isEmbedded: false)]
                }
            }
        }
        return sources
    }

    /// The picture of a source; nil where it holds none that can be shown.
    static func make(_ source: Source, size: Int?) throws -> ByteBuffer? {
        let program = Programs.find("ffmpeg")
        guard let program, size != nil || source.isEmbedded else {
            return try source.file.read(at: 0, count: Int(source.file.size))
        }
        // By FFmpeg in a process of its own, which a damaged file may crash; a huge picture is refused.
        let out =
            size.map {
                [
                    "-vf",
                    "scale='min(\($0),iw)':'min(\($0),ih)':force_original_aspect_ratio=decrease",
                    "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "4",
                ]
            } ?? ["-c:v", "copy"]
        let child = try ChildProgram(
            program,
            [
                "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-max_pixels",
                "67108864",
            ]
                + ["-i", "file:" + source.file.path, "-an", "-map", "0:v:0", "-frames:v", "1"]
                + out + ["-f", "image2pipe", "pipe:1"])
        defer { child.stop() }
        var all = ByteBuffer()
        while true {
            let part = try child.read(count: 256 << 10)
            if part.readableBytes == 0 { break }
            all.writeImmutableBuffer(part)
            if all.readableBytes > most { return nil }
        }
        if all.readableBytes > 0 { return all }
        // What FFmpeg cannot read a browser may.
        return source.isEmbedded ? nil : try make(source, size: nil)
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

/// Pictures that were asked for lately, so that FFmpeg need not make them again: the ones used longest ago go first.
final class CoverCache: Sendable {
    struct Cover: Sendable {
        let data: ByteBuffer
        let type: String
        let tag: String
    }
    private struct State {
        var covers: [String: (cover: Cover, used: Int)] = [:]
        var bytes = 0
        var clock = 0
    }
    private let state = Mutex(State())
    /// Bytes of all together.
    private let most: Int

    init(most: Int = 32 << 20) { self.most = most }

    var bytes: Int { state.withLock { $0.bytes } }

    func cover(_ source: CoverArt.Source, size: Int?) throws -> Cover? {
        let key = "\(source.file.tag) \(size ?? 0) \(source.file.path)"
        let known = state.withLock { state -> Cover? in
            state.clock += 1
            state.covers[key]?.used = state.clock
            return state.covers[key]?.cover
        }
        if let known { return known }
        guard let data = try CoverArt.make(source, size: size), let type = CoverArt.type(of: data)
        else { return nil }
        let hash = Secrets.hash(key).prefix(8).map { String(format: "%02x", $0) }.joined()
        let cover = Cover(data: data, type: type, tag: "\"\(hash)\"")
        if data.readableBytes <= most / 8 { keep(cover, key) }
        return cover
    }

    private func keep(_ cover: Cover, _ key: String) {
        state.withLock { state in
            guard state.covers[key] == nil else { return }
            state.covers[key] = (cover, state.clock)
            state.bytes += cover.data.readableBytes
            guard state.bytes > most else { return }
            // A quarter at once, so that not every new one sorts them all.
            for (old, entry) in state.covers.sorted(by: { $0.value.used < $1.value.used }) {
                guard state.bytes > most - most / 4, old != key else { break }
                state.covers[old] = nil
                state.bytes -= entry.cover.data.readableBytes
            }
        }
    }
}
