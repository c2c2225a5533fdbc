import Foundation
import Matrices

/// A note to be played.
struct Note: Sendable {
    /// Seconds.
    let start: Double
    let duration: Double
    /// Semitones as in MIDI: 69 is A4.
    let pitch: Double
    let velocity: Double
}

/// A drum stroke.
struct Stroke: Sendable {
    enum Drum: Sendable { case kick, snare, hat, openHat, clap, ride, rim, shaker, tom }
    let start: Double
    let drum: Drum
    let velocity: Double
}

/// All notes of a song: composed from the style's rules and the song's seed.
struct SongScore: Sendable {
    private(set) var bass: [Note] = []
    private(set) var chords: [Note] = []
    private(set) var lead: [Note] = []
    private(set) var drums: [Stroke] = []
    private let style: Style
    private let beat: Double
    private let key: Int
    private let progression: [Int]
    private let motif: [(beats: Double, step: Int, rest: Bool)]

    init(_ plan: SongPlan, _ style: Style) {
        var generator = SeededGenerator(seed: plan.seed, stream: 1)
        self.style = style
        beat = 60 / plan.tempo
        key = generator.integer(below: 12) - 5
        progression = style.progressions[generator.integer(below: style.progressions.count)]
        motif = Self.motif(&generator, beats: Double(style.beatsPerBar * 2))
        let bars = Int(plan.seconds / (beat * Double(style.beatsPerBar))) + 1
        for bar in 0..<bars {
            let section = Section(bar: bar, of: bars)
            let chord = progression[bar % progression.count]
            let start = Double(bar * style.beatsPerBar) * beat
            if let part = style.bass, section.hasBass {
                bass += notes(part, chord, start, .bass, &generator)
            }
            if let part = style.chords { chords += notes(part, chord, start, .chords, &generator) }
            if let part = style.lead, section.hasLead {
                if part.rhythm == .melody {
                    if bar % 2 == 0 { lead += melody(part, bar, start, section, &generator) }
                } else {
                    lead += notes(part, chord, start, .lead, &generator)
                }
            }
            if section.hasDrums {
                drums += DrumBar(
                    pattern: style.drums, beats: style.beatsPerBar, isFill: section.isFill
                )
                .strokes(&generator)
                .map {
                    Stroke(
                        start: start + swung($0.beat) * beat, drum: $0.drum, velocity: $0.velocity)
                }
            }
        }
    }

    /// What plays when: a short opening without lead or drums, then everything, a break in the middle, and all again.
    private struct Section {
        let hasBass: Bool
        let hasLead: Bool
        let hasDrums: Bool
        let isFill: Bool
        let isVariation: Bool

        init(bar: Int, of bars: Int) {
            let position = Double(bar) / Double(max(1, bars))
            let isBreak = position >= 0.5 && position < 0.58
            hasBass = bar > 0 && !isBreak
            hasLead = position >= 0.12 && !isBreak
            hasDrums = bar >= min(2, bars / 6) && !isBreak
            isFill = bar % 4 == 3
            isVariation = position >= 0.58
        }
    }

    private enum Role { case bass, chords, lead }

    /// Off-beat eighths come late by the style's swing.
    private func swung(_ beats: Double) -> Double {
        let fraction = beats - beats.rounded(.down)
        return abs(fraction - 0.5) < 0.01 ? beats + style.swing * 0.5 : beats
    }

    private func pitch(degree: Int, octave: Int) -> Double {
        let size = style.scale.count
        let wrapped = ((degree % size) + size) % size
        let octaves = (degree - wrapped) / size
        return Double(12 * (octave + 1) + key + style.scale[wrapped] + 12 * octaves)
    }

