import CProcess
import Foundation

/// A child process and the socket that is its standard input and output.
///
/// Unchecked because nothing changes after `init` but the process itself, and `end` is called once, by whoever holds it.
final class WorkerProcess: @unchecked Sendable {
    struct Ending: Equatable {
        var status: Int32 = 0
        var signal: Int32 = 0
        var text: String {
            signal != 0
                ? "signal \(signal), \(String(cString: strsignal(signal)))" : "status \(status)"
        }
    }

    let process: pid_t
    let channel: HearingChannel

    /// - Throws: ``AudioError/noDecoder(reason:)``.
    init(_ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        guard coldwave_socket_pair(&ends) == 0 else {
            throw AudioError.noDecoder(reason: String(cString: strerror(errno)))
        }
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let failure = coldwave_spawn(&child, &words, ends[1])
        close(ends[1])
        guard failure == 0 else {
            close(ends[0])
            throw AudioError.noDecoder(
                reason: "\(arguments[0]): \(String(cString: strerror(failure)))")
        }
        process = child
        channel = HearingChannel(input: ends[0], output: ends[0])
    }

    /// Ends the process if it still runs, and says how it ended.
    func end() -> Ending {
        close(channel.input)
        // A worker that crashed is gone or about to be; one that waits for a request sees its input end.
        var status: Int32 = 0
        for _ in 0..<100 {
            if waitpid(process, &status, WNOHANG) != 0 { return Self.ending(status) }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return Self.ending(status)
    }

    private static func ending(_ status: Int32) -> Ending {
        let number = status & 0x7f
        return number == 0 ? Ending(status: status >> 8 & 0xff) : Ending(signal: number)
    }
}
