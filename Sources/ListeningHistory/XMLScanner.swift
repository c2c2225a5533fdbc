/// The elements of an XML text in the order in which they end, with the text directly inside each. Knows what playlists
/// need (elements, text, CDATA, comments, the five entities and numbers); a document type is passed over and defines
/// nothing, so that none of its entities can grow.
struct XMLScanner {
    private let bytes: [UInt8]
    private let path: String
    private var place = 0
    private var names: [String] = []
    private var texts: [[UInt8]] = []
    static let deepest = 100

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// The next element that ends: the names of it and those around it from the root (without prefixes), and its text
    /// without white space around it. Nil at the end.
    /// - Throws: ``HistoryError/notXML(path:reason:)``.
    mutating func next() throws -> (names: [String], text: String)? {
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                let stop = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                if !texts.isEmpty { texts[texts.count - 1] += bytes[place..<stop] }
                place = stop
                continue
            }
            if starts("<!--") {
                try pass("-->")
            } else if starts("<![CDATA[") {
                let start = place + 9
                try pass("]]>")
                // Entities stand for nothing in here.
                let text = bytes[start..<(place - 3)]
                if !texts.isEmpty {
                    for byte in text {
                        texts[texts.count - 1] +=
                            byte == UInt8(ascii: "&") ? Array("&amp;".utf8) : [byte]
                    }
                }
            } else if starts("<?") {
                try pass("?>")
            } else if starts("<!") {
                try pass(">")
            } else if starts("</") {
                let name = try tag(from: place + 2)
                guard names.last == name else {
                    throw HistoryError.notXML(path: path, reason: "its tags do not match")
                }
                return end()
            } else {
                let name = try tag(from: place + 1)
                guard names.count < Self.deepest else {
                    throw HistoryError.notXML(path: path, reason: "its tags are nested absurdly")
                }
                names.append(name)
                texts.append([])
                if bytes[place - 2] == UInt8(ascii: "/") { return end() }
            }
        }
        guard names.isEmpty else {
            throw HistoryError.notXML(path: path, reason: "it ends early")
        }
        return nil
    }

    private mutating func end() -> (names: [String], text: String) {
        let all = names
        names.removeLast()
        return (all, Self.plain(texts.removeLast()))
    }

    private func starts(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    private mutating func pass(_ text: String) throws {
        let end = Array(text.utf8)
        while place < bytes.count {
            if bytes[place] == end[0], bytes[place...].starts(with: end) {
                place += end.count
                return
            }
            place += 1
        }
        throw HistoryError.notXML(path: path, reason: "it ends early")
    }

    /// The name of a tag; leaves `place` behind its ">".
    private mutating func tag(from start: Int) throws -> String {
        place = start
        var quote: UInt8?
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                let name = bytes[start..<(place - 1)].prefix {
                    $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">")
                }
                let local = name.split(separator: UInt8(ascii: ":")).last ?? name
                return String(decoding: local, as: UTF8.self)
            }
        }
        throw HistoryError.notXML(path: path, reason: "it ends early")
    }

    private static func plain(_ text: [UInt8]) -> String {
        var plain = ""
        var rest = String(decoding: text, as: UTF8.self)[...]
        while let ampersand = rest.firstIndex(of: "&") {
            plain += rest[..<ampersand]
            rest = rest[ampersand...].dropFirst()
            let name = rest.prefix(12).prefix { $0 != ";" }
            guard rest.dropFirst(name.count).first == ";", let letter = entity(name) else {
                plain += "&"
                continue
            }
            plain.unicodeScalars.append(letter)
            rest = rest.dropFirst(name.count + 1)
        }
        plain += rest
        let spaces = plain.unicodeScalars.drop { $0.value <= 32 }.reversed().drop { $0.value <= 32 }
        return String(String.UnicodeScalarView(spaces.reversed()))
    }

    private static func entity(_ name: Substring) -> Unicode.Scalar? {
        let known: [Substring: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
        ]
        if let letter = known[name] { return letter }
        if name.hasPrefix("#x") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        }
        return name.hasPrefix("#") ? UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init) : nil
    }
}
