import Logging

/// What handlers work with: put together once, in ``Server``.
public struct ServerParts: Sendable {
    public let configuration: ServerConfiguration
    public let library: LibraryStore
    public let blocking: BlockingPool
    /// For pictures, which FFmpeg makes: a page with hundreds of them must not hold up lists.
    let pictures: BlockingPool
    public let events: EventHub
    public let metrics: ServerMetrics
    public let accounts: AccountStore
    public let inbox: ListenInbox
    public let playlists: PlaylistStore
    public let jobs: JobRunner
    let transcodings: TranscodingSlots
    let covers: CoverCache
    /// What the first account takes from another machine.
    let setupCode: String
    public let logger: Logger
}
