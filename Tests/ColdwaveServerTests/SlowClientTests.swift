import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import ColdwaveServer

@Suite struct SlowClientTests {
    private func channel(_ limits: ServerLimits = ServerLimits()) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(
            handler: SlowClients(limits, ConnectionsByAddress(most: limits.connectionsPerAddress)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private let head = HTTPRequestPart.head(
        .init(method: .post, scheme: nil, authority: nil, path: "/"))

    @Test func aBodyThatComesLateIsNotWaitedFor() throws {
        let limits = ServerLimits()
        let channel = try channel()
        try channel.writeInbound(head)
        for _ in 0..<limits.bodySeconds - 1 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            // A byte a second makes it no quicker.
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        guard case .head(let answer)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.status == .requestTimeout)
    }

    @Test func aWholeRequestMayTakeItsTime() throws {
        let channel = try channel()
        try channel.writeInbound(head)
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try? channel.finish()
    }

    @Test func anAnswerThatNobodyTakesEnds() throws {
        let limits = ServerLimits()
        let channel = try channel()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(limits.stallSeconds) - 1))
        // It took some of it: the clock begins anew.
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(limits.stallSeconds) - 1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func oneAddressHasOnlySoManyConnections() {
        let addresses = ConnectionsByAddress(most: 2)
        #expect(addresses.take("192.0.2.1") && addresses.take("192.0.2.1"))
        #expect(!addresses.take("192.0.2.1") && addresses.take("192.0.2.2"))
        addresses.give("192.0.2.1")
        #expect(addresses.take("192.0.2.1") && !addresses.take("192.0.2.1"))
    }
}
