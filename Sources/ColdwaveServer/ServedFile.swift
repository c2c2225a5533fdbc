import Foundation
import HTTPTypes
import Hummingbird
import Library

/// A file of the library, opened so that nothing else can be read through it: its real path, after every symbolic link, lies below one
/// of the scanned folders.
final class ServedFile: Sendable {
    let path: String
    let size: Int64
    let modified: Date
    let tag: String
    let descriptor: Int32

    /// - Throws: ``APIError/notFound(_:next:)`` where there is no such file, or it lies outside.
    init(_ path: String, roots: [String]) throws {
        let missing = APIError.notFound("the file is not there any more", next: "scan again")
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard Self.isInside(real, roots) else { throw missing }
        // Nothing waits: a named pipe would, for somebody who writes.
        descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw missing }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw missing
        }
        #if os(Linux)
            // What was opened, not what was asked for: a link may have been put in between.
            let link = "/proc/self/fd/\(descriptor)"
            if let opened = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
                !Self.isInside(opened, roots)
            {
                close(descriptor)
                throw missing
            }
            let nanoseconds = info.st_mtim.tv_nsec
            modified = Date(timeIntervalSince1970: Double(info.st_mtim.tv_sec))
        #else
            let nanoseconds = info.st_mtimespec.tv_nsec
            modified = Date(timeIntervalSince1970: Double(info.st_mtimespec.tv_sec))
        #endif
        self.path = real
        size = Int64(info.st_size)
        tag =
            "\"\(String(size, radix: 16))-\(String(Int64(modified.timeIntervalSince1970), radix: 16))-\(String(nanoseconds, radix: 16))\""
    }

    deinit { close(descriptor) }

    private static func isInside(_ path: String, _ roots: [String]) -> Bool {
        roots.contains { root in
            let real = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
            // A root may be one file.
            return path == real || path.hasPrefix(real == "/" ? "/" : real + "/")
        }
    }

    /// The file, or the range that is asked for (RFC 9110, sections 13 and 14); of several ranges the whole file.
    func response(_ request: Request, type: String, blocking: BlockingPool) throws -> Response {
        var headers: HTTPFields = [
            .contentType: type, .eTag: tag, .lastModified: HTTPDate.text(modified),
            .acceptRanges: "bytes", .cacheControl: "private, no-cache",
        ]
        if isUnchanged(request) { return Response(status: .notModified, headers: headers) }
        var range: ClosedRange<Int64>?
        if let asked = request.headers[.range], isStillTheSame(request) {
            switch ByteRange(asked, size: size) {
            case .range(let found): range = found
            case .whole: break
            case .outside: throw APIError.rangeNotSatisfiable(size: size)
            }
        }
        if let range {
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"
        }
        let first = range?.lowerBound ?? 0
        let end = range.map { $0.upperBound + 1 } ?? size
        let body = ResponseBody(contentLength: Int(end - first)) { writer in
            var offset = first
            while offset < end {
                let from = offset
                let part = try await blocking.run {
                    try self.read(at: from, count: Int(min(256 << 10, end - from)))
                }
                // It got shorter meanwhile: the connection must not look complete.
                guard part.readableBytes > 0 else { throw CancellationError() }
                offset += Int64(part.readableBytes)
                try await writer.write(part)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: range == nil ? .ok : .partialContent, headers: headers, body: body)
    }

    private func isUnchanged(_ request: Request) -> Bool {
        if let tags = request.headers[.ifNoneMatch] {
            return tags.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .contains { $0 == tag || $0 == "*" || $0 == "W/" + tag }
        }
        return request.headers[.ifModifiedSince].flatMap(HTTPDate.date).map { modified <= $0 }
            ?? false
    }

    /// `If-Range`: whoever has a part of another version gets the whole of this one.
    private func isStillTheSame(_ request: Request) -> Bool {
        guard let condition = request.headers[.ifRange] else { return true }
        return condition == tag || HTTPDate.date(condition).map { $0 == modified } ?? false
    }
}
