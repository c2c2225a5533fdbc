import CZlib

/// The members of a ZIP file, from its central directory; also ZIP64.
struct ZipArchive {
    struct Member {
        let name: String
        let packed: Int
        let unpacked: Int
        fileprivate let method: Int
        fileprivate let flags: Int
        fileprivate let checksum: UInt32
        fileprivate let header: Int
    }
    let members: [Member]
    private let file: FileStream
    private static let mostMembers = 1_000_000
    private static let largestDirectory = 256 << 20

    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    init(_ file: FileStream) throws {
        self.file = file
        func damaged() -> HistoryError {
            .cannotRead(path: file.path, reason: "it is a ZIP file that is damaged or cut off")
        }
        // The directory's place stands at the end, before a comment of up to 65,535 bytes.
        let tailBytes = min(file.bytes, 65_557)
        guard let tail = try file.bytes(at: file.bytes - tailBytes, count: tailBytes),
            let end = Self.lastIndex(of: [0x50, 0x4B, 5, 6], in: tail), end + 22 <= tail.count
        else { throw damaged() }
        var count = Self.integer(tail, end + 10, 2)
        var size = Self.integer(tail, end + 12, 4)
        var start = Self.integer(tail, end + 16, 4)
        if end >= 20, Self.integer(tail, end - 20, 4) == 0x0706_4B50 {
            let place = Self.integer(tail, end - 12, 8)
            guard let record = try file.bytes(at: place, count: 56),
                Self.integer(record, 0, 4) == 0x0606_4B50
            else { throw damaged() }
            count = Self.integer(record, 32, 8)
            size = Self.integer(record, 40, 8)
            start = Self.integer(record, 48, 8)
        }
        guard count >= 0, count <= Self.mostMembers, size <= Self.largestDirectory,
            let directory = try file.bytes(at: start, count: size)
        else { throw damaged() }
        var members: [Member] = []
        var place = 0
        for _ in 0..<count {
            guard place + 46 <= directory.count,
                Self.integer(directory, place, 4) == 0x0201_4B50
            else { throw damaged() }
            let nameBytes = Self.integer(directory, place + 28, 2)
            let extraBytes = Self.integer(directory, place + 30, 2)
            let next = place + 46 + nameBytes + extraBytes + Self.integer(directory, place + 32, 2)
            guard next <= directory.count else { throw damaged() }
            members.append(
                Self.member(directory, place, nameBytes: nameBytes, extraBytes: extraBytes))
            place = next
        }
        self.members = members.filter { !$0.name.hasSuffix("/") }
    }

    /// A member's bytes, checked against its length and checksum at the end.
    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    func open(_ member: Member) throws -> PeekStream {
        let path = "\(file.path) (\(member.name))"
        guard member.flags & 1 == 0 else {
            throw HistoryError.cannotRead(path: path, reason: "it is encrypted; unpack it first")
        }
        guard let local = try file.bytes(at: member.header, count: 30),
            Self.integer(local, 0, 4) == 0x0403_4B50
        else { throw HistoryError.cannotRead(path: path, reason: "its ZIP header is damaged") }
        let start = member.header + 30 + Self.integer(local, 26, 2) + Self.integer(local, 28, 2)
        guard member.packed >= 0, member.packed <= file.bytes - start else {
            throw HistoryError.cannotRead(path: path, reason: "the ZIP file is cut off")
        }
        let packed = LimitedStream(file.from(start), length: member.packed, path: path)
        let content: any ByteStream
        switch member.method {
        case 0: content = CountedStream(packed, budget: file.unpacking)
        case 8:
            content = try InflateStream(packed, .raw, path: path, budget: file.unpacking)
        default:
            throw HistoryError.cannotRead(
                path: path,
                reason: "it is packed by method \(member.method), not deflate; unpack it first")
        }
        return PeekStream(
            CheckedStream(content, bytes: member.unpacked, checksum: member.checksum, path: path))
    }

    private static func member(
        _ directory: [UInt8], _ place: Int, nameBytes: Int, extraBytes: Int
    ) -> Member {
        let name = directory[(place + 46)..<(place + 46 + nameBytes)]
        var unpacked = integer(directory, place + 24, 4)
        var packed = integer(directory, place + 20, 4)
        var header = integer(directory, place + 42, 4)
        // Sizes that do not fit stand in the ZIP64 extra field, in this order.
        var extra = place + 46 + nameBytes
        let extraEnd = extra + extraBytes
        while extra + 4 <= extraEnd {
            let length = integer(directory, extra + 2, 2)
            if integer(directory, extra, 2) == 1 {
                var value = extra + 4
                let end = min(extraEnd, extra + 4 + length)
                for field in 0..<3 {
                    let old = [unpacked, packed, header][field]
                    guard old == 0xFFFF_FFFF, value + 8 <= end else { continue }
                    let new = integer(directory, value, 8)
                    switch field {
                    case 0: unpacked = new
                    case 1: packed = new
                    default: header = new
                    }
                    value += 8
                }
            }
            extra += 4 + length
        }
        return Member(
            name: String(validating: name, as: UTF8.self)
                ?? String(String.UnicodeScalarView(name.map { Unicode.Scalar($0) })),
            packed: packed, unpacked: unpacked, method: integer(directory, place + 10, 2),
            flags: integer(directory, place + 8, 2),
            checksum: UInt32(integer(directory, place + 16, 4)), header: header)
    }

    /// Little endian; -1 when it does not fit.
    private static func integer(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        var value: UInt64 = 0
        for i in (0..<count).reversed() { value = value << 8 | UInt64(bytes[place + i]) }
        return Int(exactly: value) ?? -1
    }

    private static func lastIndex(of magic: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        return (0...(bytes.count - 22)).last { bytes[$0...].starts(with: magic) }
    }
}

/// Counts what a stored member gives: members may overlap.
private final class CountedStream: ByteStream {
    private let source: any ByteStream
    private let budget: UnpackBudget

    init(_ source: any ByteStream, budget: UnpackBudget) {
        self.source = source
        self.budget = budget
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: target)
        try budget.unpack(count)
        return count
    }
}

/// Compares length and CRC-32 at the end.
private final class CheckedStream: ByteStream {
    private let source: any ByteStream
    private let path: String
    private let expected: UInt32
    private var left: Int
    private var checksum: UInt = 0

    init(_ source: any ByteStream, bytes: Int, checksum: UInt32, path: String) {
        self.source = source
        self.path = path
        expected = checksum
        left = bytes
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: target)
        left -= count
        checksum = UInt(
            crc32(
                checksum, target.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(count)))
        guard count > 0 ? left >= 0 : left == 0 && checksum == UInt(expected) else {
            throw HistoryError.cannotRead(
                path: path, reason: "its length or checksum is not what the ZIP file says")
        }
        return count
    }
}
