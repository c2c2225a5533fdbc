import Foundation
import HTTPTypes
import Hummingbird

/// The music server that players know: OpenSubsonic below `rest`, with its extensions.
struct SubsonicRoutes: Sendable {
    static let version = "1.16.1"

    enum Answer: Sendable {
        /// Elements within the `subsonic-response`.
        case node(SubsonicNode)
        case response(Response)
        static let empty = Answer.node(SubsonicNode())
    }
    typealias Handler = @Sendable (SubsonicCall) async throws -> Answer

    private let state: SubsonicState
    private let handlers: [String: Handler]

    init(_ parts: ServerParts, nowPlaying: NowPlaying) {
        state = SubsonicState(parts, nowPlaying: nowPlaying)
        var handlers: [String: Handler] = [:]
        for group in [
            SubsonicSystem.handlers, SubsonicBrowsing.handlers, SubsonicLists.handlers,
            SubsonicSearch.handlers, SubsonicMedia.handlers, SubsonicAnnotation.handlers,
            SubsonicPlaylists.handlers, SubsonicSimilar.handlers, SubsonicPlayQueue.handlers,
            SubsonicAbsent.handlers,
        ] {
            handlers.merge(group) { first, _ in first }
        }
        // Names are looked up whatever their case is: players disagree.
        self.handlers = Dictionary(
            handlers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { a, _ in a })
    }

    func add(to root: RouterGroup<ServerContext>) {
        for method: HTTPRequest.Method in [.get, .post] {
            root.on("rest/:name", method: method) { request, context in
                try await answer(request, context)
            }
        }
        // What a browser asks before a page of another site may send its request.
        root.on("rest/:name", method: .options) { _, _ in
            var response = Response(
                status: .noContent, headers: [.allow: "GET, HEAD, OPTIONS, POST"])
            allowOtherSites(&response)
            guard response.headers[.accessControlAllowOrigin] != nil else { return response }
            response.headers[.accessControlAllowMethods] = "GET, HEAD, OPTIONS, POST"
            response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Range"
            response.headers[.accessControlMaxAge] = "86400"
            return response
        }
    }

    private func answer(_ request: Request, _ context: ServerContext) async throws -> Response {
        var parameters = SubsonicParameters(request.uri.query ?? "")
        do {
            parameters = try await SubsonicParameters(
                request, limit: state.parts.configuration.limits.body)
            var name = context.parameters.get("name")?.lowercased() ?? ""
            if name.hasSuffix(".view") { name = String(name.dropLast(5)) }
            // What players ask before they know how to log in.
            if name == "getopensubsonicextensions" {
                return render(SubsonicSystem.extensions, parameters)
            }
            let user = try await state.login.user(parameters, request, context)
            guard let handler = handlers[name] else {
                throw SubsonicError(.notFound, "this server has no \(name)")
            }
            let call = SubsonicCall(
                parameters: parameters, user: user, request: request, context: context,
                state: state)
            switch try await handler(call) {
            case .node(let node): return render(node, parameters)
            case .response(var response):
                allowOtherSites(&response)
                return response
            }
        } catch {
            // A range beyond the file's end is HTTP's matter.
            if case APIError.rangeNotSatisfiable? = error as? APIError { throw error }
            guard let known = SubsonicError(error) else {
                if error is CancellationError { throw error }
                context.logger.error("failed", metadata: ["error": "\(error)"])
                return render(
                    failure: .init(
                        .generic, "the server failed; its log says why, at request \(context.id)"),
                    parameters)
            }
            return render(failure: known, parameters)
        }
    }

    private func render(failure: SubsonicError, _ parameters: SubsonicParameters) -> Response {
        render(["error": .node(failure.node)], parameters, status: "failed")
    }

    private func render(
        _ content: SubsonicNode, _ parameters: SubsonicParameters, status: String = "ok"
    ) -> Response {
        var root: SubsonicNode = [
            "status": .text(status), "version": .text(Self.version), "type": .text("coldwave"),
            "serverVersion": .text(state.parts.configuration.version), "openSubsonic": .flag(true),
        ]
        root.add(content)
        var response: Response
        let callback = parameters["callback"] ?? ""
        switch parameters["f"] {
        case "json":
            response = Self.text(
                "{\"subsonic-response\":\(root.json)}", "application/json")
        case "jsonp" where Self.isIdentifier(callback):
            response = Self.text(
                "/**/\(callback)({\"subsonic-response\":\(root.json)});",
                "application/javascript; charset=utf-8")
        default:
            var xml: SubsonicNode = ["xmlns": .text("http://subsonic.org/restapi")]
            xml.add(root)
            response = Self.text(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml.xml("subsonic-response"),
                "application/xml; charset=utf-8")
        }
        allowOtherSites(&response)
        return response
    }

    /// Players that are web pages live elsewhere. They may read the answers where each request brings its own password.
    private func allowOtherSites(_ response: inout Response) {
        guard !state.parts.configuration.isOpen else { return }
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
    }

    private static func text(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static func isIdentifier(_ text: String) -> Bool {
        text.range(of: "^[A-Za-z_$][A-Za-z0-9_$.]{0,99}$", options: .regularExpression) != nil
    }
}
