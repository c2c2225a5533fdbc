import Foundation
import HTTPTypes
import Hummingbird

/// The parameters of a request, from the query and from a form in the body (the formPost extension); several may have one name.
struct SubsonicParameters: Sendable {
    private let values: [String: [String]]

    /// - Throws: ``APIError/tooLarge(_:)``.
    init(_ request: Request, limit: Int) async throws {
        var text = request.uri.query ?? ""
        if request.method == .post {
            var body = ByteBuffer()
            for try await part in request.body {
                guard body.readableBytes + part.readableBytes <= limit else {
                    throw APIError.tooLarge("the body may have \(limit) bytes")
                }
                body.writeImmutableBuffer(part)
            }
            let kind = request.headers[.contentType]?.lowercased() ?? ""
            if kind.isEmpty || kind.hasPrefix("application/x-www-form-urlencoded") {
                text += "&" + String(buffer: body)
            }
        }
        self.init(text)
    }

    init(_ text: String) {
        var values: [String: [String]] = [:]
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func plain(_ half: Substring) -> String? {
                half.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
            }
            guard let name = plain(halves[0]) else { continue }
            // What is no UTF-8 names nothing here.
            let value = halves.count > 1 ? plain(halves[1]) ?? "" : ""
            values[name, default: []].append(value)
        }
        self.values = values
    }

    func all(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }

    /// Nil for an empty one too.
    subscript(name: String) -> String? { all(name).first }

    /// Whether it was sent at all, be it empty.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// - Throws: ``SubsonicError``.
    func required(_ name: String) throws -> String {
        guard let value = self[name] else { throw SubsonicError.missing(name) }
        guard value.utf8.count <= 1000, !value.unicodeScalars.contains("\0") else {
            throw SubsonicError.wrong(name, "shorter text")
        }
        return value
    }

    /// A whole number, brought into the range that is allowed.
    func int(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = self[name] else { return standard }
        guard let value = Int(text) else { throw SubsonicError.wrong(name, "a whole number") }
        return min(max(value, range.lowerBound), range.upperBound)
    }

    func int(_ name: String) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text) else { throw SubsonicError.wrong(name, "a whole number") }
        return value
    }

    func flag(_ name: String, _ standard: Bool) throws -> Bool {
        guard let text = self[name] else { return standard }
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw SubsonicError.wrong(name, "true or false")
        }
    }
}
