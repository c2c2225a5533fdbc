import Foundation

/// A run of bytes that begins at a page's start: allocated, or a file mapped read-only and shared with other processes.
public final class PageMemory: @unchecked Sendable {
    // Sendable because a mapped file is never written, and allocated memory only by the one who made it, before it is
    // handed on.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Zeros, in huge pages where the system has them.
    ///
    /// Rows of a large matrix are read in no order: from an arbitrary address each would touch one more cache line, and in
    /// small pages nearly each would miss the cache of address translations.
    public init(byteCount: Int) {
        let size = max(byteCount, 1)
        let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(start != MAP_FAILED, "PageMemory: there is no memory for \(size) bytes")
        #if os(Linux)
            // A wish: where it is not granted the pages are small.
            if size >= 2 << 20 { madvise(start, size, MADV_HUGEPAGE) }
        #endif
        bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    }

    /// Maps a file. Replace such files by renaming a new one into place: who shortens a mapped file ends its readers.
    /// - Throws: ``ArrayFileError/cannotRead(path:reason:)``.
    public init(mapping url: URL) throws {
        func fail() -> ArrayFileError {
            .cannotRead(path: url.path, reason: String(cString: strerror(errno)))
        }
        let file = open(url.path, O_RDONLY)
        guard file >= 0 else { throw fail() }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw fail() }
        let size = Int(status.st_size)
        guard size > 0 else {
            throw ArrayFileError.cannotRead(path: url.path, reason: "it is empty")
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), start != MAP_FAILED
        else { throw fail() }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(bytes.baseAddress, bytes.count) }

    /// The bytes as data, without a copy; not to outlive the closure.
    public func withData<T>(_ body: (Data) throws -> T) rethrows -> T {
        try withExtendedLifetime(self) {
            guard let start = bytes.baseAddress, bytes.count > 0 else { return try body(Data()) }
            return try body(Data(bytesNoCopy: start, count: bytes.count, deallocator: .none))
        }
    }
}
