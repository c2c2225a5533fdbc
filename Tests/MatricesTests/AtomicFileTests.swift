import Foundation
import Matrices
import Testing

@Suite struct AtomicFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("atomic-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func kind(_ url: URL) throws -> FileAttributeType? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
    }

    /// A pipe was replaced by a file, and whoever read from it waited for ever; so was `/dev/full`.
    @Test func aPipeIsWrittenToAndStays() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = folder.appendingPathComponent("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        // Opened for both ends, so that neither waits for the other.
        let both = try FileHandle(forUpdating: pipe)
        try AtomicFile.write(Data("heard".utf8), to: pipe)
        #expect(try kind(pipe) != .typeRegular)
        #expect(try both.read(upToCount: 5) == Data("heard".utf8))
        try both.close()
    }

    @Test func aLinkStaysAndItsFileIsReplaced() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("file")
        let link = folder.appendingPathComponent("link")
        try Data("old".utf8).write(to: file)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try AtomicFile.write(Data("new".utf8), to: link)
        #expect(try kind(link) == .typeSymbolicLink)
        #expect(try Data(contentsOf: file) == Data("new".utf8))
        // One that leads nowhere is taken the place of.
        try FileManager.default.removeItem(at: file)
        try AtomicFile.write(Data("newer".utf8), to: link)
        #expect(try Data(contentsOf: link) == Data("newer".utf8))
    }

    @Test func aFolderIsRefusedAndKept() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ArrayFileError.cannotWrite(path: folder.path, reason: "it is a folder")) {
            try AtomicFile.write(Data("x".utf8), to: folder)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.isEmpty)
    }
}
