import Foundation

/// Writes files so that a reader sees the old content or the whole new one, never a part.
public enum AtomicFile {
    private static let standardOutput = "/dev/stdout"

    /// Writes to a temporary name beside `url`, syncs it to disk and renames it into place. A symbolic link stays one: the
    /// file that it leads to is replaced. What is there and is no file, such as a pipe or `/dev/stdout`, is written
    /// to as it is, and never replaced.
    /// - Throws: ``ArrayFileError/cannotWrite(path:reason:)``, also where there is a folder.
    public static func write(_ data: Data, to url: URL) throws {
        guard let destination = try replaceable(url) else { return try send(data, to: url) }
        let temporary = destination.deletingLastPathComponent()
            .appendingPathComponent(".\(destination.lastPathComponent).\(UUID().uuidString).tmp")
        do {
            try data.write(to: temporary)
            let handle = try FileHandle(forWritingTo: temporary)
            try handle.synchronize()
            try handle.close()
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw ArrayFileError.cannotWrite(path: url.path, reason: error.localizedDescription)
        }
        guard rename(temporary.path, destination.path) == 0 else {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(at: temporary)
            throw ArrayFileError.cannotWrite(path: url.path, reason: reason)
        }
    }

    /// The file that a rename may take the place of, links followed; nil for a pipe, a device or a socket.
    private static func replaceable(_ url: URL) throws -> URL? {
        var status = stat()
        // It may lead to a file that others have written to as well, and write to next.
        if url.path == standardOutput { return nil }
        guard stat(url.path, &status) == 0 else { return url }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            guard let real = realpath(url.path, nil) else { return url }
            defer { free(real) }
            return URL(fileURLWithPath: String(cString: real))
        case S_IFDIR:
            throw ArrayFileError.cannotWrite(path: url.path, reason: "it is a folder")
        default: return nil
        }
    }

    private static func send(_ data: Data, to url: URL) throws {
        do {
            if url.path == standardOutput {
                return try FileHandle.standardOutput.write(contentsOf: data)
            }
            let handle = try FileHandle(forWritingTo: url)
            try handle.write(contentsOf: data)
            try handle.close()
        } catch {
            throw ArrayFileError.cannotWrite(path: url.path, reason: error.localizedDescription)
        }
    }
}
