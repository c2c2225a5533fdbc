import Foundation

/// Opens listening files: plain, gzip or Zstandard by their first bytes.
enum HistoryFile {
    /// The unpacked bytes of a file that is not an archive.
    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    static func unpacked(_ url: URL) throws -> PeekStream {
        let file = try FileStream(path: url.path)
        return try unpack(PeekStream(file), path: url.path, budget: file.unpacking)
    }

    /// What is inside gzip and Zstandard, also one in the other; anything else as it is.
    static func unpack(_ stream: PeekStream, path: String, budget: UnpackBudget) throws
        -> PeekStream
    {
        var stream = stream
        for _ in 0..<4 {
            let magic = try stream.peek(6)
            if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
                stream = PeekStream(try ZstdStream(stream, path: path, budget: budget))
            } else if magic.starts(with: [0x1F, 0x8B]) {
                stream = PeekStream(try InflateStream(stream, .gzip, path: path, budget: budget))
            } else {
                for (bytes, name) in [
                    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x42, 0x5A, 0x68], "bzip2"),
                    ([0x37, 0x7A, 0xBC, 0xAF], "7-Zip"), ([0x52, 0x61, 0x72, 0x21], "RAR"),
                ] as [([UInt8], String)] where magic.starts(with: bytes) {
                    throw HistoryError.cannotRead(
                        path: path,
                        reason:
                            "it is packed with \(name), which Coldwave does not unpack; unpack it first"
                    )
                }
                return stream
            }
        }
        throw HistoryError.cannotRead(path: path, reason: "it is packed over and over")
    }
}
