import CZlib
import CZstd
import Foundation

/// A file's bytes in pieces, unpacked on the way: plain, gzip or Zstandard by their magic bytes.
final class ByteSource {
    private enum Kind {
        case zlib(gzFile)
        case zstd(FileHandle, OpaquePointer, pending: Data)
    }
    private var kind: Kind
    private let path: String
    static let pieceBytes = 1 << 20

    init(_ url: URL) throws {
        path = url.path
        guard let handle = try? FileHandle(forReadingFrom: url) else {
            throw HistoryError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HistoryError.cannotRead(path: path, reason: "it is not a regular file")
        }
        let magic = (try? handle.read(upToCount: 4)) ?? Data()
        try? handle.seek(toOffset: 0)
        if magic == Data([0x28, 0xB5, 0x2F, 0xFD]), let stream = ZSTD_createDStream() {
            kind = .zstd(handle, stream, pending: Data())
        } else if let file = gzopen(path, "rb") {
            // zlib passes plain files through.
            gzbuffer(file, 1 << 18)
            kind = .zlib(file)
        } else {
            throw HistoryError.cannotRead(path: path, reason: "it cannot be opened")
        }
    }

    deinit {
        switch kind {
        case .zlib(let file): gzclose(file)
        case .zstd(_, let stream, _): ZSTD_freeDStream(stream)
        }
    }

    /// The next piece; empty at the end.
    func next() throws -> [UInt8] {
        switch kind {
        case .zlib(let file):
            var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
            let count = gzread(file, &piece, UInt32(piece.count))
            guard count >= 0 else {
                throw HistoryError.cannotRead(
                    path: path, reason: "its compressed data is damaged or cut off")
            }
            var code: Int32 = 0
            _ = gzerror(file, &code)
            guard count > 0 || code != Z_BUF_ERROR else {
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is cut off")
            }
            piece.removeLast(piece.count - Int(count))
            return piece
        case .zstd(let handle, let stream, var pending):
            var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
            var state = 1
            while true {
                let isEnd: Bool
                if pending.isEmpty {
                    pending = (try? handle.read(upToCount: 1 << 18)) ?? Data()
                    isEnd = pending.isEmpty
                } else {
                    isEnd = false
                }
                let produced = try unpack(stream, &pending, &piece, &state)
                kind = .zstd(handle, stream, pending: pending)
                if produced > 0 {
                    piece.removeLast(piece.count - produced)
                    return piece
                }
                if isEnd {
                    guard state == 0 || state == 1 else {
                        throw HistoryError.cannotRead(
                            path: path, reason: "its compressed data is cut off")
                    }
                    return []
                }
            }
        }
    }

    private func unpack(
        _ stream: OpaquePointer, _ pending: inout Data, _ piece: inout [UInt8], _ state: inout Int
    ) throws -> Int {
        var consumed = 0
        var produced = 0
        var code = 0
        pending.withUnsafeBytes { source in
            piece.withUnsafeMutableBytes { target in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                code = ZSTD_decompressStream(stream, &output, &input)
                consumed = input.pos
                produced = output.pos
            }
        }
        guard ZSTD_isError(code) == 0 else {
            throw HistoryError.cannotRead(path: path, reason: "its compressed data is damaged")
        }
        state = code
        pending = Data(pending.dropFirst(consumed))
        return produced
    }
}

/// A file's lines as bytes, without their ends; a BOM at the start and carriage returns are dropped.
struct LineReader {
    private let source: ByteSource
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtStart = true
    private var isAtEnd = false
    private(set) var number = 0

    init(_ url: URL) throws { source = try ByteSource(url) }

    mutating func next() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[position...].firstIndex(of: 10) {
                let line = buffer[position..<end]
                position = end + 1
                number += 1
                return line.last == 13 ? line.dropLast() : line
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                let line = buffer[position...]
                position = buffer.count
                number += 1
                return line.last == 13 ? line.dropLast() : line
            }
            buffer.removeFirst(position)
            position = 0
            let piece = try source.next()
            isAtEnd = piece.isEmpty
            buffer += piece
            if isAtStart, buffer.count >= 3 || isAtEnd {
                if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
                isAtStart = false
            }
        }
    }
}
