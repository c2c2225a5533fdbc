import NIOPosix
import Synchronization

/// Threads for work that blocks or computes (SQLite, ranking, files), so that the event loops stay free.
public final class BlockingPool: Sendable {
    private let threads: NIOThreadPool
    private let waiting = Atomic<Int>(0)
    /// Pieces of work that may wait or run at once.
    private let most: Int

    /// - Parameter most: beyond so many pieces of work new ones are turned away, instead of all getting slow.
    init(threads count: Int, most: Int) {
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
        self.most = most
    }

    /// Runs `work` on one of the threads.
    /// - Throws: what `work` does, and ``APIError/unavailable(_:next:)`` when too much waits already.
    public func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let before = waiting.wrappingAdd(1, ordering: .relaxed).oldValue
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        guard before < most else {
            throw APIError.unavailable("the server is busy", next: "try again in a moment")
        }
        return try await threads.runIfActive(work)
    }

    func shutDown() async { try? await threads.shutdownGracefully() }
}
