import Logging

/// What handlers work with: put together once, in ``Server``.
public struct ServerParts: Sendable {
    public let configuration: ServerConfiguration
    public let library: LibraryStore
    public let blocking: BlockingPool
    public let events: EventHub
    public let metrics: ServerMetrics
    public let accounts: AccountStore
    public let inbox: ListenInbox
    public let playlists: PlaylistStore
    public let jobs: JobRunner
    let transcodings: TranscodingSlots
    /// What the first account takes from another machine.
    let setupCode: String
    public let logger: Logger
}
