import Foundation

/// A float32 matrix that stays on disk: rows are read when they are asked for, and take no memory of this process.
public final class RowFile: Sendable {
    public let url: URL
    public let rows: Int
    public let columns: Int
    private let descriptor: Int32
    /// Where the first row begins, bytes.
    private let start: Int

    /// Opens a `.npy` file of two dimensions, little-endian float32.
    /// - Throws: ``ArrayFileError``.
    public init(_ url: URL) throws {
        let (shape, type, body) = try ArrayFile.open(url)
        guard shape.count == 2 else {
            throw ArrayFileError.wrongShape(path: url.path, got: shape, expected: "two dimensions")
        }
        guard type == "<f4" else {
            throw ArrayFileError.notAnArray(path: url.path, reason: "its element type is \(type)")
        }
        guard body.count >= 4 * shape[0] * shape[1] else {
            throw ArrayFileError.notAnArray(
                path: url.path, reason: "it is shorter than its shape needs")
        }
        self.url = url
        (rows, columns) = (shape[0], shape[1])
        start = body.startIndex
        descriptor = Foundation.open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ArrayFileError.cannotRead(
                path: url.path, reason: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    /// One row, `[columns]`.
    /// - Throws: ``ArrayFileError/cannotRead(path:reason:)``.
    public func row(_ index: Int) throws -> [Float] {
        precondition((0..<rows).contains(index), "RowFile: there is no row \(index)")
        var row = [Float](repeating: 0, count: columns)
        let size = 4 * columns
        let got = pread(descriptor, &row, size, off_t(start + index * size))
        guard got == size else {
            throw ArrayFileError.cannotRead(
                path: url.path,
                reason: got < 0 ? String(cString: strerror(errno)) : "it has become shorter")
        }
        return row
    }

    /// All of it, in memory.
    /// - Throws: ``ArrayFileError``.
    public func matrix() throws -> Matrix { try ArrayFile.readMatrix(url) }
}
