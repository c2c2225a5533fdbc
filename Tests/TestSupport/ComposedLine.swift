import Foundation
import Matrices

/// A stretch of melody by a voice or an instrument, drawn from a seed, so that what sounds is known. The voice is a buzz through the
/// resonances of vowels that it moves between; it slides from note to note, wavers a little, and breathes.
public enum ComposedLine: String, CaseIterable, Sendable {
    case voice, strings, flute, organ, plucked, drums

    /// First three resonances of vowels, Hz (Peterson & Barney 1952, men).
    private static let vowels: [[Double]] = [
        [730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410],
        [300, 870, 2240],
    ]

    /// - Parameters:
    ///   - waver: cents to either side that a singer's pitch, a string's and a flute's waver by; nil for what each is played with.
    public func samples(
        seed: UInt64, rate: Double, seconds: Double = 1.5, waver: ClosedRange<Double>? = nil
    ) -> [Float] {
        var generator = SeededGenerator(seed: seed, stream: 0x501)
        let count = Int(seconds * rate)
        let noteSeconds = generator.uniform(0.3...0.6)
        let low = generator.uniform(self == .flute ? 67...79 : self == .strings ? 55...72 : 48...62)
        let scale = [0.0, 2, 4, 5, 7, 9]
        let length = Int(seconds / 0.3) + 3
        let notes = (0..<length).map { _ in low + scale[generator.integer(below: 6)] }
        let vowels = (0..<length).map { _ in Self.vowels[generator.integer(below: 5)] }
        let tract = generator.uniform(0.95...1.2)
        let (rateOfWaver, depth) = (
            generator.uniform(4.8...6.2),
            generator.uniform(waver ?? (self == .voice ? 20...60 : 8...25))
        )
        let offset = generator.uniform(0...noteSeconds)
        var phase = 0.0
        return (0..<count).map { i in
            let time = Double(i) / rate + offset
            let note = Int(time / noteSeconds)
            let within = time - Double(note) * noteSeconds
            // A voice takes a tenth of a second from one note and vowel to the next.
            let arrived = self == .voice ? min(1, within / 0.12) : 1
            let smooth = 0.5 - 0.5 * cos(.pi * arrived)
            let before = max(0, note - 1)
            let wavers = self == .voice || self == .strings || self == .flute
            let pitch =
                notes[before] + (notes[note] - notes[before]) * smooth
                + (wavers ? depth / 100 * sin(2 * .pi * rateOfWaver * time) : 0)
            let hertz = 440 * exp2((pitch - 69) / 12)
            phase += 2 * .pi * hertz / rate
            let noise = generator.normal()
            var sum = 0.0
            for h in 1...(self == .flute ? 4 : 24) where Double(h) * hertz < 0.48 * rate {
                var heard = 1 / Double(h)
                if self == .voice {
                    let formants = zip(vowels[before], vowels[note]).map {
                        ($0 + ($1 - $0) * smooth) * tract
                    }
                    heard *= zip(formants, [60.0, 90, 140]).reduce(0.02) {
                        $0 + 1 / (1 + pow((Double(h) * hertz - $1.0) / $1.1, 2))
                    }
                } else if self == .flute || self == .organ {
                    heard /= Double(h)
                } else if self == .plucked {
                    heard *= exp(-within * (2 + 2 * Double(h)))
                }
                sum += heard * sin(Double(h) * phase)
            }
            let ends = min(1, min(within, noteSeconds - within) / 0.03)
            switch self {
            case .voice: return Float(0.3 * (0.3 + 0.7 * ends) * (sum + 0.01 * noise))
            case .strings, .flute: return Float(0.2 * (0.3 + 0.7 * ends) * (sum + 0.02 * noise))
            case .organ, .plucked: return Float(0.2 * sum + 0.001 * noise)
            case .drums:
                return Float(
                    0.3 * exp(-12 * within) * noise + 0.3 * exp(-20 * within)
                        * sin(2 * .pi * 70 * within))
            }
        }
    }
}
