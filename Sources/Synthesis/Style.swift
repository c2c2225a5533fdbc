/// An imaginary kind of music: how its songs are made.
public struct Style: Sendable {
    public let name: String
    /// How it sounds, in a line.
    public let description: String
    /// Beats a minute.
    let tempo: ClosedRange<Double>
    let beatsPerBar: Int
    /// 0 for straight eighths; a third for a shuffle.
    let swing: Double
    /// Semitones above the key note.
    let scale: [Int]
    /// Chords as degrees of the scale, a bar each.
    let progressions: [[Int]]
    /// Notes of a chord: thirds stacked on the degree.
    let chordSize: Int
    let drums: DrumPattern
    let bass: Part?
    let chords: Part?
    let lead: Part?
    /// 0…1: how much of the sound goes through the room, and how long that rings.
    let reverb: Double
    let echo: Double
    /// Where the style lies among the others: energy, electronic (against acoustic), darkness; −1…1 each. Listeners who like a
    /// style like its neighbours a little too.
    let character: (energy: Double, electronic: Double, darkness: Double)
}

/// One instrument's role in a song.
struct Part: Sendable {
    let timbre: Timbre
    let rhythm: Rhythm
    /// Octave of the part's lowest note; 4 holds middle C.
    let octave: Int
    let level: Double
}

/// When a part plays.
enum Rhythm: Sendable {
    case held, quarters, eighths, sixteenths, offbeats, stabs, walking, arpeggio, syncopated,
        strummed, melody, sparse, gallop
}

/// Which drums play when.
enum DrumPattern: Sendable {
    case none, fourOnTheFloor, breakbeat, rock, doubleKick, boomBap, swingRide, bossa, oneDrop,
        chip, techno, shuffle, waltz
}

/// How an instrument's notes sound.
struct Timbre: Sendable {
    enum Source: Sendable {
        /// Partials: frequency ratio, amplitude, seconds of decay (0: none).
        case additive([(ratio: Double, amplitude: Double, decay: Double)])
        /// Detuned saws through a low-pass that follows an envelope; cutoff in multiples of the note.
        case saw(voices: Int, detune: Double, cutoff: Double, sweep: Double)
        case square(duty: Double)
        /// Karplus-Strong string; brightness 0…1.
        case pluck(brightness: Double)
        /// Two-operator frequency modulation.
        case fm(ratio: Double, index: Double, decay: Double)
        /// A voice: a buzz through the formants of a vowel (0…4).
        case formant(vowel: Int)
    }
    var source: Source
    var attack: Double
    var release: Double
    /// Depth of vibrato in semitones, about 5.5 times a second.
    var vibrato = 0.0
    /// Overdrive before the mix; 0 for none.
    var drive = 0.0
}

extension Timbre {
    static let piano = Timbre(
        source: .additive([
            (1, 1, 1.4), (2.001, 0.5, 0.9), (3.003, 0.28, 0.6), (4.01, 0.16, 0.4),
            (5.02, 0.09, 0.3), (7.05, 0.04, 0.2),
        ]),
        attack: 0.003, release: 0.25)
    static let organ = Timbre(
        source: .additive([(1, 0.8, 0), (2, 0.6, 0), (3, 0.35, 0), (4, 0.25, 0), (6, 0.12, 0)]),
        attack: 0.008, release: 0.05)
    static let accordion = Timbre(
        source: .additive([
            (1, 0.7, 0), (1.006, 0.6, 0), (2, 0.5, 0), (3, 0.42, 0), (4.01, 0.3, 0), (5, 0.22, 0),
            (7, 0.1, 0),
        ]),
        attack: 0.03, release: 0.06, vibrato: 0.05)
    static let flute = Timbre(
        source: .additive([(1, 1, 0), (2, 0.18, 0), (3, 0.06, 0)]), attack: 0.06, release: 0.1,
        vibrato: 0.18)
    static let strings = Timbre(
        source: .saw(voices: 2, detune: 0.05, cutoff: 5, sweep: 0.5), attack: 0.12, release: 0.25,
        vibrato: 0.2)
    static let pad = Timbre(
        source: .saw(voices: 3, detune: 0.12, cutoff: 3, sweep: 1), attack: 0.6, release: 1.2)
    static let superSaw = Timbre(
        source: .saw(voices: 4, detune: 0.18, cutoff: 9, sweep: 3), attack: 0.005, release: 0.12)
    static let stab = Timbre(
        source: .saw(voices: 2, detune: 0.1, cutoff: 3, sweep: 8), attack: 0.003, release: 0.1)
    static let acid = Timbre(
        source: .saw(voices: 1, detune: 0, cutoff: 2, sweep: 14), attack: 0.002, release: 0.04,
        drive: 2.5)
    static let reese = Timbre(
        source: .saw(voices: 3, detune: 0.3, cutoff: 4, sweep: 2), attack: 0.01, release: 0.06,
        drive: 1.5)
    static let synthBass = Timbre(
        source: .saw(voices: 1, detune: 0, cutoff: 3, sweep: 6), attack: 0.003, release: 0.05)
    static let subBass = Timbre(
        source: .additive([(1, 1, 0), (2, 0.15, 0)]), attack: 0.008, release: 0.08)
    static let uprightBass = Timbre(source: .pluck(brightness: 0.25), attack: 0.004, release: 0.08)
    static let electricBass = Timbre(source: .pluck(brightness: 0.5), attack: 0.003, release: 0.06)
    static let nylon = Timbre(source: .pluck(brightness: 0.45), attack: 0.002, release: 0.15)
    static let steel = Timbre(source: .pluck(brightness: 0.9), attack: 0.001, release: 0.2)
    static let distorted = Timbre(
        source: .saw(voices: 2, detune: 0.08, cutoff: 8, sweep: 2), attack: 0.002, release: 0.05,
        drive: 12)
    static let crunch = Timbre(
        source: .pluck(brightness: 0.95), attack: 0.002, release: 0.1, vibrato: 0.1, drive: 6)
    static let chip = Timbre(source: .square(duty: 0.25), attack: 0.001, release: 0.01)
    static let chipLead = Timbre(
        source: .square(duty: 0.5), attack: 0.001, release: 0.02, vibrato: 0.15)
    static let bell = Timbre(
        source: .fm(ratio: 3.53, index: 3.5, decay: 0.9), attack: 0.002, release: 1.2)
    static let glass = Timbre(
        source: .fm(ratio: 2.0, index: 1.2, decay: 1.6), attack: 0.01, release: 1.5)
    static let electricPiano = Timbre(
        source: .fm(ratio: 1, index: 1.4, decay: 0.6), attack: 0.003, release: 0.2)
    static func voice(_ vowel: Int) -> Timbre {
        Timbre(source: .formant(vowel: vowel), attack: 0.09, release: 0.2, vibrato: 0.3)
    }
}
