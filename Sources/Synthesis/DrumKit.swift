import Foundation
import Matrices

/// Plays drum strokes into a buffer.
struct DrumKit {
    let sampleRate: Double
    let isElectronic: Bool

    func play(
        _ stroke: Stroke, level: Double, into buffer: inout [Float],
        _ generator: inout SeededGenerator
    ) {
        let start = Int(stroke.start * sampleRate)
        let gain = level * stroke.velocity
        switch stroke.drum {
        case .kick:
            tone(
                isElectronic ? 48 : 58, drop: isElectronic ? 160 : 90,
                decay: isElectronic ? 0.16 : 0.1, start, gain, &buffer)
        case .tom: tone(110, drop: 60, decay: 0.14, start, gain * 0.6, &buffer)
        case .snare:
            tone(185, drop: 40, decay: 0.06, start, gain * 0.35, &buffer)
            noise(decay: 0.09, highPass: 0.35, start, gain * 0.4, &buffer, &generator)
        case .clap:
            for delay in [0, 0.011, 0.023] {
                noise(
                    decay: 0.05, highPass: 0.5, start + Int(delay * sampleRate), gain * 0.28,
                    &buffer, &generator)
            }
        case .hat: noise(decay: 0.025, highPass: 0.95, start, gain * 0.3, &buffer, &generator)
        case .openHat: noise(decay: 0.11, highPass: 0.95, start, gain * 0.26, &buffer, &generator)
        case .ride: noise(decay: 0.28, highPass: 0.97, start, gain * 0.16, &buffer, &generator)
        case .shaker: noise(decay: 0.045, highPass: 0.9, start, gain * 0.22, &buffer, &generator)
        case .rim: tone(820, drop: 300, decay: 0.018, start, gain * 0.5, &buffer)
        }
    }

    /// A sine whose pitch falls to `hertz`.
    private func tone(
        _ hertz: Double, drop: Double, decay: Double, _ start: Int, _ gain: Double,
        _ buffer: inout [Float]
    ) {
        let count = min(buffer.count - start, Int(decay * 6 * sampleRate))
        guard start >= 0, count > 0 else { return }
        var phase = 0.0
        for i in 0..<count {
            let time = Double(i) / sampleRate
            phase += 2 * .pi * (hertz + drop * exp(-time / 0.03)) / sampleRate
            buffer[start + i] += Float(sin(phase) * exp(-time / decay) * gain)
        }
    }

    /// Noise through a high-pass (0: all of it, near 1: only the top).
    private func noise(
        decay: Double, highPass: Double, _ start: Int, _ gain: Double, _ buffer: inout [Float],
        _ generator: inout SeededGenerator
    ) {
        let count = min(buffer.count - start, Int(decay * 6 * sampleRate))
        guard start >= 0, count > 0 else { return }
        let fade = Float(exp(-1 / (decay * sampleRate)))
        var (envelope, previous) = (Float(gain), Float(0))
        for i in 0..<count {
            let value = Float(generator.uniform(-1...1))
            buffer[start + i] += (value - Float(highPass) * previous) * envelope
            previous = value
            envelope *= fade
        }
    }
}
