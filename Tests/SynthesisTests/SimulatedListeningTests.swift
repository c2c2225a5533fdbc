import Synthesis
import Testing

@Suite struct SimulatedListeningTests {
    private func simulated() -> SimulatedListening {
        var simulated = SimulatedListening()
        simulated.listeners = 4000
        simulated.songs = 3000
        simulated.pairs = 120_000
        return simulated
    }

    @Test func hasTheSizesAskedFor() {
        let simulated = simulated()
        var listeners = [Int](repeating: 0, count: 3000)
        var pairs = 0
        for listener in 0..<4000 {
            let plays = simulated.plays(of: listener)
            #expect(!plays.isEmpty)
            for (a, b) in zip(plays, plays.dropFirst()) { #expect(a.song < b.song) }
            for (song, count) in plays {
                #expect(count >= 1)
                listeners[song] += 1
            }
            pairs += plays.count
        }
        #expect(abs(Double(pairs) / 120_000 - 1) < 0.1)
        // The first tenth of the songs has far more than a tenth of the listeners, and falls like 1 / (rank + 100).
        let head = listeners.prefix(300).reduce(0, +)
        #expect(Double(head) / Double(pairs) > 0.3)
        let (near, far) = (
            listeners[200..<300].reduce(0, +), listeners[1900..<2000].reduce(0, +)
        )
        #expect(abs(Double(near) / Double(far) / (2050.0 / 350) - 1) < 0.25)
    }

    @Test func isSeeded() {
        var other = simulated()
        let first = other.plays(of: 17)
        #expect(simulated().plays(of: 17).map(\.song) == first.map(\.song))
        other.seed = 1
        #expect(other.plays(of: 17).map(\.song) != first.map(\.song))
    }
}
