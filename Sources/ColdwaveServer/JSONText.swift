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

extension SuggestionList {
    func write(to json: inout JSONText) {
        json.raw("{")
        if let listener {
            json.raw("\"listener\":")
            json.string(listener)
            json.raw(",")
        }
        json.raw("\"suggestions\":")
        json.array(suggestions) { $1.write(to: &$0) }
        json.raw("}")
    }
}

extension SuggestionView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{\"because\":")
        json.array(because) { $0.string($1) }
        json.raw(",\"rank\":")
        json.int(rank)
        if let reasons {
            json.raw(",\"reasons\":")
            reasons.write(to: &json)
        }
        json.raw(",\"score\":")
        json.number(score)
        json.raw(",\"track\":")
        track.write(to: &json)
        json.raw("}")
    }
}

extension ReasonsView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{")
        if let fromPlays {
            json.raw("\"fromPlays\":")
            json.number(fromPlays)
            json.raw(",")
        }
        if let fromSound {
            json.raw("\"fromSound\":")
            json.number(fromSound)
            json.raw(",")
        }
        json.raw("\"heard\":")
        json.array(heard) { json, unit in
            json.raw("{\"deviations\":")
            json.number(unit.deviations)
            json.raw(",\"label\":")
            json.string(unit.label)
            json.raw(",\"second\":")
            json.number(unit.second)
            json.raw(",\"unit\":")
            json.string(unit.unit)
            json.raw("}")
        }
        json.raw(",\"parts\":")
        json.array(parts) { json, part in
            json.raw("{\"listener\":")
            json.string(part.listener)
            json.raw(",\"share\":")
            json.number(part.share)
            json.raw(",\"song\":")
            json.string(part.song)
            json.raw("}")
        }
        json.raw(",\"rest\":")
        json.number(rest)
        json.raw("}")
    }
}

extension SongView {
    fileprivate func write(to json: inout JSONText) {
        json.raw("{")
        if let album {
            json.raw("\"album\":")
            json.string(album)
            json.raw(",")
        }
        json.raw("\"artist\":")
        json.string(artist)
        json.raw(",\"durationSeconds\":")
        json.number(durationSeconds)
        json.raw(",\"genres\":")
        json.array(genres) { $0.string($1) }
        json.raw(",\"hasCover\":")
        json.bool(hasCover)
        json.raw(",\"id\":")
        json.int(id)
        json.raw(",\"kind\":")
        json.string(kind)
        if let path {
            json.raw(",\"path\":")
            json.string(path)
        }
        json.raw(",\"plays\":")
        json.int(plays)
        json.raw(",\"title\":")
        json.string(title)
        if let year {
            json.raw(",\"year\":")
            json.int(year)
        }
        json.raw("}")
    }
}
