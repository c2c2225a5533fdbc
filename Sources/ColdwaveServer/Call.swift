import Foundation
import HTTPTypes
import Hummingbird

/// A request to an endpoint, with its parameters checked.
struct Call: Sendable {
    let request: Request
    let context: ServerContext
    private let values: [String: JSONValue]

    /// - Throws: ``APIError/badRequest(_:)`` naming the parameter that is wrong.
    init(_ request: Request, _ context: ServerContext, _ endpoint: Endpoint) throws {
        self.request = request
        self.context = context
        var values: [String: JSONValue] = [:]
        for name in endpoint.pathNames {
            guard let text = context.parameters.get(name)?.removingPercentEncoding, !text.isEmpty
            else { throw APIError.badRequest("the path's \(name) is not UTF-8 text") }
            values[name] = try Self.value(text, name, Endpoint.pathSchema(name))
        }
        let query = Self.query(request.uri.query ?? "")
        for parameter in endpoint.parameters {
            if let text = query[parameter.name] {
                values[parameter.name] = try Self.value(text, parameter.name, parameter.schema)
            } else if parameter.isRequired {
                throw APIError.badRequest("\(parameter.name) is missing")
            } else {
                values[parameter.name] = parameter.standard
            }
        }
        self.values = values
    }

    func int(_ name: String) -> Int? {
        if case .int(let value)? = values[name] { value } else { nil }
    }
    func int(_ name: String, or standard: Int) -> Int { int(name) ?? standard }
    func double(_ name: String) -> Double {
        switch values[name] {
        case .number(let value)?: value
        case .int(let value)?: Double(value)
        default: 0
        }
    }
    func flag(_ name: String) -> Bool { values[name] == .bool(true) }
    func text(_ name: String) -> String? {
        if case .string(let value)? = values[name] { value } else { nil }
    }
    /// A path parameter, or a required one: it is there, or the call would not have been made.
    func required(_ name: String) -> String { text(name) ?? "" }
    func id(_ name: String) -> Int64 { Int64(int(name) ?? 0) }
    func ids(_ name: String) -> [Int64] {
        (text(name) ?? "").split(separator: ",").compactMap { Int64($0) }
    }

    /// The body as JSON of a known shape.
    /// - Throws: ``APIError/badRequest(_:)``, ``APIError/tooLarge(_:)``.
    func body<T: Decodable>(_ type: T.Type) async throws -> T {
        if let kind = request.headers[.contentType],
            kind.prefix(while: { $0 != ";" }).trimmingCharacters(in: .whitespaces).lowercased()
                != "application/json"
        {
            throw APIError.badRequest("the body must be application/json")
        }
        let limit = context.maxUploadSize
        var buffer = ByteBuffer()
        for try await part in request.body {
            guard buffer.readableBytes + part.readableBytes <= limit else {
                throw APIError.tooLarge("the body may have \(limit) bytes")
            }
            buffer.writeImmutableBuffer(part)
        }
        do {
            return try JSONDecoder().decode(T.self, from: Data(buffer.readableBytesView))
        } catch {
            throw APIError.badRequest(
                "the body is not the JSON that is asked for: \(Self.reason(error))")
        }
    }

    /// - Throws: ``APIError/forbidden(_:)`` unless the sender may see this listener's lists.
    func requireListener(_ name: String) throws {
        guard context.auth?.maySee(listener: name) == true else {
            throw APIError.forbidden("these are somebody else's lists")
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context)) has another type"
        case .dataCorrupted(let context): place(context).isEmpty ? "it is no JSON" : place(context)
        @unknown default: "it cannot be read"
        }
    }

    /// Names and values of a query; of several with one name the last.
    static func query(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func plain(_ half: Substring) -> String? {
                half.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
            }
            guard let name = plain(halves[0]) else { continue }
            // What is no UTF-8 stays as it is: checks of the value then see it.
            values[name] =
                halves.count > 1 ? plain(halves[1]) ?? String(halves[1]) : ""
        }
        return values
    }

    private static func value(_ text: String, _ name: String, _ schema: JSONSchema) throws
        -> JSONValue
    {
        func wrong(_ what: String) -> APIError { .badRequest("\(name) must be \(what)") }
        switch schema {
        case .integer(let range):
            guard let value = Int(text), !text.hasPrefix("+") else { throw wrong("a whole number") }
            guard range?.contains(value) ?? true else {
                throw wrong("from \(range?.lowerBound ?? 0) to \(range?.upperBound ?? 0)")
            }
            return .int(value)
        case .number(let range):
            guard let value = Double(text), value.isFinite else { throw wrong("a number") }
            guard range?.contains(value) ?? true else {
                throw wrong("from \(range?.lowerBound ?? 0) to \(range?.upperBound ?? 0)")
            }
            return .number(value)
        case .boolean:
            guard let value = ["true": true, "1": true, "false": false, "0": false][text] else {
                throw wrong("true or false")
            }
            return .bool(value)
        case .oneOf(let values):
            guard values.contains(text) else {
                throw wrong("one of \(values.joined(separator: ", "))")
            }
            return .string(text)
        case .string(_, let length, let pattern):
            guard length?.contains(text.unicodeScalars.count) ?? true else {
                throw wrong("at most \(length?.upperBound ?? 0) characters long")
            }
            guard !text.unicodeScalars.contains("\0") else { throw wrong("text without NUL") }
            if let pattern, text.range(of: pattern, options: .regularExpression) == nil {
                throw wrong("of the form \(pattern)")
            }
            return .string(text)
        default: return .string(text)
        }
    }
}

extension Endpoint {
    /// The shape of a path parameter: numbers are ids, `name`s are texts.
    static func pathSchema(_ name: String) -> JSONSchema {
        switch name {
        case "id", "unit": .integer(0...9_007_199_254_740_991)
        default: .string(length: 1...200)
        }
    }
}
