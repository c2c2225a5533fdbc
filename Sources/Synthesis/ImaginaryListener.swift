import Foundation
import Matrices

/// An imaginary listener: what they like to hear, and what else decides what they play.
public struct ImaginaryListener: Sendable {
    public let name: String
    public let region: Int
    /// How much they like each style, 0…1.
    public let styleWeights: [Double]
    /// Artists they are loyal to, whatever the song.
    public let favouriteArtists: Set<Int>
    /// Leanings within the styles.
    let brightness: Double
    let speed: Double
    let distinctSongs: Int

    /// The styles they like most, best first.
    public var favouriteStyles: [Int] {
        styleWeights.indices.filter { styleWeights[$0] > 0.5 }.sorted {
            styleWeights[$0] > styleWeights[$1]
        }
    }

    static func draw(_ index: Int, styles: [Style], artists: [Artist], seed: UInt64)
        -> ImaginaryListener
    {
        var generator = SeededGenerator(seed: seed, stream: 100_000 + UInt64(index))
        let region = generator.integer(below: World.regions.count)
        var weights = [Double](repeating: 0, count: styles.count)
        let first = generator.integer(below: styles.count)
        weights[first] = 1
        // One or two more, rather near the first than far from it.
        for _ in 0..<1 + generator.integer(below: 2) {
            let nearness = styles.indices.map { other in
                weights[other] > 0
                    ? 0 : exp(-2 * distance(styles[first].character, styles[other].character))
            }
            var pick = generator.uniform() * nearness.reduce(0, +)
            let chosen = nearness.firstIndex { near in
                pick -= near
                return pick < 0
            }
            if let chosen { weights[chosen] = generator.uniform(0.6...0.95) }
        }
        // A little liking spills over to the neighbours.
        for other in styles.indices where weights[other] == 0 {
            weights[other] =
                0.35 * exp(-2.5 * distance(styles[first].character, styles[other].character))
        }
        let known = artists.indices.filter { !artists[$0].isNew }
        var favourites: Set<Int> = []
        for _ in 0..<3 {
            let candidates = (0..<6).map { _ in known[generator.integer(below: known.count)] }
            // Loyalty follows liking and fame, but not strictly.
            let best = candidates.max {
                weights[artists[$0].style] + 0.1 * artists[$0].fame < weights[artists[$1].style]
                    + 0.1 * artists[$1].fame
            }
            if let best { favourites.insert(best) }
        }
        return ImaginaryListener(
            name: String(format: "listener-%04d", index), region: region, styleWeights: weights,
            favouriteArtists: favourites, brightness: generator.normal() * 0.5,
            speed: generator.normal() * 0.5,
            distinctSongs: 10 + Int(12 * exp(generator.normal() * 0.6)))
    }

    /// What can be heard of a song, as far as this listener likes it.
    func affinity(for song: SongPlan) -> Double {
        let styles = Style.all
        let range = styles[song.style].tempo
        let pace = 2 * (song.tempo - range.lowerBound) / (range.upperBound - range.lowerBound) - 1
        return 4 * styleWeights[song.style] + 0.8 * brightness * song.brightness + 0.6 * speed
            * pace
    }

    /// Which songs they play and how often: drawn without replacement with odds from liking, loyalty, region and fame.
    func plays(_ index: Int, songs: [SongPlan], artists: [Artist], seed: UInt64) -> [PlayCount] {
        var generator = SeededGenerator(seed: seed, stream: 900_000 + UInt64(index))
        var keys: [(key: Double, song: Int)] = []
        for (number, song) in songs.enumerated() {
            let gumbel = -log(-log(max(1e-12, generator.uniform())))
            guard !song.isNew else { continue }
            let artist = artists[song.artist]
            let unheard =
                (favouriteArtists.contains(song.artist) ? 1.8 : 0)
                + (artist.region == region ? 0.5 : 0)
                + 0.5 * log(artist.fame) + 0.6 * log(song.fame)
            keys.append((affinity(for: song) + unheard + gumbel, number))
        }
        let chosen = keys.sorted { $0.key > $1.key }.prefix(min(distinctSongs, keys.count / 2))
        return chosen.map { key, song in
            let liking = affinity(for: songs[song]) / 4
            let count = max(1, Int(exp(generator.normal() * 1.0 + 0.8 + liking)))
            return PlayCount(listener: index, song: song, count: min(count, 2000))
        }
    }

    private static func distance(
        _ a: (energy: Double, electronic: Double, darkness: Double),
        _ b: (energy: Double, electronic: Double, darkness: Double)
    ) -> Double {
        let (x, y, z) = (a.energy - b.energy, a.electronic - b.electronic, a.darkness - b.darkness)
        return (x * x + y * y + z * z).squareRoot()
    }
}
