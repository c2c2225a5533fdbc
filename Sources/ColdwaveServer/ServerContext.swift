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

    public var maxUploadSize: Int { ServerLimits().body }
}