    private func notes(
        _ part: Part, _ chord: Int, _ start: Double, _ role: Role,
        _ generator: inout SeededGenerator
    ) -> [Note] {
        let beats = Double(style.beatsPerBar)
        let degrees = role == .chords ? (0..<style.chordSize).map { chord + 2 * $0 } : [chord]
        func note(
            _ at: Double, _ length: Double, _ degree: Int, _ velocity: Double, octave: Int = 0
        ) -> Note {
            // Nobody plays exactly on the grid, or equally loud.
            let push = generator.normal() * 0.004
            return Note(
                start: max(0, start + swung(at) * beat + push), duration: length * beat,
                pitch: pitch(degree: degree, octave: part.octave + octave),
                velocity: velocity * generator.uniform(0.85...1))
        }
        func chordNotes(_ times: [(at: Double, length: Double, velocity: Double)]) -> [Note] {
            times.flatMap { time in degrees.map { note(time.at, time.length, $0, time.velocity) } }
        }
        switch part.rhythm {
        case .held: return chordNotes([(0, beats, 1)])
        case .quarters:
            return (0..<style.beatsPerBar).map {
                note(Double($0), 0.95, chord + ($0 % 2 == 0 ? 0 : 4), $0 == 0 ? 1 : 0.75)
            }
        case .eighths:
            return (0..<2 * style.beatsPerBar).map {
                note(
                    Double($0) / 2, 0.45, role == .lead ? chord + [0, 2, 4, 2][$0 % 4] : chord,
                    $0 % 2 == 0 ? 1 : 0.7)
            }
        case .sixteenths:
            return (0..<4 * style.beatsPerBar).compactMap { step in
                generator.uniform() < 0.22
                    ? nil
                    : note(
                        Double(step) / 4, 0.22, chord + [0, 0, 4, 0, 7, 0, 2, 0][step % 8],
                        step % 4 == 0 ? 1 : 0.65)
            }
        case .offbeats:
            return chordNotes((0..<style.beatsPerBar).map { (Double($0) + 0.5, 0.4, 0.9) })
        case .stabs:
            return chordNotes([(0, 0.3, 1), (0.75, 0.25, 0.8), (1.5, 0.25, 0.9), (2.75, 0.3, 0.85)])
        case .walking:
            let steps = [0, 2, 4, generator.uniform() < 0.5 ? 5 : 3]
            return (0..<style.beatsPerBar).map { note(Double($0), 0.9, chord + steps[$0 % 4], 1) }
        case .arpeggio:
            let order = [0, 2, 4, 7, 4, 2, 7, 4]
            let perBeat = style.character.electronic > 0.5 ? 4 : 2
            return (0..<perBeat * style.beatsPerBar).map {
                note(
                    Double($0) / Double(perBeat), 1.1 / Double(perBeat),
                    chord + order[$0 % order.count], 0.8)
            }
        case .syncopated:
            if role == .chords {
                return chordNotes([(0, 0.7, 1), (1.5, 0.6, 0.9), (3.5, 0.4, 0.7)])
            }
            return [
                note(0, 0.8, chord, 1), note(1.5, 0.45, chord, 1), note(2, 0.4, chord + 4, 1),
                note(3.5, 0.4, chord, 1),
            ]
        case .strummed:
            var strum: [Note] = []
            for at in [0, 1, 1.5, 2.5, 3.5] {
                for (string, degree) in degrees.enumerated() {
                    strum.append(note(at + 0.02 * Double(string), 0.6, degree, at == 0 ? 1 : 0.8))
                }
            }
            return strum
        case .gallop:
            var gallop: [Note] = []
            for step in 0..<style.beatsPerBar {
                for (at, length) in [(0.0, 0.45), (0.5, 0.2), (0.75, 0.2)] {
                    for degree in [chord, chord + 4] {
                        gallop.append(note(Double(step) + at, length, degree, at == 0 ? 1 : 0.8))
                    }
                }
            }
            return gallop
        case .sparse:
            return (0..<2).compactMap { _ in
                generator.uniform() < 0.5
                    ? nil
                    : note(
                        generator.uniform(0...beats - 1), 3,
                        chord + 2 * generator.integer(below: 4), 0.9)
            }
        case .melody: return []
        }
    }

    /// The motif over two bars, moved to the chord and varied in the second half of the song.
    private func melody(
        _ part: Part, _ bar: Int, _ start: Double, _ section: Section,
        _ generator: inout SeededGenerator
    ) -> [Note] {
        var at = 0.0
        var result: [Note] = []
        let chord = progression[bar % progression.count]
        for (index, cell) in motif.enumerated() {
            var step = cell.step
            if section.isVariation, generator.uniform() < 0.3 {
                step += [-1, 1, 2][generator.integer(below: 3)]
            }
            // Strong beats rest on the chord.
            if at.truncatingRemainder(dividingBy: 2) == 0 { step = step / 2 * 2 }
            if !cell.rest {
                result.append(
                    Note(
                        start: start + swung(at) * beat, duration: cell.beats * beat * 0.92,
                        pitch: pitch(degree: chord + step, octave: part.octave),
                        velocity: index == 0 ? 1 : 0.85))
            }
            at += cell.beats
        }
        return result
    }

