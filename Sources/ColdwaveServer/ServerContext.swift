import Foundation
import Hummingbird
import NIOCore

/// What goes along with a request: its id and logger, who sent it, and from where.
public struct ServerContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who sent it; nil for nobody we know.
    public var auth: AuthContext?
    /// The peer's address, without a port; nil in tests that have no network.
    public let remoteAddress: String?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// Where a request comes from. What comes from this machine comes through a reverse proxy where it says so: the last address of
    /// `X-Forwarded-For` is the one that the proxy saw itself.
    public func clientAddress(_ request: Request) -> String? {
        guard Self.isLoopback(remoteAddress),
            let forwarded = request.headers[.forwardedFor]?.split(separator: ",").last
        else { return remoteAddress }
        return forwarded.trimmingCharacters(in: .whitespaces)
    }

    static func isLoopback(_ address: String?) -> Bool {
        guard let address else { return true }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    public var maxUploadSize: Int { ServerLimits().body }
}
