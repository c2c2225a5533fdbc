import Dispatch
import Foundation
import Synchronization

/// Loops over all cores.
public enum Parallel {
    /// Threads used when nobody says otherwise: the cores this process may run on.
    public static var defaultThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Calls `body` for `0..<count`, on up to `threads` threads; chunks of `grain` indices are handed out as threads
    /// become free. The order is not defined; `body` must only write to places of its own index.
    public static func forEach(
        _ count: Int, threads: Int = defaultThreads, grain: Int = 1, _ body: @Sendable (Int) -> Void
    ) {
        let chunks = (count + grain - 1) / max(1, grain)
        let workers = max(1, min(threads, chunks))
        if workers == 1 {
            for i in 0..<count { body(i) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard chunk < chunks else { return }
                for i in chunk * grain..<min(count, (chunk + 1) * grain) { body(i) }
            }
        }
    }

    /// `transform(i)` for `0..<count`, in order, computed on up to `threads` threads.
    public static func map<T: Sendable>(
        _ count: Int, threads: Int = defaultThreads, grain: Int = 1,
        _ transform: @Sendable (Int) -> T
    ) -> [T] {
        let results = Mutex<[T?]>(Array(repeating: nil, count: count))
        forEach(count, threads: threads, grain: grain) { i in
            let value = transform(i)
            results.withLock { $0[i] = value }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
