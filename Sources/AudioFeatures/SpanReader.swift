import CFFmpeg

/// Collects resampled samples and keeps those of one span.
struct SpanReader {
    let span: Span
    let sampleRate: Int
    private var samples: [Float] = []
    /// Samples before the span that still have to be dropped.
    private var skip = 0
    private(set) var hasStarted = false
    private var layout: (rate: Int32, format: Int32, channels: Int32) = (0, 0, 0)

    init(span: Span, sampleRate: Int) {
        self.span = span
        self.sampleRate = sampleRate
    }

    private var wanted: Int {
        span.seconds.isFinite ? Int((span.seconds * Double(sampleRate)).rounded()) : .max
    }

    var isComplete: Bool { hasStarted && samples.count - min(skip, samples.count) >= wanted }

    /// The first decoded sample lies at `time` seconds. Songs heard from their start are heard from their first sample, as by
    /// ffmpeg: some Vorbis files number it below zero.
    mutating func begin(at time: Double) {
        hasStarted = true
        skip =
            span.start > 0
            ? max(0, Int(((span.start - time) * Double(sampleRate)).rounded())) : 0
    }

    /// Whether a frame has the layout that the resampler was made for; broken streams change it midway.
    func fits(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
        layout == (
            frame.pointee.sample_rate, frame.pointee.format, frame.pointee.ch_layout.nb_channels
        )
    }

    mutating func remember(_ frame: UnsafeMutablePointer<AVFrame>) {
        layout = (
            frame.pointee.sample_rate, frame.pointee.format, frame.pointee.ch_layout.nb_channels
        )
    }

    /// Appends what `fill` writes into a buffer of `capacity` samples; it gives their number, negative for an error.
    mutating func append(capacity: Int, _ fill: (UnsafeMutablePointer<Float>, Int) -> Int32) {
        let new = [Float](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = buffer.baseAddress.map { max(0, Int(fill($0, capacity))) } ?? 0
        }
        samples.append(contentsOf: new)
        // What lies before the span is let go at once.
        if skip > 0 {
            let dropped = min(skip, samples.count)
            samples.removeFirst(dropped)
            skip -= dropped
        }
    }

    func result() -> [Float] {
        // A codec's NaN or infinity would spoil everything that follows.
        samples.prefix(wanted).map { $0.isFinite ? $0 : 0 }
    }
}

/// 128 bits over packets' bytes: two multiply-and-mix chains. Tells recordings apart; not meant to withstand an attacker.
struct PacketHash {
    private(set) var bytes = 0
    private var a: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var b: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    mutating func add(_ data: UnsafeBufferPointer<UInt8>) {
        bytes += data.count
        let raw = UnsafeRawBufferPointer(data)
        var offset = 0
        while offset + 8 <= raw.count {
            mix(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
            offset += 8
        }
        var rest = UInt64(raw.count)
        while offset < raw.count {
            rest = rest << 8 | UInt64(raw[offset])
            offset += 1
        }
        mix(rest)
    }

    private mutating func mix(_ word: UInt64) {
        a = (a ^ word) &* 0x9FB2_1C65_1E98_DF25
        a ^= a >> 29
        b = (b &+ word) &* 0xD6E8_FEB8_6659_FD93
        b ^= b >> 32
    }

    func hex(codec: String) -> String {
        var end = self
        for byte in codec.utf8 { end.mix(UInt64(byte)) }
        end.mix(UInt64(bytes))
        func text(_ word: UInt64) -> String {
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return text(end.a) + text(end.b)
    }
}
