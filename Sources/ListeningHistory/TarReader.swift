/// Walks a tar stream member by member (ustar, GNU long names, pax paths and sizes).
struct TarReader {
    struct Member {
        let name: String
        let stream: LimitedStream
        /// Bytes after the member up to the next header.
        fileprivate let padding: Int
    }
    private let source: PeekStream
    private let path: String
    private var current: Member?
    static let block = 512

    /// Whether these are a tar header's bytes: its checksum says.
    static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == block, bytes.first != 0 else { return false }
        let header = Array(bytes)
        let spaced = header.enumerated().reduce(0) {
            $0 + (148..<156 ~= $1.offset ? 32 : Int($1.element))
        }
        return number(header[148..<156]) == spaced
    }

    init(_ source: PeekStream, path: String) {
        self.source = source
        self.path = path
    }

    /// The next regular file; what is left of the one before is passed over. Nil at the end.
    /// - Throws: ``HistoryError/cannotRead(path:reason:)``.
    mutating func next() throws -> Member? {
        if let current {
            _ = try skip(current.stream.left + current.padding)
            self.current = nil
        }
        var longName: String?
        var longSize: Int?
        while true {
            let header = Array(try source.peek(Self.block))
            // Two blocks of zeros end a tar; the end of the file does too.
            guard !header.isEmpty, header.contains(where: { $0 != 0 }) else { return nil }
            guard Self.isHeader(header[...]) else {
                throw HistoryError.cannotRead(path: path, reason: "its tar headers are damaged")
            }
            _ = try skip(Self.block)
            let size = try size(header)
            let padding = (Self.block - size % Self.block) % Self.block
            switch header[156] {
            case UInt8(ascii: "L"), UInt8(ascii: "x"):
                guard size <= 1 << 20 else {
                    throw HistoryError.cannotRead(path: path, reason: "its tar headers are absurd")
                }
                let body = Array(try source.peek(size))
                _ = try skip(size + padding)
                if header[156] == UInt8(ascii: "L") {
                    longName = Self.text(body[...])
                } else {
                    let records = Self.pax(body)
                    longName = records["path"] ?? longName
                    longSize = records["size"].flatMap(Int.init) ?? longSize
                    if let longSize, longSize < 0 || longSize > 1 << 56 {
                        throw HistoryError.cannotRead(
                            path: path, reason: "its tar headers are absurd")
                    }
                }
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
                let prefix =
                    header[257..<262].elementsEqual("ustar".utf8)
                    ? Self.text(header[345..<500]) : ""
                let short = Self.text(header[0..<100])
                let size = longSize ?? size
                let member = Member(
                    name: longName ?? (prefix.isEmpty ? short : prefix + "/" + short),
                    stream: LimitedStream(source, length: size, path: path),
                    padding: (Self.block - size % Self.block) % Self.block)
                current = member
                return member
            default:
                // Folders, links, devices, global headers: nothing to read. Links have no body.
                let body = "12346".utf8.contains(header[156]) ? 0 : size
                _ = try skip(body + (Self.block - body % Self.block) % Self.block)
                (longName, longSize) = (nil, nil)
            }
        }
    }

    private func skip(_ count: Int) throws -> Int {
        let skipped = try source.skip(count)
        guard skipped == count else {
            throw HistoryError.cannotRead(path: path, reason: "it is a tar that is cut off")
        }
        return skipped
    }

    private func size(_ header: [UInt8]) throws -> Int {
        guard let size = Self.number(header[124..<136]) else {
            throw HistoryError.cannotRead(path: path, reason: "its tar headers are damaged")
        }
        return size
    }

    /// Octal digits, or binary with the top bit set.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst(field.count - 7).first ?? 0 < 128 else {
                return nil
            }
            return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        let digits = field.prefix { $0 != 0 }.filter { $0 != 32 }
        guard digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 48) }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// "LENGTH KEY=VALUE\n" again and again.
    private static func pax(_ body: [UInt8]) -> [String: String] {
        var records: [String: String] = [:]
        var place = 0
        while let space = body[place...].firstIndex(of: 32),
            let length = Int(String(decoding: body[place..<space], as: UTF8.self)),
            length > space - place + 1, length <= body.count - place
        {
            let record = String(decoding: body[(space + 1)..<(place + length - 1)], as: UTF8.self)
            if let equals = record.firstIndex(of: "=") {
                records[String(record[..<equals])] = String(record[record.index(after: equals)...])
            }
            place += length
        }
        return records
    }
}
