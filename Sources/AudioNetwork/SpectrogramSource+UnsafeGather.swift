import Matrices

/// What the network's input is brought to: every band `(x − mean) / deviation`.
struct BandScaling: Sendable {
    let mean: [Float]
    let deviation: [Float]
}

/// A piece of a song for the network: `steps` runs of frames from a start on.
struct Piece: Sendable {
    let window: Window
    let steps: Int
}

private let stepsTogether = 32

extension SpectrogramSource {
    /// Windows' frames, `[windows, frames / pool, bands]`; a song shorter than a window is followed by silence (log-mel 0).
    /// - Parameters:
    ///   - pool: frames that are averaged into one step; what is left at a window's end is left out.
    ///   - changes: added to every frame that is heard of each window, `[windows, bands]`.
    ///   - scaling: done last, to all steps; nil for none.
    func gather(
        _ windows: [Window], frames: Int, averaging pool: Int = 1, threads: Int,
        adding changes: [[Float]]? = nil, scaling: BandScaling? = nil
    ) throws -> [Float] {
        let steps = frames / pool
        return try gather(
            windows.map { Piece(window: $0, steps: steps) }, averaging: pool, threads: threads,
            adding: changes, scaling: scaling)
    }

    /// Pieces of any lengths one after the other, `[Σ steps, bands]`.
    func gather(
        _ pieces: [Piece], averaging pool: Int, threads: Int, adding changes: [[Float]]? = nil,
        scaling: BandScaling? = nil
    ) throws -> [Float] {
        var offsets = [0]
        for piece in pieces { offsets.append((offsets.last ?? 0) + piece.steps * bands) }
        let total = offsets.last ?? 0
        return try [Float](unsafeUninitializedCapacity: total) { buffer, filled in
            let target = GatheredMemory(base: buffer)
            let places = offsets
            let failures = Parallel.map(pieces.count, threads: threads) { i -> (any Error)? in
                do {
                    // A little at a time: what is filled is still in the nearest cache when it is scaled.
                    for first in stride(from: 0, to: pieces[i].steps, by: stepsTogether) {
                        let some = Piece(
                            window: Window(
                                song: pieces[i].window.song,
                                start: pieces[i].window.start + first * pool),
                            steps: Swift.min(stepsTogether, pieces[i].steps - first))
                        let from = places[i] + first * bands
                        let part = UnsafeMutableBufferPointer(
                            rebasing: target.base[from..<from + some.steps * bands])
                        try fill(part, with: some, averaging: pool, adding: changes?[i])
                        if let scaling { scale(part, scaling) }
                    }
                    return nil
                } catch { return error }
            }
            for case let failure? in failures { throw failure }
            filled = total
        }
    }

    private func fill(
        _ buffer: UnsafeMutableBufferPointer<Float>, with piece: Piece, averaging pool: Int,
        adding change: [Float]?
    ) throws {
        let (song, start) = (piece.window.song, piece.window.start)
        let heard = Swift.max(0, Swift.min(piece.steps * pool, frameCount(of: song) - start))
        let whole = heard / pool
        if whole > 0 {
            try copyMeans(
                of: song, from: start, steps: whole, of: pool,
                into: UnsafeMutableBufferPointer(rebasing: buffer[..<(whole * bands)]))
        }
        if let change {
            for step in 0..<whole {
                for band in 0..<bands { buffer[step * bands + band] += change[band] }
            }
        }
        guard whole < piece.steps else { return }
        UnsafeMutableBufferPointer(rebasing: buffer[(whole * bands)...]).update(repeating: 0)
        // The step that the song ends in: its frames, and silence for the others.
        let rest = heard - whole * pool
        guard rest > 0 else { return }
        let last = UnsafeMutableBufferPointer(
            rebasing: buffer[whole * bands..<(whole + 1) * bands])
        try copyMeans(of: song, from: start + whole * pool, steps: 1, of: rest, into: last)
        let share = Float(rest) / Float(pool)
        for band in 0..<bands { last[band] = (last[band] + (change?[band] ?? 0)) * share }
    }

    private func scale(_ buffer: UnsafeMutableBufferPointer<Float>, _ scaling: BandScaling) {
        let factors = scaling.deviation.map { 1 / $0 }
        scaling.mean.withUnsafeBufferPointer { mean in
            factors.withUnsafeBufferPointer { factors in
                guard let base = buffer.baseAddress, let mean = mean.baseAddress,
                    let factors = factors.baseAddress
                else { return }
                let bands = scaling.mean.count
                for step in 0..<buffer.count / bands {
                    let row = base + step * bands
                    for band in 0..<bands { row[band] = (row[band] - mean[band]) * factors[band] }
                }
            }
        }
    }

    /// By way of the frames themselves; sources that can do better have their own.
    public func copyMeans(
        of song: Int, from start: Int, steps: Int, of pool: Int,
        into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        if pool == 1 { return try copyFrames(of: song, from: start, count: steps, into: buffer) }
        let size = pool * bands
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { frames in
            for step in 0..<steps {
                try copyFrames(of: song, from: start + step * pool, count: pool, into: frames)
                Means.of(
                    frames.baseAddress, frames: pool, bands: bands,
                    to: buffer.baseAddress?.advanced(by: step * bands))
            }
        }
    }
}

/// Means over frames that lie one after the other in memory.
enum Means {
    static func of(
        _ frames: UnsafePointer<Float>?, frames count: Int, bands: Int,
        to mean: UnsafeMutablePointer<Float>?
    ) {
        guard let frames, let mean else { return }
        let share = 1 / Float(count)
        if count == 4 {
            let (second, third, last) = (frames + bands, frames + 2 * bands, frames + 3 * bands)
            for band in 0..<bands {
                mean[band] = (frames[band] + second[band] + third[band] + last[band]) * share
            }
            return
        }
        for band in 0..<bands { mean[band] = frames[band] }
        for frame in 1..<max(1, count) {
            let row = frames + frame * bands
            for band in 0..<bands { mean[band] += row[band] }
        }
        for band in 0..<bands { mean[band] *= share }
    }
}

/// A batch's memory while several threads fill it.
/// Sendable because every thread writes only the part of its own window.
private struct GatheredMemory: @unchecked Sendable {
    let base: UnsafeMutableBufferPointer<Float>
}
