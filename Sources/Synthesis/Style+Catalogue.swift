extension Style {
    private static let major = [0, 2, 4, 5, 7, 9, 11]
    private static let minor = [0, 2, 3, 5, 7, 8, 10]
    private static let dorian = [0, 2, 3, 5, 7, 9, 10]
    private static let phrygian = [0, 1, 3, 5, 7, 8, 10]
    private static let harmonicMinor = [0, 2, 3, 5, 7, 8, 11]
    private static let pelog = [0, 1, 3, 7, 8]
    private static let blues = [0, 3, 5, 6, 7, 10]

    /// All styles of the composed world.
    static let all: [Style] = [
        Style(
            name: "house", description: "four-on-the-floor with off-beat hats, short saw chords and a round bass",
            tempo: 120...126, beatsPerBar: 4, swing: 0.06, scale: minor, progressions: [[0, 5, 3, 4], [0, 3, 5, 6]],
            chordSize: 4, drums: .fourOnTheFloor, bass: Part(timbre: .synthBass, rhythm: .offbeats, octave: 2, level: 0.5),
            chords: Part(timbre: .stab, rhythm: .stabs, octave: 4, level: 0.28),
            lead: Part(timbre: .electricPiano, rhythm: .melody, octave: 5, level: 0.2), reverb: 0.18, echo: 0.15,
            character: (0.6, 0.8, -0.1)),
        Style(
            name: "techno", description: "hard kick, a squelching acid line and little harmony", tempo: 129...135,
            beatsPerBar: 4, swing: 0, scale: phrygian, progressions: [[0, 0, 0, 1], [0, 0, 0, 0]], chordSize: 1,
            drums: .techno, bass: Part(timbre: .acid, rhythm: .sixteenths, octave: 2, level: 0.42),
            chords: Part(timbre: .stab, rhythm: .syncopated, octave: 3, level: 0.14), lead: nil, reverb: 0.2, echo: 0.25,
            character: (0.8, 1, 0.6)),
        Style(
            name: "trance", description: "wide detuned saws in fast arpeggios over an off-beat bass", tempo: 136...141,
            beatsPerBar: 4, swing: 0, scale: minor, progressions: [[0, 5, 2, 6], [5, 6, 0, 0]], chordSize: 3,
            drums: .fourOnTheFloor, bass: Part(timbre: .synthBass, rhythm: .offbeats, octave: 2, level: 0.42),
            chords: Part(timbre: .superSaw, rhythm: .arpeggio, octave: 5, level: 0.26),
            lead: Part(timbre: .superSaw, rhythm: .melody, octave: 5, level: 0.22), reverb: 0.35, echo: 0.3,
            character: (0.8, 1, -0.3)),
        Style(
            name: "drum and bass", description: "fast broken beats over a growling bass and floating pads",
            tempo: 170...176, beatsPerBar: 4, swing: 0, scale: minor, progressions: [[0, 0, 5, 5], [0, 0, 3, 6]],
            chordSize: 3, drums: .breakbeat, bass: Part(timbre: .reese, rhythm: .syncopated, octave: 2, level: 0.42),
            chords: Part(timbre: .pad, rhythm: .held, octave: 4, level: 0.14), lead: nil, reverb: 0.22, echo: 0.1,
            character: (1, 0.9, 0.3)),
        Style(
            name: "drone ambient", description: "slow swelling pads and far glass tones, no beat, a huge room",
            tempo: 50...62, beatsPerBar: 4, swing: 0, scale: dorian, progressions: [[0, 0, 3, 3], [0, 5, 0, 4]],
            chordSize: 4, drums: .none, bass: Part(timbre: .subBass, rhythm: .held, octave: 2, level: 0.3),
            chords: Part(timbre: .pad, rhythm: .held, octave: 3, level: 0.3),
            lead: Part(timbre: .glass, rhythm: .sparse, octave: 5, level: 0.16), reverb: 0.75, echo: 0.4,
            character: (-1, 0.6, 0.2)),
        Style(
            name: "piano ballad", description: "a lone piano: broken chords below, a singing melody above",
            tempo: 60...76, beatsPerBar: 4, swing: 0, scale: major, progressions: [[0, 4, 5, 3], [0, 5, 3, 4], [0, 2, 3, 4]],
            chordSize: 3, drums: .none, bass: Part(timbre: .piano, rhythm: .quarters, octave: 2, level: 0.34),
            chords: Part(timbre: .piano, rhythm: .arpeggio, octave: 4, level: 0.34),
            lead: Part(timbre: .piano, rhythm: .melody, octave: 5, level: 0.55), reverb: 0.3, echo: 0,
            character: (-0.8, -0.8, -0.2)),
        Style(
            name: "chamber strings", description: "bowed strings in four parts, minor and grave", tempo: 72...96,
            beatsPerBar: 4, swing: 0, scale: harmonicMinor, progressions: [[0, 3, 4, 0], [0, 5, 3, 4]], chordSize: 3,
            drums: .none, bass: Part(timbre: .strings, rhythm: .quarters, octave: 2, level: 0.34),
            chords: Part(timbre: .strings, rhythm: .held, octave: 4, level: 0.24),
            lead: Part(timbre: .strings, rhythm: .melody, octave: 5, level: 0.36), reverb: 0.42, echo: 0,
            character: (-0.5, -1, 0.3)),
        Style(
            name: "choral", description: "voices in slow chords under a high vault", tempo: 56...70, beatsPerBar: 4,
            swing: 0, scale: major, progressions: [[0, 3, 0, 4], [0, 5, 1, 4]], chordSize: 4, drums: .none,
            bass: Part(timbre: .voice(3), rhythm: .held, octave: 3, level: 0.34),
            chords: Part(timbre: .voice(0), rhythm: .held, octave: 4, level: 0.26),
            lead: Part(timbre: .voice(2), rhythm: .melody, octave: 5, level: 0.36), reverb: 0.65, echo: 0,
            character: (-0.7, -0.9, 0)),
        Style(
            name: "chiptune", description: "square waves in racing arpeggios, noise for drums", tempo: 140...168,
            beatsPerBar: 4, swing: 0, scale: major, progressions: [[0, 4, 5, 3], [5, 3, 0, 4]], chordSize: 3, drums: .chip,
            bass: Part(timbre: .chip, rhythm: .eighths, octave: 3, level: 0.24),
            chords: Part(timbre: .chip, rhythm: .arpeggio, octave: 5, level: 0.15),
            lead: Part(timbre: .chipLead, rhythm: .melody, octave: 5, level: 0.22), reverb: 0, echo: 0.12,
            character: (0.7, 0.7, -0.7)),
        Style(
            name: "metal", description: "distorted power chords in gallops over a double kick drum", tempo: 150...182,
            beatsPerBar: 4, swing: 0, scale: phrygian, progressions: [[0, 0, 1, 0], [0, 5, 1, 0]], chordSize: 2,
            drums: .doubleKick, bass: Part(timbre: .distorted, rhythm: .gallop, octave: 2, level: 0.2),
            chords: Part(timbre: .distorted, rhythm: .gallop, octave: 2, level: 0.36),
            lead: Part(timbre: .distorted, rhythm: .melody, octave: 4, level: 0.15), reverb: 0.1, echo: 0,
            character: (1, -0.1, 1)),
        Style(
            name: "blues rock", description: "a crunching guitar riff in a shuffle", tempo: 100...122, beatsPerBar: 4,
            swing: 0.3, scale: blues, progressions: [[0, 0, 2, 0], [0, 2, 0, 4]], chordSize: 2, drums: .shuffle,
            bass: Part(timbre: .electricBass, rhythm: .eighths, octave: 2, level: 0.55),
            chords: Part(timbre: .crunch, rhythm: .syncopated, octave: 3, level: 0.26),
            lead: Part(timbre: .crunch, rhythm: .melody, octave: 4, level: 0.26), reverb: 0.14, echo: 0.05,
            character: (0.5, -0.5, 0.2)),
        Style(
            name: "folk guitar", description: "finger-picked steel strings and a hummed tune", tempo: 92...114,
            beatsPerBar: 4, swing: 0.04, scale: major, progressions: [[0, 4, 5, 3], [0, 3, 0, 4]], chordSize: 3,
            drums: .none, bass: Part(timbre: .steel, rhythm: .quarters, octave: 3, level: 0.4),
            chords: Part(timbre: .steel, rhythm: .arpeggio, octave: 4, level: 0.5),
            lead: Part(timbre: .voice(4), rhythm: .melody, octave: 4, level: 0.34), reverb: 0.16, echo: 0,
            character: (-0.4, -1, -0.5)),
        Style(
            name: "bossa nova", description: "syncopated nylon chords, shaker and a flute", tempo: 118...134,
            beatsPerBar: 4, swing: 0, scale: major, progressions: [[0, 5, 1, 4], [1, 4, 0, 5]], chordSize: 4, drums: .bossa,
            bass: Part(timbre: .uprightBass, rhythm: .syncopated, octave: 2, level: 0.6),
            chords: Part(timbre: .nylon, rhythm: .strummed, octave: 4, level: 0.34),
            lead: Part(timbre: .flute, rhythm: .melody, octave: 5, level: 0.28), reverb: 0.18, echo: 0,
            character: (-0.2, -0.8, -0.6)),
        Style(
            name: "jazz trio", description: "walking bass, ride cymbal and piano in sevenths", tempo: 124...158,
            beatsPerBar: 4, swing: 0.32, scale: dorian, progressions: [[1, 4, 0, 5], [0, 3, 1, 4]], chordSize: 4,
            drums: .swingRide, bass: Part(timbre: .uprightBass, rhythm: .walking, octave: 2, level: 0.7),
            chords: Part(timbre: .piano, rhythm: .syncopated, octave: 4, level: 0.26),
            lead: Part(timbre: .piano, rhythm: .melody, octave: 5, level: 0.5), reverb: 0.15, echo: 0,
            character: (0, -0.9, -0.1)),
        Style(
            name: "dub", description: "off-beat organ, a heavy bass and echoes that trail away", tempo: 68...78,
            beatsPerBar: 4, swing: 0.08, scale: minor, progressions: [[0, 0, 3, 3], [0, 6, 0, 6]], chordSize: 3,
            drums: .oneDrop, bass: Part(timbre: .subBass, rhythm: .syncopated, octave: 2, level: 0.75),
            chords: Part(timbre: .organ, rhythm: .offbeats, octave: 4, level: 0.22),
            lead: Part(timbre: .accordion, rhythm: .sparse, octave: 5, level: 0.16), reverb: 0.25, echo: 0.6,
            character: (-0.1, 0.2, 0.3)),
        Style(
            name: "hip-hop", description: "a lazy boom-bap beat, sub bass and an electric piano loop", tempo: 82...94,
            beatsPerBar: 4, swing: 0.14, scale: dorian, progressions: [[0, 3, 0, 3], [0, 0, 5, 4]], chordSize: 4,
            drums: .boomBap, bass: Part(timbre: .subBass, rhythm: .syncopated, octave: 2, level: 0.6),
            chords: Part(timbre: .electricPiano, rhythm: .syncopated, octave: 4, level: 0.26), lead: nil, reverb: 0.1,
            echo: 0.1, character: (0.2, 0.4, 0.1)),
        Style(
            name: "gamelan", description: "bronze bells in interlocking patterns on five notes", tempo: 96...128,
            beatsPerBar: 4, swing: 0, scale: pelog, progressions: [[0, 0, 2, 3], [0, 3, 1, 0]], chordSize: 2, drums: .none,
            bass: Part(timbre: .bell, rhythm: .quarters, octave: 3, level: 0.36),
            chords: Part(timbre: .bell, rhythm: .sixteenths, octave: 5, level: 0.16),
            lead: Part(timbre: .bell, rhythm: .eighths, octave: 4, level: 0.24), reverb: 0.3, echo: 0,
            character: (0.1, -0.7, -0.2)),
        Style(
            name: "waltz", description: "an accordion in three-four time", tempo: 132...168, beatsPerBar: 3, swing: 0,
            scale: harmonicMinor, progressions: [[0, 0, 4, 4], [0, 3, 4, 0]], chordSize: 3, drums: .waltz,
            bass: Part(timbre: .uprightBass, rhythm: .quarters, octave: 2, level: 0.5),
            chords: Part(timbre: .accordion, rhythm: .offbeats, octave: 4, level: 0.16),
            lead: Part(timbre: .accordion, rhythm: .melody, octave: 5, level: 0.24), reverb: 0.16, echo: 0,
            character: (0, -1, -0.4)),
    ]
}
