import Foundation
import Library
import Synchronization

/// Shows stages' progress on standard error: a bar on a terminal, a plain line now and then elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var stage = ""
        var started = Date()
        var startedAt = 0
        var done = 0
        var lastShown = Date.distantPast
        var lastLine = ""
        var isOpen = false
    }

    private let isQuiet: Bool
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isTerminal = Terminal.isInteractive
    }

    func update(_ progress: StageProgress) {
        guard !isQuiet else { return }
        state.withLock { state in
            let now = Date()
            if state.stage != progress.stage || progress.done < state.done {
                close(&state)
                state = State(stage: progress.stage, started: now, startedAt: progress.done)
            }
            state.done = progress.done
            let isLast = progress.done == progress.total
            // Ten times a second on a terminal; elsewhere every five seconds.
            guard isLast || now.timeIntervalSince(state.lastShown) >= (isTerminal ? 0.1 : 5) else {
                return
            }
            let elapsed = now.timeIntervalSince(state.started)
            let line = Self.line(progress, since: state.startedAt, elapsed: elapsed)
            state.lastShown = now
            state.lastLine = line
            if isTerminal {
                FileHandle.standardError.write(Data("\r\u{1B}[2K\(line)".utf8))
                state.isOpen = true
                if isLast { close(&state) }
            } else if isLast || elapsed >= 5 {
                Terminal.say(line)
            }
        }
    }

    func finish() { state.withLock { close(&$0) } }

    private func close(_ state: inout State) {
        if state.isOpen { FileHandle.standardError.write(Data("\n".utf8)) }
        state.isOpen = false
    }

    /// "scan       [#####-----]  120/240 files  31.2/s  0:04 left  detail"
    static func line(_ progress: StageProgress, since first: Int, elapsed: Double) -> String {
        let rate = elapsed > 0.05 ? Double(progress.done - first) / elapsed : 0
        var parts = [progress.stage.padding(toLength: 10, withPad: " ", startingAt: 0)]
        if let total = progress.total {
            let filled = total > 0 ? min(20, 20 * progress.done / total) : 20
            parts.append(
                "[" + String(repeating: "#", count: filled)
                    + String(repeating: "-", count: 20 - filled) + "]")
            parts.append("\(progress.done)/\(total) \(progress.unit)")
        } else {
            parts.append("\(progress.done) \(progress.unit)")
        }
        if rate > 0 {
            parts.append(rate < 10 ? String(format: "%.1f/s", rate) : "\(Int(rate))/s")
            if let total = progress.total, progress.done < total {
                parts.append(duration(Double(total - progress.done) / rate) + " left")
            }
        }
        if !progress.detail.isEmpty { parts.append(progress.detail) }
        return parts.joined(separator: "  ")
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 3600
            ? String(format: "%d:%02d", whole / 60, whole % 60)
            : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}
