import Foundation
import Synchronization

/// Hands out a stream in chunks of whole lines to several threads: reading (and unpacking) goes on under a lock while
/// other threads parse what they have.
///
/// Unchecked: `state` is touched in `next(into:)` alone, with the lock held, and the stream belongs to it.
final class ChunkSupplier: @unchecked Sendable {
    /// Bytes of a chunk, unless one line is longer.
    static let chunkBytes = 2 << 20
    /// No listening file has lines this long; a file without line ends must not fill the memory.
    static let longestLine = 16 << 20

    private struct State {
        var stream: PeekStream
        var carry: [UInt8] = []
        var next = 0
        var isAtEnd = false
    }
    private var state: State
    private let lock = Mutex(())
    private let path: String
    /// At least 1.
    let chunkBytes: Int

    init(_ stream: PeekStream, path: String, chunkBytes: Int = ChunkSupplier.chunkBytes) {
        self.path = path
        self.chunkBytes = chunkBytes
        state = State(stream: stream)
    }

    /// Fills `buffer` with the next whole lines, growing it when a line needs more.
    /// - Returns: the chunk's number and length; nil at the end.
    /// - Throws: ``HistoryError``.
    func next(into buffer: inout UnsafeMutableRawBufferPointer) throws -> (chunk: Int, bytes: Int)?
    {
        try lock.withLock { _ in
            guard !state.isAtEnd else { return nil }
            if state.carry.count > buffer.count { Self.enlarge(&buffer, to: state.carry.count) }
            buffer.copyBytes(from: state.carry)
            var count = state.carry.count
            state.carry = []
            while true {
                while count < buffer.count {
                    let read = try state.stream.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                    if read == 0 {
                        state.isAtEnd = true
                        break
                    }
                    count += read
                }
                if state.isAtEnd { break }
                if let last = buffer[..<count].lastIndex(of: 10) {
                    state.carry = Array(buffer[(last + 1)..<count])
                    count = last + 1
                    break
                }
                guard count < Self.longestLine else {
                    throw HistoryError.cannotRead(
                        path: path,
                        reason: "it has a line of over \(Self.longestLine >> 20) million bytes")
                }
                Self.enlarge(&buffer, to: buffer.count * 2)
            }
            guard count > 0 else { return nil }
            defer { state.next += 1 }
            return (state.next, count)
        }
    }

    private static func enlarge(_ buffer: inout UnsafeMutableRawBufferPointer, to bytes: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}
