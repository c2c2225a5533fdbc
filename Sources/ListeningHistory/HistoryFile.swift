import Foundation

/// One listening file: a file on disk, or a member of an archive.
struct HistoryMember {
    /// Its name in the archive; nil when the file is none.
    let name: String?
    /// What errors call it.
    let path: String
    let stream: PeekStream
    /// Whom the archive says it belongs to (ListenBrainz's `user.json`).
    let owner: String?

    /// The file name without folders and endings, "A" for "x/A.txt.gz".
    var stem: String {
        let file = URL(fileURLWithPath: name ?? path).lastPathComponent
        return String(file.prefix { $0 != "." })
    }

    /// A file that lies beside this one, plain or packed; nil if there is none, or this one is in an archive.
    func neighbor(_ name: String) -> URL? {
        guard self.name == nil else { return nil }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return ["", ".gz", ".zst", ".xz", ".bz2"].map { folder.appendingPathComponent(name + $0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }
}

/// Opens listening files: plain, gzip, Zstandard, xz, bzip2, ZIP and tar by their first bytes.
enum HistoryFile {
    /// The unpacked bytes of a file that is not an archive.
    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    static func unpacked(_ url: URL) throws -> PeekStream {
        let file = try FileStream(path: url.path)
        return try unpack(PeekStream(file), path: url.path, budget: file.unpacking)
    }

    /// Calls `body` with the file, or with every member of the archive it is, in its order.
    /// - Throws: ``HistoryError``, and what `body` throws.
    static func members(of url: URL, _ body: (HistoryMember) throws -> Void) throws {
        let file = try FileStream(path: url.path)
        let start = PeekStream(file)
        if try start.peek(4).elementsEqual([0x50, 0x4B, 3, 4])
            || start.peek(4).elementsEqual([0x50, 0x4B, 5, 6])
        {
            return try zipMembers(ZipArchive(file), path: url.path, file.unpacking, body)
        }
        let content = try unpack(start, path: url.path, budget: file.unpacking)
        if TarReader.isHeader(try content.peek(TarReader.block)) {
            return try tarMembers(content, path: url.path, file.unpacking, body)
        }
        try body(HistoryMember(name: nil, path: url.path, stream: content, owner: nil))
    }

    private static func zipMembers(
        _ archive: ZipArchive, path: String, _ budget: UnpackBudget,
        _ body: (HistoryMember) throws -> Void
    ) throws {
        var owner: String?
        if let user = archive.members.first(where: { isOwnerFile($0.name) }) {
            owner = try self.owner(archive.open(user))
        }
        for member in archive.members where !isOwnerFile(member.name) {
            let place = "\(path) (\(member.name))"
            let content = try unpack(archive.open(member), path: place, budget: budget)
            try body(
                HistoryMember(name: member.name, path: place, stream: content, owner: owner))
        }
    }

    private static func tarMembers(
        _ stream: PeekStream, path: String, _ budget: UnpackBudget,
        _ body: (HistoryMember) throws -> Void
    ) throws {
        var reader = TarReader(stream, path: path)
        var owner: String?
        while let member = try reader.next() {
            let place = "\(path) (\(member.name))"
            let content = try unpack(PeekStream(member.stream), path: place, budget: budget)
            if isOwnerFile(member.name) {
                owner = try self.owner(content)
            } else {
                try body(
                    HistoryMember(name: member.name, path: place, stream: content, owner: owner))
            }
        }
        // A tar ends before its packing does, whose last bytes tell whether all of it was whole.
        while try !stream.next().isEmpty {}
    }

    private static func isOwnerFile(_ name: String) -> Bool {
        name == "user.json" || name.hasSuffix("/user.json")
    }

    private static func owner(_ stream: PeekStream) throws -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(stream.peek(1 << 20)))
        let user = object as? [String: Any]
        return (user?["username"] ?? user?["user_name"]) as? String
    }

    /// What is inside gzip, Zstandard, xz and bzip2, also one in the other; anything else as it is.
    static func unpack(
        _ stream: PeekStream, path: String, budget: UnpackBudget
    ) throws -> PeekStream {
        var stream = stream
        for _ in 0..<4 {
            let magic = try stream.peek(10)
            if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
                stream = PeekStream(try ZstdStream(stream, path: path, budget: budget))
            } else if magic.starts(with: [0x1F, 0x8B]) {
                stream = PeekStream(try InflateStream(stream, .gzip, path: path, budget: budget))
            } else if magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) {
                stream = PeekStream(try XZStream(stream, path: path, budget: budget))
            } else if isBzip2(magic) {
                stream = PeekStream(try Bzip2Stream(stream, path: path, budget: budget))
            } else {
                return stream
            }
        }
        throw HistoryError.cannotRead(path: path, reason: "it is packed over and over")
    }

    /// "BZh", the size of a block, and the mark of a block or of an empty file's end: a text may begin with the first three.
    private static func isBzip2(_ magic: ArraySlice<UInt8>) -> Bool {
        let mark = magic.dropFirst(4)
        return magic.starts(with: [0x42, 0x5A, 0x68])
            && (mark.elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
                || mark.elementsEqual([0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))
    }

    /// The packing of a file that is not unpacked here.
    static func foreignPacking(_ start: ArraySlice<UInt8>) -> String? {
        let known: [([UInt8], String)] = [
            ([0x37, 0x7A, 0xBC, 0xAF], "7-Zip"), ([0x52, 0x61, 0x72, 0x21], "RAR"),
            ([0x50, 0x4B, 3, 4], "ZIP inside another archive"),
        ]
        return known.first { start.starts(with: $0.0) }?.1
    }
}
