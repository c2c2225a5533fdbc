import Foundation
import Hummingbird
import HummingbirdCore
import Library
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Coldwave's server: puts the parts together and runs them until it is told to stop.
public struct Server: Sendable {
    public let parts: ServerParts
    private let files: StaticFiles

    /// - Throws: ``ServerError``, `LibraryError`.
    public init(_ configuration: ServerConfiguration, logger: Logger) throws {
        let configuration = try configuration.checked()
        files = try StaticFiles(folder: configuration.webFolder ?? StaticFiles.ownFolder)
        let (events, metrics, limits) = (EventHub(), ServerMetrics(), configuration.limits)
        let blocking = BlockingPool(
            threads: max(8, 2 * System.coreCount), most: 4 * limits.requests)
        let library = try LibraryStore(
            configuration.library, blocking: blocking,
            ranking: BlockingPool(threads: System.coreCount, most: 4 * limits.requests),
            events: events, pollSeconds: limits.pollSeconds, logger: logger)
        let database = try ServerDatabase(configuration.library)
        parts = ServerParts(
            configuration: configuration, library: library, blocking: blocking,
            pictures: BlockingPool(threads: 2, most: 4 * limits.requests), events: events,
            metrics: metrics,
            accounts: try AccountStore(
                database, location: configuration.library, limits: limits, blocking: blocking,
                isOpen: configuration.isOpen),
            inbox: ListenInbox(
                database, library: library, blocking: blocking, events: events, metrics: metrics,
                logger: logger),
            playlists: PlaylistStore(database: database, blocking: blocking),
            jobs: JobRunner(
                program: configuration.executable, library: configuration.library.root.path,
                events: events, logger: logger),
            transcodings: TranscodingSlots(most: limits.transcodings), covers: CoverCache(),
            setupCode: String(Secrets.token().prefix(12)), logger: logger)
    }

    /// What is served where; what every request passes on its way comes first.
    func router() -> Router<ServerContext> {
        let router = Router(
            context: ServerContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: RequestLog(metrics: parts.metrics))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ErrorsAsJSON())
        router.add(
            middleware: RequestLimits(
                limits: parts.configuration.limits, metrics: parts.metrics))
        router.add(
            middleware: Authentication(
                accounts: parts.accounts, isOpen: parts.configuration.isOpen,
                players: parts.configuration.pathPrefix + "/rest/"))
        let root = router.group(RouterPath(parts.configuration.pathPrefix))
        HealthRoutes(parts).add(to: root)
        API(parts).add(to: root.group("api/v1"))
        let nowPlaying = NowPlaying()
        SubsonicRoutes(parts, nowPlaying: nowPlaying).add(to: root)
        ListenBrainzRoutes(parts, nowPlaying: nowPlaying).add(to: root)
        files.add(to: root)
        return router
    }

    /// The whole as an application, for ``run()`` and for tests.
    /// - Parameter onRunning: called with the port once connections are accepted.
    public func application(onRunning: @escaping @Sendable (Int) async -> Void = { _ in })
        -> some ApplicationProtocol
    {
        let configuration = parts.configuration
        let addresses = ConnectionsByAddress(most: configuration.limits.connectionsPerAddress)
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        SlowClients(configuration.limits, addresses), UnreadableRequests(),
                    ],
                    idleTimeout: .seconds(Int64(configuration.limits.idleSeconds)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10,
                        maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "coldwave",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.limits.connections)),
            services: [parts.library, parts.events, parts.inbox, parts.jobs],
            onServerRunning: { await onRunning($0.localAddress?.port ?? configuration.port) },
            logger: parts.logger)
    }

    /// Serves until SIGTERM or SIGINT; requests that are under way are answered first.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let configuration = parts.configuration
        ProcessLimits.raise()
        do {
            var group = ServiceGroupConfiguration(
                services: [application(onRunning: onRunning)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: parts.logger)
            // Whoever still plays a song then is cut off.
            group.maximumGracefulShutdownDuration = .seconds(20)
            if !configuration.isOpen, try await parts.accounts.isFirstRun() {
                parts.logger.notice(
                    "no account yet: the first visit makes the administrator's; from another machine it takes this code",
                    metadata: ["code": "\(parts.setupCode)"])
            }
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw ServerError.cannotListen(
                host: configuration.host, port: configuration.port,
                reason: String(cString: strerror(error.errnoCode)))
        }
        await parts.pictures.shutDown()
        await parts.library.ranking.shutDown()
        await parts.blocking.shutDown()
    }
}
