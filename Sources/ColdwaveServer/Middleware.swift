import Foundation
import HTTPTypes
import Hummingbird
import Library
import Logging
import NIOCore

/// One line a request, with its id, which the answer has as `X-Request-Id`; without its query, which may hold secrets.
struct RequestLog: RouterMiddleware {
    let metrics: ServerMetrics

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response = try await next(request, context)
        let took = ContinuousClock.now - started
        let seconds =
            Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        // Only patterns of routes: names and ids would make a time series each.
        metrics.count(
            method: request.method.rawValue, route: context.endpointPath ?? "none",
            status: response.status.code, seconds: seconds)
        response.headers[.requestID] = context.id
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
                "ms": "\(String(format: "%.1f", seconds * 1000))",
                "from": "\(context.remoteAddress ?? "-")",
                "user": "\(context.auth?.user ?? "-")",
            ])
        return response
    }
}

/// Turns what handlers throw into the API's JSON errors. What nobody foresaw is logged and told without details.
struct ErrorsAsJSON: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return .error(
                error.status, code: error.status == .notFound ? "notFound" : "badRequest",
                message: error.body ?? error.status.reasonPhrase)
        } catch let error as any HTTPResponseError {
            return .error(
                error.status, code: "badRequest", message: error.status.reasonPhrase)
        } catch is CancellationError {
            return answer(.unavailable("the server is shutting down"))
        } catch {
            if let known = APIError(error) {
                if known.status.kind == .serverError {
                    context.logger.warning("refused", metadata: ["error": "\(error)"])
                }
                return answer(known)
            }
            context.logger.error("failed", metadata: ["error": "\(error)"])
            return .error(
                .internalServerError, code: "internal",
                message: "the server failed; its log says why, at request \(context.id)")
        }
    }

    private func answer(_ error: APIError) -> Response {
        .error(
            error.status, code: error.code, message: error.message, next: error.next,
            headers: error.headers)
    }
}

/// Headers that keep browsers from doing what our page never needs.
struct SecurityHeaders: RouterMiddleware {
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "media-src 'self' blob:", "connect-src 'self'", "font-src 'self'", "manifest-src 'self'",
        "worker-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        func set(_ name: HTTPField.Name, _ value: String) {
            if response.headers[name] == nil { response.headers[name] = value }
        }
        set(.contentSecurityPolicy, Self.policy)
        set(.xContentTypeOptions, "nosniff")
        set(.referrerPolicy, "no-referrer")
        set(.permissionsPolicy, "camera=(), geolocation=(), microphone=()")
        set(.crossOriginOpenerPolicy, "same-origin")
        set(.crossOriginResourcePolicy, "same-origin")
        set(.cacheControl, "no-store")
        return response
    }
}

/// Turns away what is too long or too much at once. A request counts once its body is there: slow senders keep nobody else out.
struct RequestLimits: RouterMiddleware {
    let limits: ServerLimits
    let metrics: ServerMetrics
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .delete, .patch, .options, .trace,
    ]

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard Self.methods.contains(request.method) else {
            throw APIError.methodNotAllowed(allowed: Self.methods.map(\.rawValue))
        }
        guard request.uri.string.utf8.count <= limits.address else { throw APIError.addressTooLong }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.body {
            throw APIError.tooLarge("the body may have \(limits.body) bytes")
        }
        var request = request
        if ![.get, .head, .options, .trace].contains(request.method) {
            let body = try await whole(request.body)
            request.body = .init(buffer: body)
        }
        metrics.begin()
        defer { metrics.end() }
        guard metrics.running <= limits.requests else {
            throw APIError.unavailable("the server is busy", next: "try again in a moment")
        }
        return try await next(request, context)
    }

    private func whole(_ parts: RequestBody) async throws -> ByteBuffer {
        var body = ByteBuffer()
        do {
            for try await part in parts {
                guard body.readableBytes + part.readableBytes <= limits.body else {
                    throw APIError.tooLarge("the body may have \(limits.body) bytes")
                }
                body.writeImmutableBuffer(part)
            }
        } catch let error as APIError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Its sender went, or was too slow.
            throw APIError.badRequest("the body ended too early")
        }
        return body
    }
}

extension HTTPField.Name {
    // Valid names, every one: the initialiser is nil only for characters that no header may have.
    private static func known(_ name: String) -> HTTPField.Name { .init(name) ?? .server }
    static let requestID = known("X-Request-Id")
    static let referrerPolicy = known("Referrer-Policy")
    static let permissionsPolicy = known("Permissions-Policy")
    static let crossOriginOpenerPolicy = known("Cross-Origin-Opener-Policy")
    static let crossOriginResourcePolicy = known("Cross-Origin-Resource-Policy")
    static let coldwave = known("X-Coldwave")
    static let secFetchSite = known("Sec-Fetch-Site")
    static let forwardedFor = known("X-Forwarded-For")
    static let forwardedProto = known("X-Forwarded-Proto")
    static let xAccelBuffering = known("X-Accel-Buffering")
    static let excerptSeconds = known("X-Seconds")
}
