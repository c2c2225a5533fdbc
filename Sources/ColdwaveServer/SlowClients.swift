import NIOCore
import NIOHTTPTypes
import Synchronization

/// Closes connections that keep a place without using it: a body that does not come, an answer that nobody takes, more connections
/// from one address than one client needs. (A head that does not come is closed by Hummingbird, after ``ServerLimits/idleSeconds``.)
final class SlowClients: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTime: TimeAmount
    private let stallTime: TimeAmount
    private let addresses: ConnectionsByAddress
    private var address: String?
    private var body: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    private var isReading = false
    private var isAnswering = false

    init(_ limits: ServerLimits, _ addresses: ConnectionsByAddress) {
        bodyTime = .seconds(Int64(limits.bodySeconds))
        stallTime = .seconds(Int64(limits.stallSeconds))
        self.addresses = addresses
    }

    func channelActive(context: ChannelHandlerContext) {
        // Through a reverse proxy all come from this machine; counting them is the proxy's work.
        if let address = context.remoteAddress?.ipAddress, !ServerContext.isLoopback(address) {
            guard addresses.take(address) else { return context.close(promise: nil) }
            self.address = address
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        if let address { addresses.give(address) }
        address = nil
        body?.cancel()
        stall?.cancel()
        (body, stall) = (nil, nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            isAnswering = false
        case .body: break
        case .end:
            isReading = false
            body?.cancel()
            body = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most requests are whole by now and need no clock.
        if isReading, body == nil {
            body = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTime) {
                self.bodyIsLate(context)
            }
        }
        context.fireChannelReadComplete()
    }

    private func bodyIsLate(_ context: ChannelHandlerContext) {
        if !isAnswering {
            for part in HTTPResponsePart.failure(.bodyLate) {
                context.write(wrapOutboundOut(part), promise: nil)
            }
            context.flush()
        }
        context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { isAnswering = true }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stall?.cancel()
            stall = nil
        } else if stall == nil {
            stall = context.eventLoop.assumeIsolated().scheduleTask(in: stallTime) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }
}

/// How many connections each address has.
final class ConnectionsByAddress: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    /// - Returns: false where it has as many as it may.
    func take(_ address: String) -> Bool {
        counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < most else { return false }
            counts[address] = count + 1
            return true
        }
    }

    func give(_ address: String) {
        counts.withLock { counts in
            let count = counts[address, default: 0] - 1
            counts[address] = count > 0 ? count : nil
        }
    }
}
