import Foundation

/// Thirty numbers that tell a voice from instruments in a second or two of music: how the cepstrum moves, whether harmonics glide, what the
/// pitch does and where resonances sit. `scripts/voice_likeness.py` is the same in NumPy, and what the rule was learnt with.
struct VoiceFeatures: Sendable {
    static let sampleRate = NoteSpectrum.sampleRate
    /// Samples of a frame and from one to the next, 93 and 23 ms; the transform's size makes bins of 5.4 Hz.
    static let window = 1024
    static let hop = 256
    static let size = 2048
    static let fewestFrames = 21

    let fourier = Fourier(size: size)
    let hann = (0..<window).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(window)) }
    let cepstrum = VoiceCepstrum()
    let glides = VoiceGlides()
    let pitch: VoicePitch
    let resonances = VoiceResonances()

    init() {
        pitch = VoicePitch(hann: hann)
    }

    /// Hz of a bin.
    static func frequency(_ bin: Int) -> Double {
        Double(bin) * Double(sampleRate) / Double(size)
    }

    /// The first bin at or above so many Hz.
    static func bin(_ frequency: Double) -> Int {
        Int((frequency * Double(size) / Double(sampleRate)).rounded(.up))
    }

    /// - Parameter samples: mono at ``sampleRate``.
    /// - Returns: by name, with a few more of the same kinds than the rule was found to need; nil for silence and for less than 0.56 s.
    func measure(_ samples: [Float]) -> [String: Double]? {
        guard samples.count >= Self.window + (Self.fewestFrames - 1) * Self.hop else { return nil }
        let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
        let power = samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let level = (power / Double(samples.count)).squareRoot()
        guard level >= 1e-4 else { return nil }
        let count = 1 + (samples.count - Self.window) / Self.hop
        let frames = VoiceFrames(
            (0..<count).map { frame in
                let values = (0..<Self.window).map {
                    (Double(samples[frame * Self.hop + $0]) - mean) / level * hann[$0]
                }
                return fourier.power(values).map { $0 + 1e-9 }
            })
        var found = cepstrum.measure(frames)
        found.merge(glides.measure(frames)) { a, _ in a }
        found.merge(frames.bands()) { a, _ in a }
        found.merge(pitch.measure(frames, fourier)) { a, _ in a }
        found.merge(resonances.measure(frames, fourier)) { a, _ in a }
        return found
    }
}

/// Power spectra of a stretch's frames, and which of them count.
struct VoiceFrames {
    /// `[frames][bins]`
    let power: [[Double]]
    /// Within 25 dB of the loudest frame.
    let isLoud: [Bool]
    /// Both a frame and the one before are loud; one less than frames.
    let areBothLoud: [Bool]
    let peak: Double

    init(_ power: [[Double]]) {
        self.power = power
        let total = power.map { $0.reduce(0, +) }
        let least = 0.003 * (total.max() ?? 0)
        let loud = total.map { $0 > least }
        isLoud = loud
        areBothLoud = zip(loud, loud.dropFirst()).map { $0 && $1 }
        peak = power.reduce(0) { max($0, $1.max() ?? 0) }
    }

    func mean(_ values: [Double]) -> Double {
        let loud = zip(values, isLoud).filter(\.1).map(\.0)
        return loud.reduce(0, +) / Double(loud.count)
    }

    func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        return mean(values.map { ($0 - middle) * ($0 - middle) }).squareRoot()
    }

    /// Of what is from one frame to the next.
    func meanStep(_ values: [Double]) -> Double {
        let loud = zip(values, areBothLoud).filter(\.1).map(\.0)
        return loud.isEmpty ? 0 : loud.reduce(0, +) / Double(loud.count)
    }

    /// Flatness of 400–900 and 1,800–3,500 Hz, and how the level of the second moves.
    func bands() -> [String: Double] {
        let edges = [100.0, 400, 900, 1800, 3500, 5500].map(VoiceFeatures.bin)
        func flatness(_ band: Int) -> Double {
            mean(
                power.map { frame in
                    let values = frame[edges[band]..<edges[band + 1]].map { $0 + 1e-6 * peak }
                    let count = Double(values.count)
                    return values.reduce(0) { $0 + log($1) } / count
                        - log(values.reduce(0, +) / count)
                })
        }
        let levels = power.map { frame in
            (0..<5).map { frame[edges[$0]..<edges[$0 + 1]].reduce(0, +) }
        }
        let least = 1e-5 * (levels.compactMap { $0.max() }.max() ?? 0)
        return [
            "flat1": flatness(1), "flat3": flatness(3),
            "levdev3": log(deviation(levels.map { log(max($0[3], least)) }) + 0.02),
        ]
    }
}
