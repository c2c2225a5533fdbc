import CZlib
import Foundation

/// Unpacks gzip (one member after another) or a ZIP member's raw deflate.
final class InflateStream: ByteStream {
    enum Wrapping { case gzip, raw }
    private let source: any ByteStream
    private let wrapping: Wrapping
    private let path: String
    private let budget: UnpackBudget
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutablePointer<UInt8>
    private var isOver = false
    private static let inputBytes = 1 << 17

    init(_ source: any ByteStream, _ wrapping: Wrapping, path: String, budget: UnpackBudget) throws
    {
        self.source = source
        self.wrapping = wrapping
        self.path = path
        self.budget = budget
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(capacity: Self.inputBytes)
        let bits: Int32 = wrapping == .gzip ? 31 : -15
        guard
            inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw HistoryError.cannotRead(path: path, reason: "zlib has no memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(target.count, 1 << 30))
        let room = stream.pointee.avail_out
        while !isOver, stream.pointee.avail_out == room {
            if stream.pointee.avail_in == 0 { try refill() }
            guard stream.pointee.avail_in > 0 else {
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is cut off")
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: try finishMember()
            default:
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is damaged")
            }
        }
        let count = Int(room - stream.pointee.avail_out)
        try budget.unpack(count)
        return count
    }

    private func refill() throws {
        let buffer = UnsafeMutableRawBufferPointer(start: input, count: Self.inputBytes)
        stream.pointee.avail_in = UInt32(try source.read(into: buffer))
        stream.pointee.next_in = input
    }

    /// After a gzip member comes another, zeros as padding, or the end.
    private func finishMember() throws {
        guard wrapping == .gzip else {
            isOver = true
            return
        }
        while true {
            if stream.pointee.avail_in == 0 { try refill() }
            guard stream.pointee.avail_in > 0, let next = stream.pointee.next_in else {
                isOver = true
                return
            }
            if next.pointee != 0 { break }
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.next_in?.pointee == 0x1F, inflateReset(stream) == Z_OK else {
            throw HistoryError.cannotRead(
                path: path, reason: "something else follows its compressed data")
        }
    }
}
