import Foundation
import Synchronization

/// Hears files in worker processes, so that a codec that crashes, hangs or eats all memory costs one file and not the scan.
///
/// A worker runs ``HearingWorker/serve(seconds:memory:)`` with a socket as standard input and output. Workers are started when
/// they are needed and kept for the next file; one that failed is replaced.
public final class HearingPool: Hearing {
    public struct Limits: Equatable, Sendable {
        /// Seconds a file may take.
        public var seconds = 120
        /// Bytes a worker may allocate.
        public var memory = 2 << 30
        /// Seconds after which a worker that did not end itself in time is ended.
        var grace = 10.0
        public init() {}
    }

    let executable: String
    let arguments: [String]
    let limits: Limits
    private let idle = Mutex<[WorkerProcess]>([])

    /// - Parameters:
    ///   - executable: a program that serves; given `arguments`, the seconds and the bytes of memory.
    public init(executable: String, arguments: [String], limits: Limits = Limits()) {
        self.executable = executable
        self.arguments = arguments
        self.limits = limits
    }

    deinit {
        idle.withLock { workers in
            for worker in workers { _ = worker.end() }
        }
    }

    public func hear(_ request: HearingRequest) throws -> HeardSong {
        let worker: WorkerProcess
        if let free = idle.withLock({ $0.popLast() }) {
            worker = free
        } else {
            worker = try WorkerProcess(
                [executable] + arguments + [String(limits.seconds), String(limits.memory)])
        }
        do {
            try worker.channel.send(json: JSONEncoder().encode(request))
            // The worker ends itself in time; the rest is for one that cannot.
            guard
                let message = try worker.channel.receive(
                    within: Double(limits.seconds) + limits.grace),
                let answer = try? JSONDecoder().decode(
                    HearingWorker.Answer.self, from: message.json)
            else { throw HearingChannel.Closed() }
            idle.withLock { $0.append(worker) }
            return try Self.song(answer, message.bytes)
        } catch is HearingChannel.TimedOut {
            _ = worker.end()
            throw AudioError.decoderHung(seconds: limits.seconds)
        } catch is HearingChannel.Closed {
            let ending = worker.end()
            if ending.signal == SIGALRM { throw AudioError.decoderHung(seconds: limits.seconds) }
            throw AudioError.decoderCrashed(ending: ending.text)
        }
    }

    private static func song(_ answer: HearingWorker.Answer, _ bytes: [UInt8]) throws -> HeardSong {
        if let error = answer.error { throw AudioError.reported(reason: error) }
        guard let info = answer.info else { throw AudioError.decoderCrashed(ending: "no answer") }
        guard let frames = answer.frames, let bands = answer.bands else {
            return HeardSong(info: info, spectrogram: nil)
        }
        guard let spectrogram = QuantizedSpectrogram(frames: frames, bands: bands, bytes: bytes)
        else { throw AudioError.decoderCrashed(ending: "a broken answer") }
        return HeardSong(info: info, spectrogram: spectrogram)
    }
}
