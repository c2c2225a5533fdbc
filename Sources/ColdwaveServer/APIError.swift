import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Library

/// What a request is answered with when it fails: `{"error":{"code":…,"message":…,"next":…}}`.
public enum APIError: Error, Sendable {
    case badRequest(String)
    case unauthorized(String)
    case forbidden(String)
    case notFound(String, next: String? = nil)
    case methodNotAllowed(allowed: [String])
    case conflict(String, next: String? = nil)
    case tooLarge(String)
    case addressTooLong
    /// More than the HTTP parser takes: the address or a header, or all headers together.
    case headTooLong
    /// A body that did not come in time.
    case bodyLate
    case rangeNotSatisfiable(size: Int64)
    case unprocessable(String, next: String? = nil)
    case tooManyRequests(retryAfter: Int)
    case unavailable(String, next: String? = nil)
    /// The disk is full, or the file may not grow.
    case insufficientStorage

    var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .addressTooLong: .uriTooLong
        // Neither 414 nor 431: the parser does not tell which part was too long.
        case .headTooLong: .badRequest
        case .bodyLate: .requestTimeout
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .unprocessable: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .insufficientStorage: .init(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    var code: String {
        switch self {
        case .badRequest: "badRequest"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "notFound"
        case .methodNotAllowed: "methodNotAllowed"
        case .conflict: "conflict"
        case .tooLarge: "tooLarge"
        case .addressTooLong: "addressTooLong"
        case .headTooLong: "headTooLong"
        case .bodyLate: "bodyLate"
        case .rangeNotSatisfiable: "rangeNotSatisfiable"
        case .unprocessable: "unprocessable"
        case .tooManyRequests: "tooManyRequests"
        case .unavailable: "unavailable"
        case .insufficientStorage: "insufficientStorage"
        }
    }

    var message: String {
        switch self {
        case .badRequest(let text), .unauthorized(let text), .forbidden(let text),
            .notFound(let text, _), .conflict(let text, _), .tooLarge(let text),
            .unprocessable(let text, _), .unavailable(let text, _):
            text
        case .methodNotAllowed(let allowed): "here only \(allowed.joined(separator: ", ")) works"
        case .addressTooLong: "the address is too long"
        case .headTooLong: "the address or a header is too long"
        case .bodyLate: "the body took too long to come"
        case .rangeNotSatisfiable(let size): "the file has \(size) bytes; the range lies outside"
        case .tooManyRequests(let seconds): "too many attempts; try again in \(seconds) s"
        case .insufficientStorage:
            "the server's disk is full, or a file may not grow: nothing was kept of this request, and nothing else was lost"
        }
    }

    var next: String? {
        switch self {
        case .notFound(_, let next), .conflict(_, let next), .unprocessable(_, let next),
            .unavailable(_, let next):
            next
        case .unauthorized:
            "log in: POST session, or send an API key as `Authorization: Bearer KEY`"
        case .insufficientStorage: "make room on the server's disk, then send it again"
        default: nil
        }
    }

    var headers: HTTPFields {
        switch self {
        case .methodNotAllowed(let allowed): [.allow: allowed.joined(separator: ", ")]
        case .tooManyRequests(let seconds): [.retryAfter: String(seconds)]
        case .rangeNotSatisfiable(let size): [.contentRange: "bytes */\(size)"]
        // No `Basic`: browsers would ask for a password in a window of their own.
        case .unauthorized: [.wwwAuthenticate: "Bearer"]
        default: [:]
        }
    }

    /// What a handler threw, as an answer; nil for what nobody foresaw.
    init?(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as LibraryError: self.init(library: error)
        case let error as DatabaseError:
            switch error.resultCode {
            // A file that may not grow (`ulimit -f`, a quota) is an error of input and output.
            case .SQLITE_FULL, .SQLITE_IOERR: self = .insufficientStorage
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                self = .unavailable("the database is in use", next: "try again in a moment")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                self = .unavailable(
                    "the library cannot be written", next: "see to the folder's permissions")
            default: return nil
            }
        default: return nil
        }
    }

    /// What the library says, as an answer.
    init(library error: LibraryError) {
        switch error {
        case .unknownListener, .unknownTrack, .unknownName, .unknownUnit:
            self = .notFound(error.description)
        case .ambiguousTrack: self = .unprocessable(error.description)
        case .nothingToDo(_, _, let next), .tooFewSongs(_, _, let next):
            self = .conflict(error.description, next: next)
        case .staleArtefact(_, _, let next):
            self = .conflict(error.description, next: next)
        case .locked: self = .conflict(error.description, next: "wait for the job to end")
        case .noSuchPath: self = .notFound(error.description)
        case .notFound, .notALibrary, .newerVersion, .cannotWrite, .damaged, .interrupted:
            self = .unavailable(error.description)
        }
    }
}

/// The body of every failure.
struct ErrorBody: Encodable {
    struct Content: Encodable {
        let code: String
        let message: String
        let next: String?
    }
    let error: Content
}

extension Response {
    static func error(
        _ status: HTTPResponse.Status, code: String, message: String, next: String? = nil,
        headers: HTTPFields = [:]
    ) -> Response {
        let body = ErrorBody(error: .init(code: code, message: message, next: next))
        var response = Response.json(body, status: status)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    /// - Returns: `value` as JSON; keys in order, so that equal values are equal texts.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        guard let data = text(value) else { return Response(status: .internalServerError) }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    private static func text(_ value: some Encodable) -> Data? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? encoder.encode(value)
    }

    /// The body of `error`'s answer, for where there is no response to put it in.
    static func text(of error: APIError) -> Data {
        text(
            ErrorBody(
                error: .init(code: error.code, message: error.message, next: error.next)))
            ?? Data()
    }

    /// The same text as ``json(_:status:)`` gives, sooner.
    static func json(_ list: SuggestionList) -> Response {
        var text = JSONText(capacity: 1024 + 1024 * list.suggestions.count)
        list.write(to: &text)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: text.bytes)))
    }
}