    private static func motif(
        _ generator: inout SeededGenerator, beats: Double
    ) -> [(beats: Double, step: Int, rest: Bool)] {
        var cells: [(beats: Double, step: Int, rest: Bool)] = []
        var left = beats
        var step = generator.integer(below: 5)
        while left > 0 {
            let length = min(left, [0.5, 0.5, 1, 1, 1.5, 2][generator.integer(below: 6)])
            cells.append((length, step, generator.uniform() < 0.12))
            step = max(-2, min(8, step + [-2, -1, -1, 1, 1, 2, 3][generator.integer(below: 7)]))
            left -= length
        }
        return cells
    }
}

/// One bar of drums.
struct DrumBar {
    let pattern: DrumPattern
    let beats: Int
    let isFill: Bool

    func strokes(_ generator: inout SeededGenerator) -> [(
        beat: Double, drum: Stroke.Drum, velocity: Double
    )] {
        var list: [(beat: Double, drum: Stroke.Drum, velocity: Double)] = []
        func add(_ drum: Stroke.Drum, _ times: [Double], _ velocity: Double = 1) {
            for time in times { list.append((time, drum, velocity * generator.uniform(0.85...1))) }
        }
        let eighths = stride(from: 0, to: Double(beats), by: 0.5).map { $0 }
        let sixteenths = stride(from: 0, to: Double(beats), by: 0.25).map { $0 }
        switch pattern {
        case .none: break
        case .fourOnTheFloor:
            add(.kick, [0, 1, 2, 3])
            add(.openHat, [0.5, 1.5, 2.5, 3.5], 0.7)
            add(.clap, [1, 3], 0.8)
        case .techno:
            add(.kick, [0, 1, 2, 3], 1.2)
            add(.hat, sixteenths, 0.4)
            add(.openHat, [0.5, 1.5, 2.5, 3.5], 0.5)
            if isFill { add(.tom, [2.75, 3.25, 3.5], 0.7) }
        case .breakbeat:
            add(.kick, [0, 2.5])
            add(.snare, [1, 3])
            add(.snare, [1.75, 2.25], 0.35)
            add(.hat, eighths, 0.6)
        case .rock:
            add(.kick, [0, 2, 2.5])
            add(.snare, [1, 3])
            add(.hat, eighths, 0.6)
        case .doubleKick:
            add(.kick, sixteenths, 0.8)
            add(.snare, [1, 3], 1.1)
            add(.ride, [0, 1, 2, 3], 0.6)
        case .boomBap:
            add(.kick, [0, 1.75, 2.5])
            add(.snare, [1, 3])
            add(.hat, eighths, 0.5)
        case .swingRide:
            add(.ride, [0, 1, 1.5, 2, 3, 3.5], 0.7)
            add(.hat, [1, 3], 0.5)
            if generator.uniform() < 0.4 { add(.snare, [2.5], 0.25) }
        case .bossa:
            add(.shaker, eighths, 0.6)
            add(.rim, [0, 1.5, 3], 0.7)
            add(.kick, [0, 1.5, 2, 3.5], 0.35)
        case .oneDrop:
            add(.kick, [2])
            add(.rim, [2], 0.8)
            add(.hat, eighths, 0.45)
        case .chip:
            add(.kick, [0, 2], 0.7)
            add(.snare, [1, 3], 0.6)
            add(.hat, eighths, 0.4)
        case .shuffle:
            add(.kick, [0, 2])
            add(.snare, [1, 3])
            add(.ride, eighths, 0.45)
        case .waltz:
            add(.kick, [0], 0.5)
            add(.shaker, [1, 2], 0.5)
        }
        if isFill, ![.none, .techno, .bossa, .swingRide, .waltz].contains(pattern) {
            add(.tom, [Double(beats) - 0.75, Double(beats) - 0.5, Double(beats) - 0.25], 0.7)
        }
        return list
    }
}
