import Logging

/// What handlers work with: put together once, in ``Server``.
public struct ServerParts: Sendable {
    public let configuration: ServerConfiguration
    public let library: LibraryStore
    public let blocking: BlockingPool
    public let events: EventHub
    public let metrics: ServerMetrics
    public let accounts: any Authenticating
    public let logger: Logger
}
