import Foundation
import Hummingbird
import Synchronization

/// Programs of this machine.
enum Programs {
    /// The first of that name in the search path; nil for none.
    static func find(_ name: String) -> URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}

/// A child process whose output is read in parts. It ends with this value, whatever it was doing.
final class ChildProgram: Sendable {
    private let process: Mutex<Process>
    private let output: FileHandle
    private let finished = Atomic<Bool>(false)
    private let onEnd: @Sendable () -> Void

    /// - Parameter onEnd: called once, when nobody needs the process any more.
    init(_ program: URL, _ arguments: [String], onEnd: @escaping @Sendable () -> Void = {}) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        // Nothing of ours: neither secrets in the environment nor what somebody types.
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        output = pipe.fileHandleForReading
        self.onEnd = onEnd
        do { try process.run() } catch {
            onEnd()
            throw APIError.unavailable("\(program.lastPathComponent) cannot be started")
        }
        self.process = Mutex(process)
    }

    deinit { stop() }

    /// The next part; empty at the end.
    func read(count: Int) throws -> ByteBuffer {
        ByteBuffer(bytes: try output.read(upToCount: count) ?? Data())
    }

    func stop() {
        guard !finished.exchange(true, ordering: .relaxed) else { return }
        process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } }
        onEnd()
    }
}

/// So many transcodings at once, and no more.
final class TranscodingSlots: Sendable {
    private let used = Atomic<Int>(0)
    private let most: Int

    init(most: Int) { self.most = most }

    /// - Throws: ``APIError/unavailable(_:next:)``.
    func take() throws {
        guard used.wrappingAdd(1, ordering: .relaxed).oldValue < most else {
            give()
            throw APIError.unavailable(
                "\(most) songs are being transcoded already", next: "ask for the file itself")
        }
    }
    func give() { used.wrappingSubtract(1, ordering: .relaxed) }
}
