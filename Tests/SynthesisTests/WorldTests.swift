import Matrices
import Testing

@testable import Synthesis

@Suite struct WorldTests {
    static func small(seed: UInt64 = 0) -> World {
        var configuration = WorldConfiguration()
        configuration.songs = 160
        configuration.newSongs = 20
        configuration.listeners = 300
        configuration.seed = seed
        return .compose(configuration)
    }

    @Test func sameSeedSameWorld() {
        let (a, b, c) = (Self.small(), Self.small(), Self.small(seed: 1))
        #expect(a.plays == b.plays && a.plays != c.plays)
        let synthesizer = Synthesizer(sampleRate: 8000)
        // In another order, the same samples.
        let last = synthesizer.render(a.songs[9], in: a)
        _ = synthesizer.render(b.songs[1], in: b)
        #expect(synthesizer.render(b.songs[9], in: b) == last)
        #expect(synthesizer.render(c.songs[9], in: c) != last)
    }

    @Test func newSongsHaveNoPlays() {
        let world = Self.small()
        #expect(world.songs.count { $0.isNew } == 20)
        #expect(world.plays.allSatisfy { !world.songs[$0.song].isNew && $0.count >= 1 })
        #expect(Set(world.songs.map(\.title)).count == world.songs.count)
        #expect(world.songs.contains { $0.isNew && world.artists[$0.artist].isNew })
        #expect(world.songs.contains { $0.isNew && !world.artists[$0.artist].isNew })
    }

    @Test func tasteShowsInPlaysAndSoDoesLoyalty() {
        let world = Self.small()
        let liked = world.plays.count {
            world.listeners[$0.listener].styleWeights[world.songs[$0.song].style] > 0.5
        }
        #expect(Double(liked) / Double(world.plays.count) > 0.5)
        let loyal = world.plays.count {
            world.listeners[$0.listener].favouriteArtists.contains(world.songs[$0.song].artist)
        }
        // Three of 72 artists would be 4 % by chance.
        #expect(Double(loyal) / Double(world.plays.count) > 0.1)
        var listeners = [Int](repeating: 0, count: world.songs.count)
        for play in world.plays { listeners[play.song] += 1 }
        let sorted = listeners.sorted(by: >)
        #expect(sorted[5] > 2 * sorted[100])
    }

    @Test(arguments: Style.all.indices)
    func everyStyleSoundsAndStaysWithinBounds(style: Int) throws {
        let world = Self.small()
        let plan = try #require(world.songs.first { $0.style == style })
        let samples = Synthesizer(sampleRate: 11025).render(plan, in: world)
        #expect(samples.count == 11025 * 30)
        #expect(samples.allSatisfy { $0.isFinite && abs($0) <= 0.95 })
        // No silence of three seconds anywhere but at the faded ends.
        for start in stride(from: 11025, to: samples.count - 11025 * 4, by: 11025) {
            let loudest = samples[start..<start + 11025 * 3].reduce(0) { max($0, abs($1)) }
            #expect(loudest > 0.01, "\(Style.all[style].name) is silent at \(start / 11025) s")
        }
    }
}
