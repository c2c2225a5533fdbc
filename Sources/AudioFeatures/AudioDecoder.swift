import CFFmpeg
import Foundation

/// Which part of a song is heard.
public enum Excerpt: Codable, Equatable, Sendable {
    /// So many seconds from the middle (the paper's choice: 30).
    case middle(seconds: Double)
    case whole
}

/// What was heard in one file.
public struct DecodedAudio: Sendable {
    /// Mono, −1…1 (loud files may pass it).
    public var samples: [Float]
    public let sampleRate: Int
    /// Where in the song the samples start.
    public let excerptStartSeconds: Double
    public let durationSeconds: Double
    public let tags: AudioTags
    public let codec: String
    public let channels: Int
    public let sourceSampleRate: Int
    /// 128 bits over the compressed audio, as hex: renaming and re-tagging leave it as it is.
    public let contentHash: String
    /// What is damaged, in words.
    public let warnings: [String]
}

/// Decodes any format FFmpeg knows, mixes to mono and resamples, as `ffmpeg -ac 1 -ar RATE` does.
public struct AudioDecoder: Sendable {
    public let sampleRate: Int
    public let excerpt: Excerpt
    /// Compressed bytes that the content hash covers; whole songs, and the start of very long mixes.
    static let hashedBytes = 64 << 20

    public init(sampleRate: Int = 22050, excerpt: Excerpt = .middle(seconds: 30)) {
        self.sampleRate = sampleRate
        self.excerpt = excerpt
        coldwave_quiet()
    }

    /// The version of the FFmpeg that is linked in.
    public static var libraryVersion: String { String(cString: av_version_info()) }

    /// - Throws: ``AudioError``; damage that leaves something to hear is a warning instead.
    public func decode(path: String) throws -> DecodedAudio {
        // FFmpeg would wait for ever on a FIFO, and take "http:" for an address.
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw AudioError.cannotOpen(reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw AudioError.notAFile }
        guard status.st_size > 0 else { throw AudioError.empty }
        guard access(path, R_OK) == 0 else {
            throw AudioError.cannotOpen(reason: String(cString: strerror(errno)))
        }
        let stream = try AudioStream(path: path)
        let duration = stream.durationSeconds
        var wanted = Span.everything
        if case .middle(let seconds) = excerpt, let duration, duration > seconds {
            wanted = Span(start: (duration - seconds) / 2, seconds: seconds)
        } else if case .middle(let seconds) = excerpt, duration == nil {
            wanted = Span(start: 0, seconds: seconds)
        }
        var heard = try stream.read(wanted, sampleRate: sampleRate, hashing: Self.hashedBytes)
        if heard.samples.count < sampleRate / 10, wanted.start > 0 {
            // The header promised more than there is: hear the start instead.
            let again = try AudioStream(path: path)
            heard = try again.read(
                Span(start: 0, seconds: wanted.seconds), sampleRate: sampleRate,
                hashing: Self.hashedBytes)
            heard.warnings.append("shorter than its header says")
            wanted.start = 0
        }
        let found = Double(heard.samples.count) / Double(sampleRate)
        guard found >= 0.1 else {
            if let reason = heard.warnings.first { throw AudioError.undecodable(reason: reason) }
            throw AudioError.tooShort(seconds: (found * 1000).rounded() / 1000)
        }
        let expected = min(wanted.seconds, (duration ?? found) - wanted.start)
        if found < expected - 1, heard.warnings.isEmpty {
            heard.warnings.append(
                String(format: "truncated: %.1f s where %.1f s were expected", found, expected))
        }
        return DecodedAudio(
            samples: heard.samples, sampleRate: sampleRate, excerptStartSeconds: wanted.start,
            durationSeconds: duration ?? found, tags: stream.tags, codec: stream.codecName,
            channels: stream.channels, sourceSampleRate: stream.sourceSampleRate,
            contentHash: heard.hash,
            warnings: heard.warnings)
    }
}

/// A stretch of a song, in seconds.
struct Span: Sendable {
    var start: Double
    var seconds: Double
    static let everything = Span(start: 0, seconds: .infinity)
}
