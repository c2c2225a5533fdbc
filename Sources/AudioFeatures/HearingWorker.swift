import CProcess
import Foundation

/// The worker's side of ``HearingPool``: answers requests on standard input until it ends.
///
/// A message is the length of its JSON and of the bytes after it (two little-endian UInt32), the JSON, the bytes.
public enum HearingWorker {
    struct Answer: Codable {
        var info: AudioInfo?
        var frames: Int?
        var bands: Int?
        var error: String?
    }

    /// - Parameters:
    ///   - seconds: a file that takes longer ends the process (SIGALRM): codecs that hang cannot be stopped otherwise.
    ///   - memory: bytes of memory beyond which allocations fail.
    public static func serve(seconds: Int, memory: Int) throws {
        // Answers go where nothing else that prints can reach.
        let answers = dup(1)
        dup2(2, 1)
        signal(SIGINT, SIG_IGN)
        signal(SIGALRM, SIG_DFL)
        coldwave_limit_memory(UInt64(memory))
        let hearing = try LocalHearing()
        let channel = HearingChannel(input: 0, output: answers)
        while let message = try channel.receive() {
            alarm(UInt32(seconds))
            var answer = Answer()
            var bytes: [UInt8] = []
            do {
                let heard = try hearing.hear(
                    JSONDecoder().decode(HearingRequest.self, from: message.json))
                answer.info = heard.info
                answer.frames = heard.spectrogram?.frames
                answer.bands = heard.spectrogram?.bands
                bytes = heard.spectrogram?.bytes ?? []
            } catch {
                answer.error = String(describing: error)
            }
            alarm(0)
            try channel.send(json: JSONEncoder().encode(answer), bytes: bytes)
        }
    }
}

/// Messages over a pair of descriptors.
struct HearingChannel: Sendable {
    struct Closed: Error {}
    struct TimedOut: Error {}
    /// A message that claims more than this is garbage.
    static let longest = 1 << 30
    let input: Int32
    let output: Int32

    func send(json: Data, bytes: [UInt8] = []) throws {
        var message = Data()
        for count in [json.count, bytes.count] {
            withUnsafeBytes(of: UInt32(count).littleEndian) { message.append(contentsOf: $0) }
        }
        message.append(json)
        message.append(contentsOf: bytes)
        try message.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = coldwave_send(
                    output, buffer.baseAddress.map { $0 + sent }, buffer.count - sent)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw Closed() }
                sent += count
            }
        }
    }

    /// - Parameter seconds: how long to wait; nil for ever.
    /// - Returns: nil when the other side is done.
    func receive(within seconds: Double? = nil) throws -> (json: Data, bytes: [UInt8])? {
        let deadline = seconds.map { Date().addingTimeInterval($0) }
        guard let header = try read(8, deadline) else { return nil }
        let counts = header.withUnsafeBytes { raw in
            [0, 4].map {
                Int(raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self).littleEndian)
            }
        }
        guard counts[0] <= Self.longest, counts[1] <= Self.longest,
            let json = try read(counts[0], deadline), let bytes = try read(counts[1], deadline)
        else { throw Closed() }
        return (Data(json), bytes)
    }

    /// Exactly `count` bytes; nil when there are none at all.
    private func read(_ count: Int, _ deadline: Date?) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            if let deadline {
                let left = max(0, deadline.timeIntervalSinceNow)
                var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
                let ready = poll(&descriptor, 1, Int32(min(left * 1000 + 1, 1e9)))
                if ready < 0 && errno == EINTR { continue }
                if ready == 0 { throw TimedOut() }
            }
            let got = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(input, buffer.baseAddress.map { $0 + done }, count - done)
            }
            if got < 0 && errno == EINTR { continue }
            if got == 0 && done == 0 { return nil }
            guard got > 0 else { throw Closed() }
            done += got
        }
        return bytes
    }
}
