import Foundation
import Matrices

/// What the ranker must know of a candidate. Names are numbers, see ``NameKey``.
public struct Candidate: Sendable {
    public let index: Int
    public let score: Float
    let artist: UInt64
    /// Of one artist; nil for a song without one: no limit of albums holds for it.
    let album: UInt64?
    /// What names the recording: one in common makes two candidates the same.
    let names: [UInt64]
    /// Listeners who play it.
    public let popularity: Int

    /// - Parameters:
    ///   - album: of this artist; nil for a song without one.
    ///   - names: of the recording, such as its hash and its MusicBrainz id.
    public init(
        index: Int, score: Float, artist: UInt64, album: UInt64?, names: [UInt64], popularity: Int
    ) {
        self.index = index
        self.score = score
        self.artist = artist
        self.album = album
        self.names = names
        self.popularity = popularity
    }

    /// - Parameters:
    ///   - recording: equal for versions of one recording.
    ///   - aliases: other names of the recording.
    public init(
        index: Int, score: Float, artist: String, album: String? = nil, recording: String,
        aliases: [String] = [], popularity: Int
    ) {
        self.init(
            index: index, score: score, artist: NameKey.of(artist),
            album: album.map { NameKey.of(artist + "\u{1F}" + $0) },
            names: ([recording] + aliases).map(NameKey.of), popularity: popularity)
    }
}

/// Turns scores into a list people like to see.
public struct Ranker: Codable, Equatable, Sendable {
    /// Songs by one artist; 0 for any number.
    public var maxPerArtist = 2
    /// Songs of one album (of one artist); 0 for any number.
    public var maxPerAlbum = 0
    /// 0 leaves the scores alone; 1 takes the least known of the songs that fit well.
    public var discovery: Float = 0
    /// Nil for the one best list; each number gives another list nearly as good.
    public var seed: UInt64?
    /// How far lists of different seeds are apart: the temperature of ``seed``, in standard deviations of the scores among
    /// the candidates that could enter. The default is measured in docs/discovery.md.
    public var variation: Float = 0.2

    public init() {}

    /// How many of the best candidates are worth finding first: all that discovery and seeds look at; else as many as the limits will
    /// most likely leave enough of. Whoever gets too short a list finds more and ranks again, which gives the same list.
    public func wanted(for count: Int) -> Int {
        if discovery > 0 || seed != nil { return max(400, 16 * count) }
        // Without limits only versions of one recording fall out.
        return maxPerArtist == 0 && maxPerAlbum == 0 ? count + 12 : max(64, 4 * count)
    }

    /// The best `count` candidates, best first: never two versions of one recording, at most ``maxPerArtist`` by one artist and
    /// ``maxPerAlbum`` of one album.
    ///
    /// With discovery δ the rank score of each of the best `10·count` (at least 200) is
    /// `(1 − δ)·z(score) − δ·z(log(1 + popularity))`, each standardised over these, so that the setting means the same in every
    /// library. The others stay behind them: among all songs the least known ones fit nobody, and would be the same for all.
    ///
    /// With a seed the rank score of each of the best `10·count` (at least 100) gets Gumbel noise of `variation` standard
    /// deviations of these scores: the list is then a draw without replacement in which a song's odds grow with its score
    /// (Plackett–Luce; Kool, van Hoof, Welling 2019), so what fits far better than the rest stays on top every day.
    public func rank(_ candidates: [Candidate], count: Int) -> [Candidate] {
        let clean = candidates.filter { $0.score.isFinite }
        guard count > 0, !clean.isEmpty else { return [] }
        let keys = varied(discovering(clean, count), clean, count)
        // Most of the time the first few are enough; what the limits leave out may need more.
        var list: [Candidate] = []
        var considered = 0
        var wanted = max(64, 4 * count)
        while list.count < count, considered < clean.count {
            considered = min(clean.count, wanted)
            list = select(topOrder(keys, clean, considered).map { clean[$0] }, count)
            wanted *= 8
        }
        return list
    }

    private func discovering(_ clean: [Candidate], _ count: Int) -> [Double] {
        var keys = clean.map { Double($0.score) }
        let delta = discovery.isNaN ? 0 : Double(max(0, min(1, discovery)))
        guard delta > 0 else { return keys }
        let pool = topOrder(keys, clean, max(200, 10 * count))
        let scores = standardized(pool.map { keys[$0] })
        let fame = standardized(pool.map { logOfOnePlus(Double(max(0, clean[$0].popularity))) })
        let blend = pool.indices.map { (1 - delta) * scores[$0] - delta * fame[$0] }
        // The best of the rest comes right after the last of the pool.
        let last = blend.min() ?? 0
        let edge = pool.last.map { keys[$0] } ?? 0
        for i in keys.indices { keys[i] = last + min(0, keys[i] - edge) }
        for (place, i) in pool.enumerated() { keys[i] = blend[place] }
        return keys
    }

    private func varied(_ keys: [Double], _ clean: [Candidate], _ count: Int) -> [Double] {
        guard let seed, variation > 0 else { return keys }
        let pool = topOrder(keys, clean, max(100, 10 * count))
        let mean = pool.reduce(0) { $0 + keys[$1] } / Double(pool.count)
        let variance =
            pool.reduce(0) { $0 + (keys[$1] - mean) * (keys[$1] - mean) } / Double(pool.count)
        let temperature = Double(variation) * variance.squareRoot()
        var keys = keys
        for i in pool {
            var generator = SeededGenerator(seed: seed, stream: UInt64(clean[i].index))
            let uniform = max(generator.uniform(), 0x1p-54)
            keys[i] -= temperature * log(-log(uniform))
        }
        return keys
    }

    /// The candidates with the `count` largest keys, best first; equal ones by their index.
    private func topOrder(_ keys: [Double], _ clean: [Candidate], _ count: Int) -> [Int] {
        func isBetter(_ a: Int, _ b: Int) -> Bool {
            keys[a] != keys[b] ? keys[a] > keys[b] : clean[a].index < clean[b].index
        }
        guard count < clean.count else { return clean.indices.sorted(by: isBetter) }
        // Rounding to floats could only exchange near ties: all that reach the last one's float are sorted exactly.
        let rounded = keys.map { Float($0) }
        guard let last = topIndices(rounded, count).last else { return [] }
        let cut = rounded[last]
        return Array(
            clean.indices.filter { rounded[$0] >= cut }.sorted(by: isBetter).prefix(count))
    }

    private func select(_ order: [Candidate], _ count: Int) -> [Candidate] {
        var perArtist: [UInt64: Int] = [:]
        var perAlbum: [UInt64: Int] = [:]
        var seen: Set<UInt64> = []
        var list: [Candidate] = []
        for candidate in order {
            guard list.count < count else { break }
            if candidate.names.contains(where: seen.contains) { continue }
            if maxPerArtist > 0, perArtist[candidate.artist, default: 0] >= maxPerArtist {
                continue
            }
            if let album = candidate.album, maxPerAlbum > 0,
                perAlbum[album, default: 0] >= maxPerAlbum
            {
                continue
            }
            seen.formUnion(candidate.names)
            perArtist[candidate.artist, default: 0] += 1
            if let album = candidate.album { perAlbum[album, default: 0] += 1 }
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
