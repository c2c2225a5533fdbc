import CLzma
import Foundation

/// Unpacks xz, stream after stream.
final class XZStream: ByteStream {
    private let source: any ByteStream
    private let path: String
    private let budget: UnpackBudget
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var isOver = false
    private var action = LZMA_RUN
    /// `xz -9` needs 65 MiB; only files made to exhaust memory need more than this.
    private static let mostMemory: UInt64 = 512 << 20

    /// `LZMA_CONCATENATED`, a macro that Swift does not see: one stream after another is one file.
    private static let concatenated: UInt32 = 0x08

    init(_ source: any ByteStream, path: String, budget: UnpackBudget) throws {
        self.source = source
        self.path = path
        self.budget = budget
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        input = .allocate(byteCount: 1 << 17, alignment: 16)
        guard
            lzma_stream_decoder(stream, Self.mostMemory, Self.concatenated) == LZMA_OK
        else { throw HistoryError.cannotRead(path: path, reason: "liblzma has no memory") }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = target.count
        while !isOver, stream.pointee.avail_out == target.count {
            if stream.pointee.avail_in == 0, action == LZMA_RUN {
                stream.pointee.avail_in = try source.read(into: input)
                stream.pointee.next_in = UnsafePointer(
                    input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                if stream.pointee.avail_in == 0 { action = LZMA_FINISH }
            }
            switch lzma_code(stream, action) {
            case LZMA_OK: break
            case LZMA_STREAM_END: isOver = true
            case LZMA_BUF_ERROR:
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is cut off")
            case LZMA_MEMLIMIT_ERROR:
                throw HistoryError.cannotRead(
                    path: path, reason: "it needs over \(Self.mostMemory >> 20) MiB to unpack")
            default:
                throw HistoryError.cannotRead(path: path, reason: "its compressed data is damaged")
            }
        }
        let count = target.count - stream.pointee.avail_out
        try budget.unpack(count)
        return count
    }
}
