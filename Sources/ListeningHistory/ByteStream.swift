import Foundation

/// Bytes in order: of a file, of what unpacks it, of a member of an archive.
protocol ByteStream: AnyObject {
    /// Fills some of `target` (which is not empty). - Returns: how many bytes; 0 only at the end.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A stream whose next bytes can be looked at before they are read: formats are told by them.
final class PeekStream: ByteStream {
    private let source: any ByteStream
    private var head: [UInt8] = []
    private var position = 0

    init(_ source: any ByteStream) { self.source = source }

    /// The next bytes, fewer than `count` only at the end.
    func peek(_ count: Int) throws -> ArraySlice<UInt8> {
        while head.count - position < count {
            let piece = try Self.piece(of: source, atMost: max(4096, count - head.count + position))
            if piece.isEmpty { break }
            head.removeFirst(position)
            position = 0
            head += piece
        }
        return head[position...].prefix(count)
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(target.count, head.count - position)
        guard count > 0 else { return try source.read(into: target) }
        target.copyBytes(from: head[position..<position + count])
        position += count
        if position == head.count { (head, position) = ([], 0) }
        return count
    }

    /// The next piece of up to 1 MB; empty at the end.
    func next() throws -> [UInt8] { try Self.piece(of: self, atMost: 1 << 20) }

    /// Reads and forgets up to `count` bytes. - Returns: how many there were.
    func skip(_ count: Int) throws -> Int {
        var left = count
        while left > 0 {
            let piece = try Self.piece(of: self, atMost: min(left, 1 << 20))
            if piece.isEmpty { break }
            left -= piece.count
        }
        return count - left
    }

    private static func piece(of source: any ByteStream, atMost limit: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// The next `length` bytes of another stream.
final class LimitedStream: ByteStream {
    private let source: any ByteStream
    private let path: String
    private(set) var left: Int

    init(_ source: any ByteStream, length: Int, path: String) {
        self.source = source
        self.path = path
        left = length
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard left > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: target.prefix(left))
        let count = try source.read(into: part)
        guard count > 0 else {
            throw HistoryError.cannotRead(path: path, reason: "it is cut off")
        }
        left -= count
        return count
    }
}

/// How much a file may unpack to. An archive of a few megabytes can claim to hold petabytes; nothing anyone listened
/// to packs that well: JSON lines shrink 10 to 40 times.
final class UnpackBudget {
    /// Unpacked bytes for each packed one, beside `slack`.
    static let ratio = 200
    static let slack = 64 << 20
    /// 1 TiB.
    static let most = 1 << 40
    private let path: String
    private let fileBytes: Int
    private var packed = 0
    private var unpacked = 0

    init(path: String, fileBytes: Int) {
        self.path = path
        self.fileBytes = fileBytes
    }

    /// Counts bytes read from the file. Those read again, as by members that overlap, allow nothing more.
    func read(_ count: Int) { packed = min(fileBytes, packed + count) }

    /// - Throws: ``HistoryError/bomb(path:packed:unpacked:)``.
    func unpack(_ count: Int) throws {
        unpacked += count
        if unpacked > min(Self.most, Self.slack + Self.ratio * packed) {
            throw HistoryError.bomb(path: path, packed: packed, unpacked: unpacked)
        }
    }
}
