import Foundation
import Synchronization

/// Counts what the server does, for Prometheus: its text format 0.0.4.
public final class ServerMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }
    private struct Histogram {
        var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count)
        var count = 0
        var sum = 0.0
    }
    private struct State {
        var requests: [Key: Int] = [:]
        var seconds: [String: Histogram] = [:]
        var counters: [String: Int] = [:]
    }
    /// Upper bounds of the histogram's buckets, seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    private let state = Mutex(State())
    private let inProgress = Atomic<Int>(0)

    /// Requests that are worked on now.
    var running: Int { inProgress.load(ordering: .relaxed) }
    func begin() { inProgress.wrappingAdd(1, ordering: .relaxed) }
    func end() { inProgress.wrappingSubtract(1, ordering: .relaxed) }

    func count(method: String, route: String, status: Int, seconds: Double) {
        state.withLock { state in
            state.requests[Key(method: method, route: route, status: status), default: 0] += 1
            var histogram = state.seconds[route] ?? Histogram()
            for (i, bound) in Self.bounds.enumerated() where seconds <= bound {
                histogram.buckets[i] += 1
            }
            histogram.count += 1
            histogram.sum += seconds
            state.seconds[route] = histogram
        }
    }

    /// Adds to a counter of its own, such as `coldwave_listens_total`.
    public func add(_ name: String, _ amount: Int = 1) {
        state.withLock { $0.counters[name, default: 0] += amount }
    }

    /// - Parameter gauges: values of now, by name.
    func text(gauges: [String: Double]) -> String {
        let state = state.withLock { $0 }
        var lines = Self.head(
            "coldwave_http_requests_total", "counter",
            "Requests answered, by method, route and status.")
        for (key, count) in state.requests.sorted(by: {
            ($0.key.route, $0.key.method, $0.key.status)
                < ($1.key.route, $1.key.method, $1.key.status)
        }) {
            lines.append(
                "coldwave_http_requests_total{method=\"\(key.method)\",route=\"\(Self.escaped(key.route))\",status=\"\(key.status)\"} \(count)"
            )
        }
        lines += Self.head(
            "coldwave_http_request_seconds", "histogram",
            "From a request's head to its answer's head, in seconds, by route.")
        for (route, histogram) in state.seconds.sorted(by: { $0.key < $1.key }) {
            let label = "route=\"\(Self.escaped(route))\""
            for (bound, count) in zip(Self.bounds, histogram.buckets) {
                lines.append(
                    "coldwave_http_request_seconds_bucket{\(label),le=\"\(bound)\"} \(count)")
            }
            lines.append(
                "coldwave_http_request_seconds_bucket{\(label),le=\"+Inf\"} \(histogram.count)")
            lines.append("coldwave_http_request_seconds_sum{\(label)} \(histogram.sum)")
            lines.append("coldwave_http_request_seconds_count{\(label)} \(histogram.count)")
        }
        for (name, value) in state.counters.sorted(by: { $0.key < $1.key }) {
            lines += Self.head(name, "counter", Self.help[name]) + ["\(name) \(value)"]
        }
        for (name, value) in gauges.sorted(by: { $0.key < $1.key }) {
            lines += Self.head(name, "gauge", Self.help[name]) + ["\(name) \(value)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let help = [
        "coldwave_listens_total": "Listens accepted since the start.",
        "coldwave_requests_running": "Requests worked on now.",
        "coldwave_listens_waiting": "Listens accepted and not yet in the catalogue.",
        "coldwave_library_loaded_seconds": "Age of what is served, in seconds.",
    ]

    private static func head(_ name: String, _ kind: String, _ help: String?) -> [String] {
        (help.map { ["# HELP \(name) \($0)"] } ?? []) + ["# TYPE \(name) \(kind)"]
    }

    private static func escaped(_ label: String) -> String {
        label.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n")
    }
}
