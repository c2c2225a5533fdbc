import HTTPTypes
import Hummingbird

/// One route of the API: what the router serves, and what the OpenAPI document says of it, from one description.
struct Endpoint: Sendable {
    enum Access: Sendable { case everyone, signedIn, admin }

    /// A query or path parameter. Its schema is both checked and published.
    struct Parameter: Sendable {
        let name: String
        let schema: JSONSchema
        let about: String
        var standard: JSONValue?
        var isRequired = false
    }

    /// What comes back when all is well.
    struct Answer: Sendable {
        var status = 200
        /// Media types and the schema of each; none for an empty body.
        var content: [String: JSONSchema] = [:]
        var about = "OK"

        static func json(_ schema: JSONSchema, status: Int = 200) -> Answer {
            Answer(status: status, content: ["application/json": schema])
        }
        static func bytes(_ types: String..., about: String = "OK") -> Answer {
            Answer(
                content: Dictionary(
                    uniqueKeysWithValues: types.map { ($0, JSONSchema.string(format: "binary")) }),
                about: about)
        }
        static let empty = Answer(status: 204, about: "done")
    }

    let method: HTTPRequest.Method
    /// Below `api/v1/`, with `{name}` for path parameters.
    let path: String
    let about: String
    var access = Access.signedIn
    var parameters: [Parameter] = []
    /// The shape of the JSON body; nil for none.
    var body: JSONSchema?
    let answer: Answer
    /// More answers that are no failures.
    var otherAnswers: [Answer] = []
    /// Statuses of failures besides those that every route may give.
    var failures: [Int] = []
    let handle: @Sendable (Call) async throws -> Response

    /// Names in the path, in order.
    var pathNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
    }
}

extension Endpoint.Parameter {
    static func integer(
        _ name: String, _ range: ClosedRange<Int>, _ standard: Int? = nil, _ about: String
    ) -> Self {
        .init(
            name: name, schema: .integer(range), about: about,
            standard: standard.map(JSONValue.int))
    }
    static func number(
        _ name: String, _ range: ClosedRange<Double>, _ standard: Double, _ about: String
    ) -> Self {
        .init(name: name, schema: .number(range), about: about, standard: .number(standard))
    }
    static func flag(_ name: String, _ about: String) -> Self {
        .init(name: name, schema: .boolean, about: about, standard: .bool(false))
    }
    static func text(_ name: String, _ about: String, required: Bool = false) -> Self {
        .init(
            name: name, schema: .string(length: 0...200), about: about, isRequired: required)
    }
    static func choice(
        _ name: String, _ values: [String], _ standard: String? = nil, _ about: String
    ) -> Self {
        .init(
            name: name, schema: .oneOf(values), about: about,
            standard: standard.map(JSONValue.string))
    }
    static func ids(_ name: String, _ about: String) -> Self {
        .init(
            name: name,
            schema: .string(length: 0...6000, pattern: "^([0-9]{1,15}(,[0-9]{1,15})*)?$"),
            about: about + ", separated by commas")
    }

    // What many routes take.
    static let count = integer("count", 1...500, 20, "How many")
    static let limit = integer("limit", 1...1000, 50, "Rows of a page")
    static let offset = integer("offset", 0...1_000_000_000, 0, "Rows before the page")
    static let discovery = number(
        "discovery", 0...1, 0, "From 0 (what fits) to 1 (what is little known)")
    static let seed = integer(
        "seed", 0...9_007_199_254_740_991, nil, "Another list, nearly as good, for every number")
}
