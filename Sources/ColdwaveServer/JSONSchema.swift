import Foundation

/// A JSON value, for documents put together in code.
enum JSONValue: Encodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

/// The shape of a parameter, a body or an answer, as JSON Schema (2020-12, as OpenAPI 3.1 has it).
indirect enum JSONSchema: Equatable, Sendable {
    case string(format: String? = nil, length: ClosedRange<Int>? = nil, pattern: String? = nil)
    case integer(ClosedRange<Int>? = nil)
    case number(ClosedRange<Double>? = nil)
    case boolean
    case oneOf([String])
    case integers([Int])
    case array(JSONSchema, count: ClosedRange<Int>? = nil)
    /// Members marked with `?` may be missing.
    case object([String: JSONSchema])
    case nullable(JSONSchema)
    /// One of the document's named schemas.
    case named(String)
    case anything

    var json: JSONValue {
        switch self {
        case .string(let format, let length, let pattern):
            var members: [String: JSONValue] = ["type": .string("string")]
            if let format { members["format"] = .string(format) }
            if let length {
                members["minLength"] = .int(length.lowerBound)
                members["maxLength"] = .int(length.upperBound)
            }
            if let pattern { members["pattern"] = .string(pattern) }
            return .object(members)
        case .integer(let range):
            var members: [String: JSONValue] = ["type": .string("integer")]
            if let range {
                members["minimum"] = .int(range.lowerBound)
                members["maximum"] = .int(range.upperBound)
            }
            return .object(members)
        case .number(let range):
            var members: [String: JSONValue] = ["type": .string("number")]
            if let range {
                members["minimum"] = .number(range.lowerBound)
                members["maximum"] = .number(range.upperBound)
            }
            return .object(members)
        case .boolean: return .object(["type": .string("boolean")])
        case .oneOf(let values):
            return .object([
                "type": .string("string"), "enum": .array(values.map(JSONValue.string)),
            ])
        case .integers(let values):
            return .object(["type": .string("integer"), "enum": .array(values.map(JSONValue.int))])
        case .array(let element, let count):
            var members: [String: JSONValue] = ["type": .string("array"), "items": element.json]
            if let count {
                members["minItems"] = .int(count.lowerBound)
                members["maxItems"] = .int(count.upperBound)
            }
            return .object(members)
        case .object(let members):
            let names = members.keys.sorted()
            return .object([
                "type": .string("object"),
                "properties": .object(
                    Dictionary(
                        uniqueKeysWithValues: members.map { (Self.bare($0.key), $0.value.json) })),
                "required": .array(names.filter { !$0.hasSuffix("?") }.map(JSONValue.string)),
            ])
        case .nullable(let schema):
            return .object(["anyOf": .array([schema.json, .object(["type": .string("null")])])])
        case .named(let name):
            return .object(["$ref": .string("#/components/schemas/\(name)")])
        case .anything: return .object([:])
        }
    }

    private static func bare(_ name: String) -> String {
        name.hasSuffix("?") ? String(name.dropLast()) : name
    }
}
