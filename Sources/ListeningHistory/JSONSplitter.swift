/// Splits JSON text into documents, and the long arrays inside them into elements, piece by piece, so that no more than
/// one of them is in memory. Documents are the elements of an array at the root, or else the objects there, one after
/// another. Elements are not parsed here: what is between commas may be broken.
struct JSONSplitter {
    enum Part {
        /// An element of the array at `path` inside the current document ("recenttracks.track").
        case element(path: String, [UInt8])
        /// A whole document; arrays given element by element are empty in it.
        case document([UInt8])
    }
    /// Arrays that hold one listen, rating or track each.
    static let arrays: Set<String> = [
        "recenttracks.track", "lovedtracks.track", "scrobbles", "list", "payload",
        "payload.listens",
        "feedback", "playlist.track",
    ]
    /// A listen has a few thousand bytes.
    static let largestPart = 16 << 20

    private let path: String
    /// Open brackets, and for each the key it or its current value has.
    private var open: [UInt8] = []
    private var keys: [String] = []
    private var isRootArray = false
    private var document: [UInt8] = []
    /// The element being read, and how deep in `open` its array is; 0 for none.
    private var element: [UInt8] = []
    private var arrayDepth = 0
    private var arrayPath = ""
    private var isInString = false
    private var isEscaped = false
    private var isKeyNext = false
    private var key: [UInt8]?

    init(path: String) { self.path = path }

    private var base: Int { isRootArray ? 1 : 0 }

    /// - Throws: ``HistoryError`` for unbalanced brackets and absurd sizes, and what `take` throws.
    mutating func feed(_ piece: [UInt8], _ take: (Part) throws -> Void) throws {
        for byte in piece {
            if isInString {
                string(byte)
            } else {
                try structure(byte, take)
            }
        }
        guard document.count + element.count <= Self.largestPart else {
            throw HistoryError.tooLarge(path: path, bytes: Self.largestPart)
        }
    }

    /// - Throws: ``HistoryError/notJSON(path:reason:)`` when something is still open.
    mutating func finish(_ take: (Part) throws -> Void) throws {
        guard open.isEmpty, !isInString else {
            throw HistoryError.notJSON(path: path, reason: "it ends early")
        }
        try endDocument(take)
    }

    private mutating func string(_ byte: UInt8) {
        append(byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            if let key {
                keys[keys.count - 1] = String(decoding: key, as: UTF8.self)
                self.key = nil
            }
            return
        }
        if key != nil, key!.count < 64 { key!.append(byte) }
    }

    private mutating func structure(_ byte: UInt8, _ take: (Part) throws -> Void) throws {
        switch byte {
        case UInt8(ascii: "\""):
            append(byte)
            isInString = true
            if isKeyNext, arrayDepth == 0, open.count - base <= 3, open.last == UInt8(ascii: "{") {
                key = []
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if byte == UInt8(ascii: "["), open.isEmpty, document.isEmpty {
                isRootArray = true
            } else {
                append(byte)
                if byte == UInt8(ascii: "["), arrayDepth == 0, isLongArray() {
                    arrayDepth = open.count + 1
                    arrayPath = keys[base...].joined(separator: ".")
                }
            }
            open.append(byte)
            keys.append("")
            isKeyNext = byte == UInt8(ascii: "{")
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            try close(byte, take)
        case UInt8(ascii: ","):
            if arrayDepth > 0, open.count == arrayDepth {
                try endElement(take)
            } else if open.count == base {
                try endDocument(take)
            } else {
                append(byte)
                isKeyNext = open.last == UInt8(ascii: "{")
            }
        case 9, 10, 13, 32:
            // Needed inside broken elements alone; between words at the root it separates.
            if open.isEmpty { try endDocument(take) } else if !document.isEmpty { append(byte) }
        default:
            if byte == UInt8(ascii: ":") { isKeyNext = false }
            append(byte)
        }
    }

    private mutating func close(_ byte: UInt8, _ take: (Part) throws -> Void) throws {
        let opening = byte == UInt8(ascii: "}") ? UInt8(ascii: "{") : UInt8(ascii: "[")
        guard open.last == opening else {
            throw HistoryError.notJSON(path: path, reason: "its brackets do not match")
        }
        if arrayDepth > 0, open.count == arrayDepth {
            try endElement(take)
            arrayDepth = 0
        }
        if open.count == base, isRootArray {
            try endDocument(take)
            isRootArray = false
            open.removeLast()
            keys.removeLast()
            return
        }
        open.removeLast()
        keys.removeLast()
        isKeyNext = false
        append(byte)
        if open.isEmpty { try endDocument(take) }
    }

    /// Whether every bracket of the document so far is an object's and their keys name a known array.
    private func isLongArray() -> Bool {
        let depth = open.count - base
        guard depth >= 1, depth <= 2, open[base...].allSatisfy({ $0 == UInt8(ascii: "{") }) else {
            return false
        }
        return Self.arrays.contains(keys[base...].joined(separator: "."))
    }

    private mutating func append(_ byte: UInt8) {
        if arrayDepth > 0, open.count >= arrayDepth {
            element.append(byte)
        } else {
            document.append(byte)
        }
    }

    private mutating func endElement(_ take: (Part) throws -> Void) throws {
        defer { element.removeAll(keepingCapacity: true) }
        guard element.contains(where: { $0 > 32 }) else { return }
        try take(.element(path: arrayPath, element))
    }

    private mutating func endDocument(_ take: (Part) throws -> Void) throws {
        guard !document.isEmpty else { return }
        defer { document.removeAll(keepingCapacity: true) }
        guard document.contains(where: { $0 > 32 }) else { return }
        try take(.document(document))
    }
}
