import Foundation

/// How much like a voice a second or two of music are, be it sung, hummed or spoken, alone or over instruments.
///
/// A rule learnt from recorded voices and instruments: the ``VoiceFeatures``, standardised, pass through twelve hidden units. `docs/seeing.md` says what it
/// finds and what it takes for a voice.
public struct VoiceLikeness: Sendable {
    /// Hz of the samples it hears.
    public static let sampleRate = VoiceFeatures.sampleRate
    private let features = VoiceFeatures()
    private let weights = VoiceWeights()

    public init() {}

    /// The higher the more like a voice; only its order means something.
    /// - Parameter samples: mono at ``sampleRate``; 1.5 s are what it was learnt from.
    /// - Returns: nil for silence and for less than 0.56 s.
    public func score(_ samples: [Float]) -> Double? {
        features.measure(samples).map(weights.score)
    }

    /// Whether it scores more than 98 of 100 stretches of instrumental music do.
    public func isVoice(_ samples: [Float]) -> Bool {
        score(samples).map { $0 > weights.threshold } ?? false
    }
}
