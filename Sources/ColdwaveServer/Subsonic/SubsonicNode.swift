import Foundation

/// What an element of an answer holds: attributes, elements and lists of them.
enum SubsonicValue: Sendable, Equatable {
    case text(String)
    case int(Int)
    case double(Double)
    case flag(Bool)
    case node(SubsonicNode)
    case nodes([SubsonicNode])
    /// Texts, or numbers, each an element of its own in XML.
    case texts([String])
    case numbers([Int])
}

/// An element of an OpenSubsonic answer. One model for both forms: in XML plain values are attributes and the others child
/// elements, in JSON all of them are members, lists are arrays, and an element's own text is its `value`.
struct SubsonicNode: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    struct Field: Sendable, Equatable {
        let name: String
        let value: SubsonicValue
    }
    private(set) var fields: [Field] = []
    /// Text between the tags.
    var content: String?

    init() {}

    /// In this order; nil is left out.
    init(dictionaryLiteral elements: (String, SubsonicValue?)...) {
        for (name, value) in elements { add(name, value) }
    }

    mutating func add(_ name: String, _ value: SubsonicValue?) {
        if let value { fields.append(Field(name: name, value: value)) }
    }

    mutating func add(_ other: SubsonicNode) { fields += other.fields }

    subscript(name: String) -> SubsonicValue? { fields.first { $0.name == name }?.value }
}

extension SubsonicNode {
    /// As an XML element.
    func xml(_ name: String) -> String {
        var text = ""
        writeXML(name, to: &text)
        return text
    }

    private func writeXML(_ name: String, to text: inout String) {
        text += "<" + name
        var children = ""
        for field in fields {
            func attribute(_ value: String) {
                text += " \(field.name)=\"" + Self.escaped(value) + "\""
            }
            func elements(_ values: [String]) {
                for value in values {
                    children += "<\(field.name)>" + Self.escaped(value) + "</\(field.name)>"
                }
            }
            switch field.value {
            case .text(let value): attribute(value)
            case .int(let value): attribute(String(value))
            case .double(let value): attribute(Self.number(value))
            case .flag(let value): attribute(value ? "true" : "false")
            case .node(let node): node.writeXML(field.name, to: &children)
            case .nodes(let nodes): for node in nodes { node.writeXML(field.name, to: &children) }
            case .texts(let values): elements(values)
            case .numbers(let values): elements(values.map(String.init))
            }
        }
        children += content.map(Self.escaped) ?? ""
        text += children.isEmpty ? "/>" : ">\(children)</\(name)>"
    }

    /// For text and attributes; what XML 1.0 cannot hold at all is left out.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\r", "\t": escaped += "&#\(scalar.value);"
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// As a JSON object.
    var json: String {
        var text = ""
        writeJSON(to: &text)
        return text
    }

    private func writeJSON(to text: inout String) {
        text += "{"
        for (i, field) in fields.enumerated() {
            if i > 0 { text += "," }
            text += Self.quoted(field.name) + ":"
            func array<T>(_ values: [T], _ write: (T) -> Void) {
                text += "["
                for (i, value) in values.enumerated() {
                    if i > 0 { text += "," }
                    write(value)
                }
                text += "]"
            }
            switch field.value {
            case .text(let value): text += Self.quoted(value)
            case .int(let value): text += String(value)
            case .double(let value): text += Self.number(value)
            case .flag(let value): text += value ? "true" : "false"
            case .node(let node): node.writeJSON(to: &text)
            case .nodes(let nodes): array(nodes) { $0.writeJSON(to: &text) }
            case .texts(let values): array(values) { text += Self.quoted($0) }
            case .numbers(let values): array(values) { text += String($0) }
            }
        }
        if let content {
            text += (fields.isEmpty ? "" : ",") + "\"value\":" + Self.quoted(content)
        }
        text += "}"
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            // Line separators end strings in JavaScript, which JSONP is.
            case "\u{0}"..<" ", "\u{2028}", "\u{2029}":
                quoted += String(format: "\\u%04x", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Neither form knows infinities.
    private static func number(_ value: Double) -> String {
        value.isFinite ? String((value * 1e6).rounded() / 1e6) : "0"
    }
}
