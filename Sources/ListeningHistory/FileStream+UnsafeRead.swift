import Foundation

/// A regular file's bytes from an offset on.
final class FileStream: ByteStream {
    let path: String
    let bytes: Int
    private let descriptor: Descriptor
    private let budget: UnpackBudget
    private var offset: Int

    /// Closes the file when the last stream over it is gone.
    private final class Descriptor {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { close(number) }
    }

    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    init(path: String) throws {
        self.path = path
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            throw HistoryError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        descriptor = Descriptor(number)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HistoryError.cannotRead(path: path, reason: "it is not a regular file")
        }
        bytes = Int(status.st_size)
        offset = 0
        budget = UnpackBudget(path: path, fileBytes: bytes)
    }

    private init(_ file: FileStream, offset: Int) {
        path = file.path
        bytes = file.bytes
        descriptor = file.descriptor
        budget = file.budget
        self.offset = offset
    }

    /// The same file from another place, with the same budget.
    func from(_ offset: Int) -> FileStream { FileStream(self, offset: offset) }

    /// What this file may unpack to.
    var unpacking: UnpackBudget { budget }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor.number, target.baseAddress, target.count, off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw HistoryError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            offset += count
            budget.read(count)
            return count
        }
    }

    /// Exactly `count` bytes at `offset`, nil where the file has fewer.
    func bytes(at offset: Int, count: Int) throws -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= bytes - count else { return nil }
        let part = PeekStream(from(offset))
        let read = try part.peek(count)
        return read.count == count ? Array(read) : nil
    }
}
