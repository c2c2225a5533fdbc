import CBzip2
import Foundation

/// Unpacks bzip2, stream after stream, as pbzip2 writes them.
final class Bzip2Stream: ByteStream {
    private let source: any ByteStream
    private let path: String
    private let budget: UnpackBudget
    private let stream: UnsafeMutablePointer<bz_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var isOver = false

    init(_ source: any ByteStream, path: String, budget: UnpackBudget) throws {
        self.source = source
        self.path = path
        self.budget = budget
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        input = .allocate(byteCount: 1 << 17, alignment: 16)
        try begin()
    }

    deinit {
        BZ2_bzDecompressEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    private func begin() throws {
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
            throw HistoryError.cannotRead(path: path, reason: "libbz2 has no memory")
        }
    }

    private func refill() throws {
        stream.pointee.avail_in = UInt32(try source.read(into: input))
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let room = UInt32(min(target.count, 1 << 30))
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = room
        while !isOver, stream.pointee.avail_out == room {
            if stream.pointee.avail_in == 0 { try refill() }
            // What is unpacked already may still come out.
            let isCutOff = stream.pointee.avail_in == 0
            switch BZ2_bzDecompress(stream) {
            case BZ_OK:
                if isCutOff, stream.pointee.avail_out == room {
                    throw HistoryError.cannotRead(
                        path: path, reason: "its compressed data is cut off")
                }
            case BZ_STREAM_END: try finishStream()
            default:
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is damaged")
            }
        }
        let count = Int(room - stream.pointee.avail_out)
        try budget.unpack(count)
        return count
    }

    /// After a stream comes another or the end.
    private func finishStream() throws {
        if stream.pointee.avail_in == 0 { try refill() }
        guard stream.pointee.avail_in > 0 else {
            isOver = true
            return
        }
        // Ending a stream forgets nothing of where the input and the output are.
        BZ2_bzDecompressEnd(stream)
        try begin()
    }
}
