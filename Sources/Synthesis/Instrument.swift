import Foundation
import Matrices

/// Plays single notes into a buffer.
struct Instrument {
    let timbre: Timbre
    let sampleRate: Double
    /// −1 (dark) … 1 (bright): opens or closes filters.
    let brightness: Double

    /// Adds a note to `buffer`.
    func play(
        _ note: Note, level: Double, into buffer: inout [Float], _ generator: inout SeededGenerator
    ) {
        let first = Int(note.start * sampleRate)
        let held = note.duration * sampleRate
        let count = min(buffer.count - first, Int(held + timbre.release * 3 * sampleRate))
        guard first >= 0, count > 0 else { return }
        let frequency = 440 * exp2((note.pitch - 69) / 12)
        guard frequency < sampleRate * 0.4 else { return }
        var samples = [Float](repeating: 0, count: count)
        samples.withUnsafeMutableBufferPointer { out in
            switch timbre.source {
            case .additive(let partials): additive(partials, frequency, out)
            case .saw(let voices, let detune, let cutoff, let sweep):
                saw(voices, detune, cutoff, sweep, frequency, out, &generator)
            case .square(let duty): square(duty, frequency, out)
            case .pluck(let brightness): pluck(brightness, frequency, out, &generator)
            case .fm(let ratio, let index, let decay): fm(ratio, index, decay, frequency, out)
            case .formant(let vowel): formant(vowel, frequency, out, &generator)
            }
        }
        let gain = Float(level * note.velocity)
        let drive = Float(timbre.drive)
        var envelope: Float = 0
        let rise = Float(1 / max(1, timbre.attack * sampleRate))
        let fall = Float(exp(-1 / max(1, timbre.release * sampleRate)))
        for i in 0..<count {
            envelope = Double(i) < held ? min(1, envelope + rise) : envelope * fall
            var value = samples[i] * envelope
            if drive > 0 { value = tanh(value * drive) * 0.7 }
            buffer[first + i] += value * gain
        }
    }

    /// Seconds-wise slow waver of the pitch, as a factor; starts after a moment, as players do.
    private func vibrato(_ i: Int) -> Double {
        guard timbre.vibrato > 0 else { return 1 }
        let time = Double(i) / sampleRate
        return 1 + timbre.vibrato * 0.0578 * min(1, time * 3) * sin(2 * .pi * 5.5 * time)
    }

    private func additive(
        _ partials: [(ratio: Double, amplitude: Double, decay: Double)], _ frequency: Double,
        _ out: UnsafeMutableBufferPointer<Float>
    ) {
        let tilt = 1 + 0.35 * brightness
        for partial in partials where frequency * partial.ratio < sampleRate * 0.45 {
            let amplitude = partial.amplitude * pow(tilt, partial.ratio - 1).clamped(0.2, 3) * 0.5
            // High notes ring shorter.
            let decay =
                partial.decay > 0
                ? exp(-1 / (partial.decay * (220 / frequency).squareRoot() * 2 * sampleRate)) : 1
            // A rotating phasor: two multiplications a sample instead of a sine.
            let step = 2 * Double.pi * frequency * partial.ratio / sampleRate
            var (re, im) = (1.0, 0.0)
            var (c, s) = (cos(step) * decay, sin(step) * decay)
            for i in out.indices {
                if timbre.vibrato > 0, i % 64 == 0 {
                    let bent = step * vibrato(i)
                    (c, s) = (cos(bent) * decay, sin(bent) * decay)
                }
                out[i] += Float(im * amplitude)
                (re, im) = (re * c - im * s, re * s + im * c)
            }
        }
    }

    private func saw(
        _ voices: Int, _ detune: Double, _ cutoff: Double, _ sweep: Double, _ frequency: Double,
        _ out: UnsafeMutableBufferPointer<Float>, _ generator: inout SeededGenerator
    ) {
        var phases = (0..<voices).map { _ in generator.uniform() }
        let steps = (0..<voices).map { voice in
            frequency * exp2(detune * (Double(voice) - Double(voices - 1) / 2) / 12) / sampleRate
        }
        var (low, band) = (0.0, 0.0)
        let open = exp2(0.6 * brightness)
        for i in out.indices {
            let bend = vibrato(i)
            var sum = 0.0
            for v in 0..<voices {
                let step = steps[v] * bend
                phases[v] += step
                if phases[v] >= 1 { phases[v] -= 1 }
                // A naive saw less its aliases' worst part (polyBLEP).
                var value = 2 * phases[v] - 1
                if phases[v] < step {
                    let t = phases[v] / step
                    value -= t + t - t * t - 1
                } else if phases[v] > 1 - step {
                    let t = (phases[v] - 1) / step
                    value -= t * t + t + t + 1
                }
                sum += value
            }
            // A two-pole low-pass (state variable) whose cutoff falls from the sweep's top.
            let envelope = exp(-Double(i) / (0.12 * sampleRate))
            let hz = min(sampleRate * 0.16, frequency * open * (cutoff + sweep * envelope))
            let f = 2 * sin(.pi * hz / sampleRate)
            low += f * band
            let high = sum / Double(voices).squareRoot() - low - 0.9 * band
            band += f * high
            out[i] = Float(low * 0.6)
        }
    }

