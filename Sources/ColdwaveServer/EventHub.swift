import Foundation
import ServiceLifecycle
import Synchronization

/// What subscribers of `events` hear of.
public enum ServerEvent: Sendable {
    case artefacts(stage: String, run: String)
    /// A job's state, as JSON.
    case job(String)
    case listen(listener: String, track: Int64?, name: String)
    /// Nothing happened, but the connection is alive.
    case pulse

    /// The event as it is sent.
    var text: String {
        if case .pulse = self { return ": pulse\n\n" }
        return "event: \(name)\ndata: \(data)\n\n"
    }

    /// What jobs do is for administrators, what listeners hear for themselves.
    func isFor(_ auth: AuthContext?) -> Bool {
        switch self {
        case .artefacts, .pulse: true
        case .job: auth?.isAdmin ?? false
        case .listen(let listener, _, _): auth?.maySee(listener: listener) ?? false
        }
    }

    var name: String {
        switch self {
        case .artefacts: "artefacts"
        case .job: "job"
        case .listen: "listen"
        case .pulse: "pulse"
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
        func json(_ value: some Encodable) -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }
        switch self {
        case .artefacts(let stage, let run): return json(Artefacts(stage: stage, run: run))
        case .job(let job): return job
        case .listen(let listener, let track, let name):
            return json(Listen(listener: listener, track: track, name: name))
        case .pulse: return "{}"
        }
    }
}

/// Tells everybody who listens what happens.
public final class EventHub: Service {
    private struct State {
        var subscribers: [Int: AsyncStream<ServerEvent>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }
    private let state = Mutex(State())

    /// - Parameter seconds: how long; nil for ever.
    /// - Returns: what happens from now on; a subscriber who does not keep up loses the oldest.
    func subscribe(seconds: Int? = nil) -> AsyncStream<ServerEvent> {
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
        let timer = seconds.map { seconds in
            Task {
                try? await Task.sleep(for: .seconds(seconds))
                continuation.finish()
            }
        }
        continuation.onTermination = { [weak self] _ in
            timer?.cancel()
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    public func send(_ event: ServerEvent) {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) {
            subscriber.yield(event)
        }
    }

    /// A pulse now and then tells both ends whether the other one is still there.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(15))
                self.send(.pulse)
            }
        }
        close()
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
