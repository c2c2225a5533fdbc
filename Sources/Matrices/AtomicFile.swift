import Foundation

/// Writes files so that a reader sees the old content or the whole new one, never a part.
public enum AtomicFile {
    /// Writes to a temporary name beside `url`, syncs it to disk and renames it into place.
    /// - Throws: ``ArrayFileError/cannotWrite(path:reason:)``.
    public static func write(_ data: Data, to url: URL) throws {
        let temporary = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).tmp")
        do {
            try data.write(to: temporary)
            let handle = try FileHandle(forWritingTo: temporary)
            try handle.synchronize()
            try handle.close()
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw ArrayFileError.cannotWrite(path: url.path, reason: error.localizedDescription)
        }
        guard rename(temporary.path, url.path) == 0 else {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(at: temporary)
            throw ArrayFileError.cannotWrite(path: url.path, reason: reason)
        }
    }
}
