import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// The page's files. They are read once, so no request ever names a path on disk.
struct StaticFiles: Sendable {
    struct File: Sendable {
        let body: ByteBuffer
        let type: String
        let tag: String
    }
    private let files: [String: File]

    static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
        "ico": "image/x-icon", "json": "application/json",
        "webmanifest": "application/manifest+json",
        "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
    ]

    /// - Throws: ``ServerError/noPage(folder:)``.
    init(folder: URL) throws {
        let folder = folder.standardizedFileURL
        var files: [String: File] = [:]
        let all = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        while let url = all?.nextObject() as? URL {
            guard let type = Self.types[url.pathExtension.lowercased()],
                let data = try? Data(contentsOf: url)
            else { continue }
            let path = url.standardizedFileURL.path.dropFirst(folder.path.count)
                .drop { $0 == "/" }
            let hash = SHA256.hash(data: data).prefix(8).map { String(format: "%02x", $0) }.joined()
            files[String(path)] = File(
                body: ByteBuffer(bytes: data), type: type, tag: "\"\(hash)\"")
        }
        guard files["index.html"] != nil else { throw ServerError.noPage(folder: folder.path) }
        self.files = files
    }

    /// Where the package's own files lie: beside the program, or beside the tests.
    static var ownFolder: URL {
        let name = "coldwave_ColdwaveServer.resources/web"
        let program = Bundle.main.bundleURL
        let real = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let places =
            [program, real].compactMap { $0?.appendingPathComponent(name) }
            + [real?.deletingLastPathComponent().appendingPathComponent("share/coldwave/web")]
            .compactMap { $0 }
        return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
    }

    func add(to group: RouterGroup<ServerContext>) {
        group.get("/") { request, _ in try respond("index.html", request) }
        group.get("**") { request, context in
            try respond(
                context.parameters.getCatchAll().joined(separator: "/").removingPercentEncoding
                    ?? "", request)
        }
    }

    private func respond(_ path: String, _ request: Request) throws -> Response {
        guard let file = files[path] else {
            throw APIError.notFound("there is nothing at \(request.uri.path)")
        }
        let headers: HTTPFields = [
            .contentType: file.type, .eTag: file.tag, .cacheControl: "no-cache",
        ]
        if request.headers[.ifNoneMatch] == file.tag {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.body))
    }
}
