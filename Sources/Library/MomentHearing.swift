import AudioFeatures
import Projection

/// What is told of one moment.
struct MomentHearing: Sendable {
    private let spectrum = NoteSpectrum()
    private let voice = VoiceLikeness()

    /// - Parameters:
    ///   - samples: with all that the lowest notes need around the moment.
    ///   - stretch: the part of them in which a voice or a waver is looked for.
    func tags(_ samples: [Float], around centre: Int, _ stretch: [Float]) -> Set<Enrichment.Tag> {
        var tags: Set<Enrichment.Tag> = []
        if let chord = Chord(spectrum.amplitudes(samples, around: centre)) {
            tags.insert(Enrichment.Tag(kind: "chord", value: chord.name))
        }
        if voice.isVoice(stretch) {
            tags.insert(Enrichment.Tag(kind: "sound", value: "voice-like"))
        }
        if Vibrato(stretch) != nil {
            tags.insert(Enrichment.Tag(kind: "tone", value: "with vibrato"))
        }
        return tags
    }
}
