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
        let events = EventHub()
        let blocking = BlockingPool(
            threads: max(4, 2 * System.coreCount), most: 4 * configuration.limits.requests)
        parts = ServerParts(
            configuration: configuration,
            library: try LibraryStore(
                configuration.library, blocking: blocking, events: events,
                pollSeconds: configuration.limits.pollSeconds, logger: logger),
            blocking: blocking, events: events, metrics: ServerMetrics(),
            accounts: configuration.isOpen ? OpenHouse() : LockedHouse(), logger: logger)
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
                accounts: parts.accounts, isOpen: parts.configuration.isOpen))
        let root = router.group(RouterPath(parts.configuration.pathPrefix))
        HealthRoutes(parts).add(to: root)
        API(parts).add(to: root.group("api/v1"))
        files.add(to: root)
        return router
    }

    /// The whole as an application, for ``run()`` and for tests.
    /// - Parameter onRunning: called with the port once connections are accepted.
    public func application(onRunning: @escaping @Sendable (Int) async -> Void = { _ in })
        -> some ApplicationProtocol
    {
        let configuration = parts.configuration
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Int64(configuration.limits.idleSeconds)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10,
                        maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "coldwave",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.limits.connections)),
            services: [parts.library, EventClosing(events: parts.events)],
            onServerRunning: { await onRunning($0.localAddress?.port ?? configuration.port) },
            logger: parts.logger)
    }

    /// Serves until SIGTERM or SIGINT; requests that are under way are answered first.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let configuration = parts.configuration
        do {
            try await application(onRunning: onRunning).runService()
        } catch let error as IOError {
            throw ServerError.cannotListen(
                host: configuration.host, port: configuration.port,
                reason: String(cString: strerror(error.errnoCode)))
        }
        await parts.blocking.shutDown()
    }
}

/// Ends the streams of events when the server shuts down, which would otherwise wait for them.
private struct EventClosing: Service {
    let events: EventHub

    func run() async throws {
        try? await gracefulShutdown()
        events.close()
    }
}
