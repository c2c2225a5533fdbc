import AudioFeatures
import Dispatch
import Foundation
import Synchronization

/// Hears files on several threads and hands the results over in the files' order, so that a library does not depend on which
/// thread was faster.
struct HearingQueue {
    let hearing: any Hearing
    let threads: Int
    /// Results handed over at a time.
    let batch: Int
    /// Results that may wait for a slow file before them; bounds the memory.
    static let ahead = 128

    typealias Outcome = Result<HeardSong, any Error>

    /// - Parameter keep: gets the first file's index and the results from there on.
    /// - Returns: how many files were heard; fewer than all when stopped.
    func run(
        _ requests: [HearingRequest], shouldStop: @escaping @Sendable () -> Bool,
        keep: (Int, [Outcome]) throws -> Void
    ) throws -> Int {
        let state = HearingState()
        // Made with 0 and raised: a semaphore must not end below the value it was made with.
        let room = DispatchSemaphore(value: 0)
        for _ in 0..<Self.ahead { room.signal() }
        let ready = DispatchSemaphore(value: 0)
        let group = DispatchGroup()
        let workers = max(1, min(threads, requests.count))
        for _ in 0..<workers {
            DispatchQueue.global().async(group: group) {
                while true {
                    room.wait()
                    guard let i = state.next(below: requests.count), !shouldStop() else { break }
                    state.finish(i, Outcome { try hearing.hear(requests[i]) })
                    ready.signal()
                }
                ready.signal()
            }
        }
        var kept = 0
        func hand(_ outcomes: [Outcome]) throws {
            guard !outcomes.isEmpty else { return }
            try keep(kept, outcomes)
            kept += outcomes.count
            for _ in outcomes { room.signal() }
        }
        defer {
            state.stop()
            for _ in 0..<workers { room.signal() }
            group.wait()
        }
        while kept < requests.count {
            if shouldStop() {
                // What is being heard now is kept too.
                state.stop()
                for _ in 0..<workers { room.signal() }
                group.wait()
                try hand(state.take(from: kept, atLeast: 1))
                return kept
            }
            let left = requests.count - kept
            try hand(state.take(from: kept, atLeast: min(batch, left)))
            if kept < requests.count { _ = ready.wait(timeout: .now() + 0.2) }
        }
        return kept
    }
}

/// What the threads of one queue share.
private final class HearingState: Sendable {
    private struct Progress {
        var started = 0
        var stopped = false
        var done: [Int: HearingQueue.Outcome] = [:]
    }
    private let progress = Mutex(Progress())

    /// The next file to hear; nil when there is none, or the queue has stopped.
    func next(below count: Int) -> Int? {
        progress.withLock { progress in
            guard !progress.stopped, progress.started < count else { return nil }
            progress.started += 1
            return progress.started - 1
        }
    }

    func finish(_ index: Int, _ outcome: HearingQueue.Outcome) {
        progress.withLock { $0.done[index] = outcome }
    }

    func stop() { progress.withLock { $0.stopped = true } }

    /// The results from `start` on without a gap, if there are enough of them.
    func take(from start: Int, atLeast count: Int) -> [HearingQueue.Outcome] {
        progress.withLock { progress in
            var end = start
            while progress.done[end] != nil { end += 1 }
            guard end - start >= count else { return [] }
            return (start..<end).compactMap { progress.done.removeValue(forKey: $0) }
        }
    }
}
