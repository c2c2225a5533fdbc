import Foundation

/// Writes JSON as `Response.json` does, keys in order, without going through `Codable`: lists are most of what is asked for, and their
/// encoding was most of their time.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func int(_ value: some BinaryInteger) { bytes.append(contentsOf: String(value).utf8) }

    mutating func number(_ value: Double) { finite(value.isFinite, value.description) }
    mutating func number(_ value: Float) { finite(value.isFinite, value.description) }

    mutating func bool(_ value: Bool) { if value { raw("true") } else { raw("false") } }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            return bytes.append(contentsOf: text.utf8)
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case 0x08: raw("\\b")
            case 0x09: raw("\\t")
            case 0x0A: raw("\\n")
            case 0x0C: raw("\\f")
            case 0x0D: raw("\\r")
            case 0..<0x20:
                raw("\\u00")
                for digit in [byte >> 4, byte & 15] {
                    bytes.append(digit < 10 ? 48 + digit : 87 + digit)
                }
            default: bytes.append(byte)
            }
        }
    }

    mutating func array<Element>(_ list: [Element], _ write: (inout JSONText, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (i, element) in list.enumerated() {
            if i > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func finite(_ isFinite: Bool, _ text: String) {
        guard isFinite else { return string(text == "-inf" || text == "inf" ? text : "nan") }
        // Whole numbers without ".0".
        var text = text[...]
        if text.hasSuffix(".0") { text = text.dropLast(2) }
        bytes.append(contentsOf: text.utf8)
    }
}
