import Foundation

/// How strongly each note of six octaves sounds in a stretch of music: a constant-Q transform at one place (Brown, JASA 1991).
///
/// Each note is heard through a Hann window of 34 of its periods: its neighbours a semitone off then lie on the window's zeros. Low notes need more time:
/// C2 hears 0.52 s, A4 0.08 s.
public struct NoteSpectrum: Sendable {
    /// MIDI number of the lowest note, C2, and how many follow it, up to B7.
    public static let lowest = 36
    public static let notes = 72
    /// Hz that keep B7 and no more than is needed; what ``Chord`` and ``Vibrato`` are meant for.
    public static let sampleRate = 11025
    private static let periods = 34.0

    /// Per note window · cos and window · sin.
    private let kernels: [(real: [Float], imaginary: [Float])]

    public init(sampleRate: Int = NoteSpectrum.sampleRate) {
        kernels = (0..<Self.notes).map { note in
            let frequency = 440 * exp2(Double(Self.lowest + note - 69) / 12)
            let count = Int(Self.periods * Double(sampleRate) / frequency)
            let step = 2 * Double.pi * frequency / Double(sampleRate)
            // The sum of a Hann window is half its length: a sine of amplitude 1 gives 1.
            let scale = 4 / Double(count)
            let window = (0..<count).map { i -> Double in
                let angle = 2 * Double.pi * (Double(i) + 0.5) / Double(count)
                return scale * (0.5 - 0.5 * cos(angle))
            }
            let real = window.enumerated().map { i, w -> Float in Float(w * cos(step * Double(i))) }
            let imaginary = window.enumerated().map { i, w -> Float in
                Float(w * sin(step * Double(i)))
            }
            return (real, imaginary)
        }
    }

    /// Amplitudes, `[notes]`, around one sample; what lies outside is silent.
    public func amplitudes(_ samples: [Float], around centre: Int) -> [Float] {
        kernels.map { kernel in
            let start = centre - kernel.real.count / 2
            let inside =
                max(0, start)..<max(max(0, start), min(samples.count, start + kernel.real.count))
            var (real, imaginary): (Float, Float) = (0, 0)
            for i in inside {
                real += samples[i] * kernel.real[i - start]
                imaginary += samples[i] * kernel.imaginary[i - start]
            }
            return (real * real + imaginary * imaginary).squareRoot()
        }
    }
}

/// A major or minor triad.
public struct Chord: Hashable, Sendable {
    /// Pitch class of the root, 0 (C) … 11 (B).
    public let root: Int
    public let isMinor: Bool

    public init(root: Int, isMinor: Bool) {
        self.root = root
        self.isMinor = isMinor
    }

    public static let pitchClasses = [
        "C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B",
    ]

    /// "C major".
    public var name: String { Self.pitchClasses[root] + (isMinor ? " minor" : " major") }

    /// The triad that sounds: its three notes are there, in any octave, and no other note is as loud as the faintest of them.
    ///
    /// A single rich tone holds a major triad in its harmonics 4, 5 and 6. What may be the third, fifth, sixth or seventh harmonic of a
    /// louder note below is therefore not taken for a note.
    /// - Parameter amplitudes: of ``NoteSpectrum``.
    /// - Returns: nil where no triad is clear: one or two notes, four different ones, noise, silence.
    public init?(_ amplitudes: [Float]) {
        let loudest = amplitudes.max() ?? 0
        guard loudest > Self.silence else { return nil }
        var classes = [Float](repeating: 0, count: 12)
        for (note, amplitude) in amplitudes.enumerated() {
            let below = note > 0 ? amplitudes[note - 1] : 0
            let above = note + 1 < amplitudes.count ? amplitudes[note + 1] : 0
            guard amplitude >= Self.audible * loudest, amplitude >= below, amplitude > above,
                !Self.isHarmonic(note, amplitudes)
            else { continue }
            let pitch = (NoteSpectrum.lowest + note) % 12
            classes[pitch] = max(classes[pitch], amplitude)
        }
        for root in 0..<12 {
            for isMinor in [false, true] {
                let members = [root, (root + (isMinor ? 3 : 4)) % 12, (root + 7) % 12]
                let faintest = members.map { classes[$0] }.min() ?? 0
                let other =
                    classes.indices.filter { !members.contains($0) }.map { classes[$0] }.max() ?? 0
                if faintest > 0, other < Self.clear * faintest {
                    self.init(root: root, isMinor: isMinor)
                    return
                }
            }
        }
        return nil
    }

    /// −80 dB of full scale.
    private static let silence: Float = 1e-4
    private static let audible: Float = 0.15
    private static let clear: Float = 0.7
    /// Semitones above the fundamental of the harmonics that belong to other pitch classes.
    private static let harmonics: [(number: Int, semitones: Int)] = [
        (3, 19), (5, 28), (6, 31), (7, 34), (9, 38),
    ]

    private static func isHarmonic(_ note: Int, _ amplitudes: [Float]) -> Bool {
        harmonics.contains { harmonic in
            let fundamental = note - harmonic.semitones
            // A saw's harmonics fall as 1 / n; half as much again leaves room for brighter sounds.
            return fundamental >= 0
                && amplitudes[note] <= 1.5 * amplitudes[fundamental] / Float(harmonic.number)
        }
    }
}
