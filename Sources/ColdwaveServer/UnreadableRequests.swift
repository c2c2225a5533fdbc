import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what the HTTP parser refuses, which no route ever sees, as the API answers every other failure; Hummingbird's own answer
/// has no body. The connection ends with it: where the next request would begin, nobody knows.
final class UnreadableRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Requests that were read and not yet answered to the end.
    private var open = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { open += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { open -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // In the middle of a body or of an answer to an earlier request, whoever is at work on that hears of it and answers.
        guard let error = error as? HTTPParserError, open == 0 else {
            return context.fireErrorCaught(error)
        }
        for part in HTTPResponsePart.failure(
            error == .headerOverflow
                ? .headTooLong : .badRequest("this is not a request in HTTP/1.1 (\(error))"))
        {
            context.write(wrapOutboundOut(part), promise: nil)
        }
        context.flush()
        context.close(promise: nil)
    }
}

extension HTTPResponsePart {
    /// The last answer of a connection, without the router: `error` as the API puts it.
    static func failure(_ error: APIError) -> [HTTPResponsePart] {
        let body = ByteBuffer(bytes: Response.text(of: error))
        return [
            .head(
                .init(
                    status: error.status,
                    headerFields: [
                        .connection: "close", .contentType: "application/json",
                        .contentLength: String(body.readableBytes), .cacheControl: "no-store",
                        .xContentTypeOptions: "nosniff",
                    ])),
            .body(body), .end(nil),
        ]
    }
}
