/// What the ranker must know of a candidate.
public struct Candidate: Sendable {
    public let index: Int
    public let score: Float
    public let artist: String
    /// Equal for versions of one recording.
    public let recording: String
    /// Listeners who play it.
    public let popularity: Int

    public init(index: Int, score: Float, artist: String, recording: String, popularity: Int) {
        self.index = index
        self.score = score
        self.artist = artist
        self.recording = recording
        self.popularity = popularity
    }
}

/// Turns scores into a list people like to see.
public struct Ranker: Codable, Equatable, Sendable {
    /// Songs by one artist; 0 for any number.
    public var maxPerArtist = 2
    /// 0 leaves the scores alone; 1 weighs being little known as much as fitting.
    public var discovery: Float = 0

    public init() {}

    /// The best `count` candidates, best first: never two versions of one recording, at most ``maxPerArtist`` by one artist.
    ///
    /// With discovery δ a candidate's rank score is `(1 − δ)·z(score) − δ·z(log(1 + popularity))`, each standardised over the
    /// candidates, so that the setting means the same in every library.
    public func rank(_ candidates: [Candidate], count: Int) -> [Candidate] {
        let clean = candidates.filter { $0.score.isFinite }
        let scores = standardized(clean.map { Double($0.score) })
        let fame = standardized(clean.map { logOfOnePlus(Double(max(0, $0.popularity))) })
        let delta = discovery.isNaN ? 0 : Double(max(0, min(1, discovery)))
        let keys = clean.indices.map {
            delta == 0 ? Double(clean[$0].score) : (1 - delta) * scores[$0] - delta * fame[$0]
        }
        let order = clean.indices.sorted {
            keys[$0] != keys[$1] ? keys[$0] > keys[$1] : clean[$0].index < clean[$1].index
        }
        var perArtist: [String: Int] = [:]
        var seen: Set<String> = []
        var list: [Candidate] = []
        for i in order {
            guard list.count < count else { break }
            let candidate = clean[i]
            if seen.contains(candidate.recording) { continue }
            if maxPerArtist > 0, perArtist[candidate.artist, default: 0] >= maxPerArtist {
                continue
            }
            seen.insert(candidate.recording)
            perArtist[candidate.artist, default: 0] += 1
            list.append(candidate)
        }
        return list
    }

    private func standardized(_ values: [Double]) -> [Double] {
        guard !values.isEmpty else { return [] }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let scale = variance > 0 ? 1 / variance.squareRoot() : 0
        return values.map { ($0 - mean) * scale }
    }
}
