import Foundation
import Library
import Logging
import ServiceLifecycle
import Synchronization

/// Holds the library's newest snapshot and replaces it when artefacts appear, without a restart. Requests that began with an older
/// one end with it.
public final class LibraryStore: Service {
    private let snapshot: Mutex<LibrarySnapshot>
    private let blocking: BlockingPool
    /// As many threads as cores: pieces of work that compute are done sooner one after another than all at once.
    let ranking: BlockingPool
    private let pollSeconds: Double
    private let events: EventHub
    private let logger: Logger

    init(
        _ location: LibraryLocation, blocking: BlockingPool, ranking: BlockingPool,
        events: EventHub, pollSeconds: Double, logger: Logger
    ) throws {
        snapshot = Mutex(try LibrarySnapshot(Catalogue(location, create: true)))
        self.blocking = blocking
        self.ranking = ranking
        self.events = events
        self.pollSeconds = pollSeconds
        self.logger = logger
    }

    public var current: LibrarySnapshot { snapshot.withLock { $0 } }

    /// Runs `work` with the newest snapshot on a thread that may block.
    public func read<T: Sendable>(
        _ work: @escaping @Sendable (LibrarySnapshot) throws -> T
    ) async throws -> T {
        let snapshot = current
        return try await blocking.run { try work(snapshot) }
    }

    /// The same for work that ranks songs and little else: what waits long here, or computes long, holds up every list.
    public func rank<T: Sendable>(
        _ work: @escaping @Sendable (LibrarySnapshot) throws -> T
    ) async throws -> T {
        let snapshot = current
        return try await ranking.run { try work(snapshot) }
    }

    /// Looks for new artefacts until the server shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(self.pollSeconds))
                if Task.isCancelled { return }
                await self.refresh()
            }
        }
    }

    /// Reads the library anew where it has changed.
    func refresh() async {
        let old = current
        do {
            let fresh = try await blocking.run { () -> LibrarySnapshot? in
                let version = try old.catalogue.version()
                if version == old.version { return nil }
                guard version.runs == old.version.runs, version.tracks == old.version.tracks,
                    let recommender = old.recommender
                else { return try LibrarySnapshot(old.catalogue, older: old) }
                // Lists go by the plays of now anyway; only the counts beside songs wait, so that counting takes 1 % of the time
                // at most.
                let isDue = old.age > max(5, 100 * recommender.countingSeconds)
                return isDue ? try LibrarySnapshot(recounting: old) : nil
            }
            guard let fresh else { return }
            snapshot.withLock { $0 = fresh }
            for (stage, run) in fresh.version.runs.sorted(by: { $0.key < $1.key })
            where old.version.runs[stage] != run {
                logger.info(
                    "picked up new artefacts", metadata: ["stage": "\(stage)", "run": "\(run)"])
                events.send(.artefacts(stage: stage, run: run))
            }
        } catch {
            logger.warning(
                "cannot read the library anew; the last state goes on",
                metadata: ["error": "\(error)"])
        }
    }
}
