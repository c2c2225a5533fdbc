import Foundation
import Matrices

/// Play counts like those of a large service, drawn from distributions: for measuring, not for judging recommendations, since
/// nobody has a taste here.
///
/// Popularity follows Zipf and Mandelbrot, `P(rank) ∝ 1 / (rank + q)`; how much a listener plays is log-normal, counts are
/// geometric. With the defaults the sizes are those of the Echo Nest Taste Profile, the most played song has about 60,000
/// listeners and the least played ones a dozen.
public struct SimulatedListening: Codable, Equatable, Sendable {
    public var listeners = 1_019_318
    public var songs = 384_546
    /// Pairs of a listener and a song, about.
    public var pairs = 48_373_586
    /// q: how many songs share the top.
    public var flatness = 100.0
    /// Standard deviation of the logarithm of how many songs a listener plays.
    public var spread = 1.0
    public var seed: UInt64 = 0

    public init() {}

    /// One listener's songs in ascending order with their counts; the same for the same listener and seed.
    public func plays(of listener: Int) -> [(song: Int, count: Int)] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(listener))
        let mean = Double(pairs) / Double(max(1, listeners))
        // exp(σ z − σ²/2) has the mean 1.
        let activity = exp(spread * generator.normal() - spread * spread / 2)
        let wanted = max(1, min(songs / 4 + 1, Int((mean * activity).rounded())))
        let ratio = (Double(songs) + flatness) / flatness
        var chosen: Set<Int> = []
        // Songs drawn twice are drawn anew, a bounded number of times.
        var draws = 0
        while chosen.count < wanted, draws < 20 * wanted {
            draws += 1
            let rank = flatness * (pow(ratio, generator.uniform()) - 1)
            chosen.insert(min(songs - 1, Int(rank)))
        }
        return chosen.sorted().map { song in
            (song, 1 + Int(-2 * log(1 - generator.uniform())))
        }
    }
}
