import Matrices
import Testing

@testable import AudioNetwork

struct WindowReadingTests {
    /// A source with no means of its own.
    struct Plain: SpectrogramSource {
        let matrices: MatrixSource
        var count: Int { matrices.count }
        var bands: Int { matrices.bands }
        func frameCount(of song: Int) -> Int { matrices.frameCount(of: song) }
        func copyFrames(
            of song: Int, from start: Int, count: Int,
            into buffer: UnsafeMutableBufferPointer<Float>
        ) throws {
            try matrices.copyFrames(of: song, from: start, count: count, into: buffer)
        }
    }

    /// Steps of four frames, with changes and scaling, against the frames themselves averaged afterwards.
    @Test(arguments: [1, 3, 4])
    func stepsAreTheMeansOfFrames(pool: Int) throws {
        let (source, _) = try NetworkTests.songs(2, frames: 101)
        // The second reaches past the song's end, the third begins behind it.
        let windows = [
            Window(song: 0, start: 7), Window(song: 1, start: 55), Window(song: 1, start: 101),
        ]
        let changes = (0..<3).map { w in (0..<8).map { Float($0 * (w + 1)) / 10 } }
        let scaling = BandScaling(
            mean: (0..<8).map { Float($0) / 8 }, deviation: (0..<8).map { 1 + Float($0) / 2 })
        let frames = try source.gather(windows, frames: 60, threads: 1, adding: changes)
        let steps = 60 / pool
        let heard = [60, 46, 0]
        for source in [source, Plain(matrices: source)] as [any SpectrogramSource] {
            let gathered = try source.gather(
                windows, frames: 60, averaging: pool, threads: 2, adding: changes, scaling: scaling)
            #expect(gathered.count == 3 * steps * 8)
            for (i, value) in gathered.enumerated() {
                let (window, step, band) = (i / (steps * 8), i / 8 % steps, i % 8)
                let mean =
                    (0..<pool).reduce(Float(0)) {
                        $0 + frames[(window * 60 + step * pool + $1) * 8 + band]
                    } / Float(pool)
                let expected = (mean - scaling.mean[band]) / scaling.deviation[band]
                #expect(abs(value - expected) < 1e-5)
                if step * pool >= heard[window] { #expect(mean == 0) }
            }
        }
    }

    @Test func whatIsReadAheadComesInOrder() throws {
        var reading = ReadAhead(50) { $0 * $0 }
        for i in 0..<50 { #expect(try reading.next() == i * i) }
        #expect(try reading.next() == nil)
        var none = ReadAhead(0) { $0 }
        #expect(try none.next() == nil)
        var failing = ReadAhead(3) { i in
            if i == 1 { throw NetworkError.unusableTargets }
            return i
        }
        #expect(try failing.next() == 0)
        #expect(throws: NetworkError.unusableTargets) { try failing.next() }
    }
}
