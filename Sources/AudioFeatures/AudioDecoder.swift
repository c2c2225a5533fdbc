import Foundation

/// Decodes any format FFmpeg knows, mixes to mono and resamples, as `ffmpeg -ac 1 -ar RATE` does.
public struct AudioDecoder: Sendable {
    public let sampleRate: Int
    public let excerpt: Excerpt
    /// Compressed bytes that the content hash covers; whole songs, and the start of very long mixes.
    static let hashedBytes = 64 << 20
    /// Songs with less sound than this in the excerpt are looked through for a better one.
    static let enoughSound = 0.9
    /// Seconds of a song that are looked through.
    static let searched = 3600.0

    public init(sampleRate: Int = 22050, excerpt: Excerpt = .standard) {
        self.sampleRate = sampleRate
        self.excerpt = excerpt
        AudioStream.silenceLibrary()
    }

    /// The version of the FFmpeg that is linked in.
    public static var libraryVersion: String { AudioStream.libraryVersion }

    /// Tags and content hash, without decoding.
    public func inspect(path: String) throws -> AudioInfo {
        let stream = try open(path)
        var info = stream.info
        let heard = try stream.read(nil, sampleRate: sampleRate, hashing: Self.hashedBytes)
        info.contentHash = heard.hash
        info.warnings = heard.warnings
        return info
    }

    /// - Throws: ``AudioError``; damage that leaves something to hear is a warning instead.
    public func decode(path: String) throws -> DecodedAudio {
        let stream = try open(path)
        var info = stream.info
        let duration = stream.durationSeconds
        var spans = excerpt.spans(duration: duration)
        var heard = try stream.read(spans[0], sampleRate: sampleRate, hashing: Self.hashedBytes)
        if heard.samples.count < sampleRate / 10, spans[0].start > 0 {
            // The header promised more than there is: hear the start instead.
            spans = [Span(start: 0, seconds: spans[0].seconds)]
            heard.samples = try open(path).read(spans[0], sampleRate: sampleRate).samples
            heard.warnings.append("shorter than its header says")
        }
        for span in spans.dropFirst() {
            heard.samples += try open(path).read(span, sampleRate: sampleRate).samples
        }
        let found = Double(heard.samples.count) / Double(sampleRate)
        guard found >= 0.1 else {
            if let reason = heard.warnings.first { throw AudioError.undecodable(reason: reason) }
            throw AudioError.tooShort(seconds: (found * 1000).rounded() / 1000)
        }
        let wanted = spans.reduce(0) { $0 + $1.seconds }
        let expected = min(wanted, (duration ?? found) - spans[0].start)
        if found < expected - 1, heard.warnings.isEmpty {
            heard.warnings.append(
                String(format: "truncated: %.1f s where %.1f s were expected", found, expected))
        }
        var start = spans[0].start
        if spans.count == 1, excerpt != .everything {
            try avoidSilence(&heard.samples, &start, path: path, duration: duration ?? found)
        }
        info.excerptStartSeconds = start
        info.durationSeconds = duration ?? found
        info.audibleShare = Audibility(heard.samples, sampleRate: sampleRate).share
        info.contentHash = heard.hash
        info.warnings = heard.warnings
        return DecodedAudio(samples: heard.samples, sampleRate: sampleRate, info: info)
    }

    /// A stretch of a file as it is, mono; shorter where the file ends before.
    /// - Parameters:
    ///   - start: seconds into the file.
    ///   - seconds: its length.
    /// - Throws: ``AudioError``.
    public func stretch(path: String, from start: Double, seconds: Double) throws -> [Float] {
        try open(path).read(Span(start: max(0, start), seconds: seconds), sampleRate: sampleRate)
            .samples
    }

    /// Silence at a song's ends is cut off; an excerpt with much silence in it (a song before a hidden track, a long fade) is
    /// moved to where there is more to hear.
    private func avoidSilence(
        _ samples: inout [Float], _ start: inout Double, path: String, duration: Double
    ) throws {
        let audibility = Audibility(samples, sampleRate: sampleRate)
        guard audibility.share < 1 else { return }
        let block = Int(Double(sampleRate) * Audibility.blockSeconds)
        if case .middle(let seconds) = excerpt, duration > seconds + 1 {
            guard audibility.share < Self.enoughSound else { return }
            // Levels need no high frequencies: an hour at 8 kHz takes 115 MB.
            let rate = 8000
            let whole = try open(path).read(
                Span(start: 0, seconds: Self.searched), sampleRate: rate)
            let length = Int((seconds / Audibility.blockSeconds).rounded())
            guard
                let best = Audibility(whole.samples, sampleRate: rate).best(length: length),
                best.share > audibility.share
            else { return }
            let span = Span(
                start: Double(best.start) * Audibility.blockSeconds, seconds: seconds)
            let again = try open(path).read(span, sampleRate: sampleRate).samples
            guard again.count >= sampleRate / 10 else { return }
            samples = again
            start = span.start
        } else if let extent = audibility.extent,
            Double(extent.count) * Audibility.blockSeconds >= 3
        {
            samples = Array(
                samples[extent.lowerBound * block..<min(samples.count, extent.upperBound * block)])
            start += Double(extent.lowerBound) * Audibility.blockSeconds
        }
    }

    private func open(_ path: String) throws -> AudioStream {
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
        return try AudioStream(path: path)
    }
}

extension AudioStream {
    /// What one reading of a file gave.
    struct Heard {
        var samples: [Float] = []
        var hash = ""
        var warnings: [String] = []
    }
}
