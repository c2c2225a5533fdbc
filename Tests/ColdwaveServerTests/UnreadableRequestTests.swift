import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import ColdwaveServer

@Suite struct UnreadableRequestTests {
    /// The part of the server's pipeline that sees bytes, with its limits.
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 1 << 10
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try channel.pipeline.syncOperations.addHandler(UnreadableRequests())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func answer(to request: String) throws -> (text: String, isOpen: Bool) {
        let channel = try channel()
        _ = try? channel.writeInbound(ByteBuffer(string: request))
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            text += String(buffer: part)
        }
        return (text, channel.isActive)
    }

    @Test(arguments: [
        ("GET /\(String(repeating: "1", count: 2000)) HTTP/1.1\r\n\r\n", 400, "headTooLong"),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "1", count: 2000))\r\n\r\n", 400, "headTooLong"),
        ("GET / HTTP/9\r\n\r\n", 400, "badRequest"),
        ("\u{1}\u{2} nothing\r\n\r\n", 400, "badRequest"),
    ])
    func whatIsNoRequestIsAnsweredInJSON(request: String, status: Int, code: String) throws {
        let (text, isOpen) = try answer(to: request)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        #expect(text.lowercased().contains("\r\ncontent-type: application/json\r\n"))
        #expect(!isOpen)
        let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
        #expect(text.lowercased().contains("\r\ncontent-length: \(body.utf8.count)\r\n"))
        let json =
            try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: String]]
        #expect(json?["error"]?["code"] == code)
    }

    @Test func anAnswerUnderWayIsNotWrittenInto() throws {
        let (text, _) = try answer(to: "GET / HTTP/1.1\r\n\r\n\u{1}\u{2} nothing\r\n\r\n")
        #expect(text.isEmpty)
    }

    @Test func aRequestThatCanBeReadGoesOn() throws {
        let (text, isOpen) = try answer(to: "GET / HTTP/1.1\r\n\r\n")
        #expect(text.isEmpty && isOpen)
    }
}
