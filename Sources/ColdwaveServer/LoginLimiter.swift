import Foundation
import Synchronization

/// Counts failed logins, so that guessing passwords takes years.
final class LoginLimiter: Sendable {
    private let failures = Mutex<[String: [Date]]>([:])
    private let most: Int
    private let window: Double

    init(most: Int, window: Double) {
        self.most = most
        self.window = window
    }

    /// One address may fail a few times for one name and some times more for all; one name somewhat oftener for all addresses, so
    /// that a stranger cannot lock its owner out cheaply.
    private func keys(_ name: String, _ address: String) -> [(key: String, most: Int)] {
        [
            ("both \(address) \(name.lowercased())", most), ("address \(address)", 4 * most),
            ("name \(name.lowercased())", 25 * most),
        ]
    }

    /// - Throws: ``APIError/tooManyRequests(retryAfter:)``.
    func check(_ name: String, from address: String?, now: Date = Date()) throws {
        try failures.withLock { failures in
            for (key, most) in keys(name, address ?? "") {
                let recent = (failures[key] ?? []).filter { now.timeIntervalSince($0) < window }
                guard recent.count >= most else { continue }
                let wait = window - now.timeIntervalSince(recent[recent.count - most])
                throw APIError.tooManyRequests(retryAfter: max(1, Int(wait.rounded(.up))))
            }
        }
    }

    func failed(_ name: String, from address: String?, now: Date = Date()) {
        failures.withLock { failures in
            if failures.count > 10_000 {
                failures = failures.filter {
                    $0.value.last.map { now.timeIntervalSince($0) < window } ?? false
                }
            }
            for (key, most) in keys(name, address ?? "") {
                failures[key] = (failures[key] ?? []).suffix(most) + [now]
            }
        }
    }

    func succeeded(_ name: String, from address: String?) {
        failures.withLock { $0[keys(name, address ?? "")[0].key] = nil }
    }
}
