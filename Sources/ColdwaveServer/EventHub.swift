import Foundation
import Synchronization

/// What subscribers of `events` hear of.
public enum ServerEvent: Sendable {
    case artefacts(stage: String, run: String)
    /// A job's state, as JSON.
    case job(String)
    case listen(listener: String, track: Int64?, name: String)

    var name: String {
        switch self {
        case .artefacts: "artefacts"
        case .job: "job"
        case .listen: "listen"
        }
    }

    /// As JSON, on one line.
    var data: String {
        struct Artefacts: Encodable {
            let stage: String
            let run: String
        }
        struct Listen: Encodable {
            let listener: String
            let track: Int64?
            let name: String
        }
        func text(_ value: some Encodable) -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }
        switch self {
        case .artefacts(let stage, let run): return text(Artefacts(stage: stage, run: run))
        case .job(let json): return json
        case .listen(let listener, let track, let name):
            return text(Listen(listener: listener, track: track, name: name))
        }
    }
}

/// Tells everybody who listens what happens.
public final class EventHub: Sendable {
    private struct State {
        var subscribers: [Int: AsyncStream<ServerEvent>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }
    private let state = Mutex(State())

    /// - Returns: what happens from now on; a subscriber who does not keep up loses the oldest.
    func subscribe() -> AsyncStream<ServerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerEvent.self, bufferingPolicy: .bufferingNewest(64))
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.subscribers[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    public func send(_ event: ServerEvent) {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) {
            subscriber.yield(event)
        }
    }

    /// Ends every subscription, so that open streams don't hold up a shutdown.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            return Array(state.subscribers.values)
        }
        for subscriber in all { subscriber.finish() }
    }
}
