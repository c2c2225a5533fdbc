import Foundation

/// Holds the library for one writer; readers never need it. The lock goes with the process, however it ends.
public final class WriterLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock or says who has it.
    /// - Parameter purpose: what the holder does, for the message others get ("scan").
    /// - Throws: ``LibraryError/locked(path:holder:)``, ``LibraryError/cannotWrite(path:reason:)``.
    public init(_ location: LibraryLocation, purpose: String) throws {
        let path = location.lock.path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LibraryError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            close(descriptor)
            throw LibraryError.locked(
                path: location.root.path, holder: holder.isEmpty ? "another process" : holder)
        }
        let text = "`coldwave \(purpose)` (process \(getpid()))"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit {
        _ = ftruncate(descriptor, 0)
        close(descriptor)
    }
}
