import Foundation

/// The fields of a JSON object, read leniently: a number where a text is usual and the other way round.
struct JSONFields {
    let values: [String: Any]

    init(_ values: [String: Any]) { self.values = values }

    /// Nil for what is no object.
    init?(_ value: Any?) {
        guard let values = value as? [String: Any] else { return nil }
        self.values = values
    }

    init?(parsing bytes: some Collection<UInt8>) {
        self.init(try? JSONSerialization.jsonObject(with: Data(bytes)))
    }

    /// A text that is not empty.
    func text(_ names: String...) -> String? {
        for name in names {
            if let text = values[name] as? String, !text.isEmpty { return text }
        }
        return nil
    }

    /// A number, or a text, as text: times and ids come as both.
    func word(_ name: String) -> String? {
        text(name) ?? (values[name] as? NSNumber)?.stringValue
    }

    func number(_ name: String) -> Double? {
        (values[name] as? NSNumber)?.doubleValue ?? text(name).flatMap(Double.init)
    }

    func truth(_ name: String) -> Bool { (values[name] as? NSNumber)?.boolValue ?? false }

    func object(_ name: String) -> JSONFields { JSONFields(values[name]) ?? JSONFields([:]) }

    /// The elements of an array; a single value where an array is usual.
    func list(_ name: String) -> [Any]? {
        guard let value = values[name], !(value is NSNull) else { return nil }
        return value as? [Any] ?? [value]
    }
}
