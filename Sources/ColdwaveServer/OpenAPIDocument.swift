import Foundation

/// The OpenAPI 3.1 document, from the same list that the router is filled from.
struct OpenAPIDocument: Sendable {
    let json: JSONValue

    /// - Parameter isOpen: no route asks who sends a request.
    init(_ endpoints: [Endpoint], version: String, prefix: String, isOpen: Bool) {
        var paths: [String: JSONValue] = [:]
        for (path, all) in Dictionary(grouping: endpoints, by: \.path) {
            paths["/" + path] = .object(
                Dictionary(
                    uniqueKeysWithValues: all.map {
                        ($0.method.rawValue.lowercased(), Self.operation($0, isOpen: isOpen))
                    }))
        }
        json = .object([
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("Coldwave"), "version": .string(version),
                "description": .string(
                    "A music recommender that hears the music. State-changing requests with a session's cookie need the header `X-Coldwave: 1`."
                ),
                "license": .object([
                    "name": .string("Apache-2.0"), "identifier": .string("Apache-2.0"),
                ]),
            ]),
            "servers": .array([.object(["url": .string(prefix + "/api/v1")])]),
            "paths": .object(paths),
            "components": .object([
                "schemas": .object(JSONSchema.components.mapValues(\.json)),
                "securitySchemes": .object([
                    "session": .object([
                        "type": .string("apiKey"), "in": .string("cookie"),
                        "name": .string(SessionCookie.name),
                    ]),
                    "key": .object([
                        "type": .string("http"), "scheme": .string("bearer"),
                        "description": .string("An API key"),
                    ]),
                ]),
            ]),
        ])
    }

    private static func operation(_ endpoint: Endpoint, isOpen: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(endpoint.operationID), "summary": .string(endpoint.about),
            "responses": responses(endpoint),
        ]
        let parameters = endpoint.pathNames.map { name in
            JSONValue.object([
                "name": .string(name), "in": .string("path"), "required": .bool(true),
                "schema": Endpoint.pathSchema(name).json,
            ])
        }
        members["parameters"] = .array(parameters + endpoint.parameters.map(parameter))
        if let body = endpoint.body {
            members["requestBody"] = .object([
                "required": .bool(true),
                "content": .object(["application/json": .object(["schema": body.json])]),
            ])
        }
        members["security"] =
            isOpen || endpoint.access == .everyone
            ? .array([])
            : .array([.object(["session": .array([])]), .object(["key": .array([])])])
        return .object(members)
    }

    private static func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
        var schema = parameter.schema.json
        if let standard = parameter.standard, case .object(var members) = schema {
            members["default"] = standard
            schema = .object(members)
        }
        return .object([
            "name": .string(parameter.name), "in": .string("query"),
            "required": .bool(parameter.isRequired), "description": .string(parameter.about),
            "schema": schema,
        ])
    }

    private static func responses(_ endpoint: Endpoint) -> JSONValue {
        var responses: [String: JSONValue] = [:]
        for answer in [endpoint.answer] + endpoint.otherAnswers {
            var members: [String: JSONValue] = ["description": .string(answer.about)]
            if !answer.content.isEmpty {
                members["content"] = .object(
                    answer.content.mapValues { .object(["schema": $0.json]) })
            }
            responses[String(answer.status)] = .object(members)
        }
        let failure = JSONValue.object([
            "description": .string("What is wrong, and what to do next"),
            "content": .object([
                "application/json": .object(["schema": JSONSchema.named("Error").json])
            ]),
        ])
        for status in endpoint.allFailures { responses[String(status)] = failure }
        return .object(responses)
    }
}

extension Endpoint {
    /// `getTracksIdSimilar`.
    var operationID: String {
        method.rawValue.lowercased()
            + path.split { !$0.isLetter }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    /// What every route may answer with, and what this one may.
    var allFailures: [Int] {
        var all: Set<Int> = [400, 403, 414, 503]
        all.formUnion(failures)
        if access != .everyone { all.insert(401) }
        if method == .post, path == "session" { all.insert(401) }
        if body != nil { all.formUnion([408, 413, 422]) }
        if method != .get { all.insert(507) }
        return all.sorted()
    }
}