    private func square(
        _ duty: Double, _ frequency: Double, _ out: UnsafeMutableBufferPointer<Float>
    ) {
        var phase = 0.0
        for i in out.indices {
            phase += frequency / sampleRate * vibrato(i)
            if phase >= 1 { phase -= 1 }
            out[i] = phase < duty ? 0.5 : -0.5
        }
    }

    private func pluck(
        _ bright: Double, _ frequency: Double, _ out: UnsafeMutableBufferPointer<Float>,
        _ generator: inout SeededGenerator
    ) {
        let length = max(2, Int(sampleRate / frequency))
        var string = (0..<length).map { _ in Float(generator.uniform(-1...1)) }
        let shade = Float((bright + 0.2 * brightness).clamped(0.05, 0.98))
        // The pick: a softer one takes the edge off the first burst.
        for pass in 0..<(shade < 0.5 ? 3 : 1) where pass >= 0 {
            for i in 1..<length { string[i] = shade * string[i] + (1 - shade) * string[i - 1] }
        }
        let loss = Float(0.994 + 0.005 * min(1, frequency / 200))
        var place = 0
        for i in out.indices {
            let next = place + 1 == length ? 0 : place + 1
            out[i] = string[place]
            string[place] = loss * (0.5 * string[place] + 0.5 * string[next])
            place = next
        }
    }

    private func fm(
        _ ratio: Double, _ index: Double, _ decay: Double, _ frequency: Double,
        _ out: UnsafeMutableBufferPointer<Float>
    ) {
        let step = 2 * Double.pi * frequency / sampleRate
        let depth = index * exp2(0.5 * brightness)
        let fade = exp(-1 / (decay * sampleRate))
        var (strength, phase) = (1.0, 0.0)
        for i in out.indices {
            phase += step
            out[i] = Float(
                sin(phase + depth * strength * sin(phase * ratio)) * (0.25 + 0.75 * strength) * 0.6)
            strength *= fade
        }
    }

    /// First three formants of the vowels a, e, i, o, u in Hz.
    private static let formants: [[Double]] = [
        [730, 1090, 2440], [530, 1840, 2480], [300, 2200, 2950], [570, 840, 2410],
        [320, 870, 2240],
    ]

    private func formant(
        _ vowel: Int, _ frequency: Double, _ out: UnsafeMutableBufferPointer<Float>,
        _ generator: inout SeededGenerator
    ) {
        let centres = Self.formants[vowel % Self.formants.count].map {
            $0 * (1 + 0.08 * brightness)
        }
        var states = [(Double, Double)](repeating: (0, 0), count: 3)
        let poles = centres.map { centre -> (Double, Double) in
            let radius = exp(-.pi * 90 / sampleRate)
            return (2 * radius * cos(2 * .pi * centre / sampleRate), -radius * radius)
        }
        let gains = [1.0, 0.6, 0.25]
        var phase = generator.uniform()
        for i in out.indices {
            phase += frequency / sampleRate * vibrato(i)
            if phase >= 1 { phase -= 1 }
            // A breathy glottal pulse.
            let pulse =
                (phase < 0.4 ? sin(.pi * phase / 0.4) : 0) - 0.25 + generator.uniform(-0.02...0.02)
            var sum = 0.0
            for k in 0..<3 {
                let value = pulse * 0.06 + poles[k].0 * states[k].0 + poles[k].1 * states[k].1
                states[k] = (value, states[k].0)
                sum += gains[k] * value
            }
            out[i] = Float(sum)
        }
    }
}

extension Double {
    func clamped(_ low: Double, _ high: Double) -> Double { Swift.min(high, Swift.max(low, self)) }
}
