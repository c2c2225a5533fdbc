import Foundation
import Matrices

/// A text file of row ids, one a line.
enum LineFile {
    static func write(_ lines: [String], to url: URL) throws {
        try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: url)
    }

    static func read(_ url: URL) throws -> [String] {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw LibraryError.damaged(path: url.path, reason: "it cannot be read")
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init)
    }
}
