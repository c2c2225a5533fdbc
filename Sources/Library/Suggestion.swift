import Recommendation

/// A song in a list; encodes to the contract of `recommend --json`.
public struct Suggestion: Codable, Equatable, Sendable {
    public struct Song: Codable, Equatable, Sendable {
        public let id: Int64
        public let title: String
        public let artist: String
        public let album: String?
        public let path: String
        /// Plays by all listeners together.
        public let plays: Int
    }
    public let rank: Int
    public let score: Float
    public let track: Song
    public let because: [String]
    /// What `because` says, as numbers; nil where the score is not a listener's.
    public let reasons: Reasons?

    init(rank: Int, score: Float, track: Song, because: [String], reasons: Reasons? = nil) {
        self.rank = rank
        self.score = score
        self.track = track
        self.because = because
        self.reasons = reasons
    }

    /// The same song at the same rank, with other reasons.
    public func because(_ reasons: [String]) -> Suggestion {
        Suggestion(rank: rank, score: score, track: track, because: reasons)
    }
}

/// What a song's score for a listener is made of.
public struct Reasons: Codable, Equatable, Sendable {
    /// One of the listener's own plays and what it adds to the score.
    public struct Part: Codable, Equatable, Sendable {
        public let listener: String
        public let song: String
        public let share: Double
    }
    /// Every play's part, largest first; those of one listener sum up to that listener's score.
    public let parts: [Part]
    /// What the plays of the song's own listeners add to the score, and what its sound does; nil where no prediction kept
    /// them apart. They sum up to the score.
    public let fromPlays: Double?
    public let fromSound: Double?
    /// Units of the network that the song excites more than other songs do; empty where its sound adds nothing, or `filters` has not
    /// been run with this network.
    public let heard: [HeardFilter]

    init(
        parts: [Part], fromPlays: Double?, fromSound: Double?, heard: [HeardFilter] = []
    ) {
        self.parts = parts
        self.fromPlays = fromPlays
        self.fromSound = fromSound
        self.heard = heard
    }
}

/// What a recommendation may contain.
public struct RecommendationRequest: Codable, Equatable, Sendable {
    public var count = 20
    public var onlyNew = false
    public var includePlayed = false
    /// Songs by one artist; 0 for any number.
    public var maxPerArtist = 2
    /// Songs of one album; 0 for any number.
    public var maxPerAlbum = 0
    public var discovery: Float = 0
    /// Another list for every seed; nil for the one best list.
    public var seed: UInt64?
    /// Also intros, skits and silence.
    public var includeInterludes = false
    /// Christmas songs: nil for only in December.
    public var seasonal: Bool?
    public var exclude: [Exclusion] = []

    public init() {}
}
