import AudioFeatures
import AudioNetwork
import Foundation
import Matrices

/// Songs' spectrograms in memory-mapped shards, as the network's source; frames are turned to floats when read.
struct StoredSpectrograms: SpectrogramSource {
    let places: [SpectrogramPlace]
    let shards: [Int: Data]
    let format: SpectrogramFormat

    var count: Int { places.count }
    var bands: Int { format.mel.melBands }
    func frameCount(of song: Int) -> Int { places[song].frames }

    func copyFrames(
        of song: Int, from start: Int, count: Int, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let place = places[song]
        precondition(start >= 0 && start + count <= place.frames && buffer.count >= count * bands)
        guard let shard = shards[place.shard] else { return }
        let low = format.range.lowerBound
        let step = (format.range.upperBound - low) / 255
        let first = Int(place.offset) + start * bands
        shard.withUnsafeBytes { bytes in
            for i in 0..<count * bands { buffer[i] = low + step * Float(bytes[first + i]) }
        }
    }

    func copyMeans(
        of song: Int, from start: Int, steps: Int, of pool: Int,
        into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let place = places[song]
        precondition(start >= 0 && start + steps * pool <= place.frames)
        guard let shard = shards[place.shard] else { return }
        let first = Int(place.offset) + start * bands
        shard.withUnsafeBytes { bytes in
            format.decodeMeans(
                UnsafeRawBufferPointer(rebasing: bytes[first..<first + steps * pool * bands]),
                of: pool, into: buffer)
        }
    }

    /// A whole song's log-mel, `[frames, bands]`.
    func matrix(_ song: Int) throws -> Matrix {
        var matrix = Matrix(rows: places[song].frames, columns: bands)
        try matrix.storage.withUnsafeMutableBufferPointer {
            try copyFrames(of: song, from: 0, count: places[song].frames, into: $0)
        }
        return matrix
    }
}

extension SpectrogramSource {
    /// A stretch of a song, `[frames, bands]`; what lies outside the song is silent (log-mel 0).
    func stretch(of song: Int, _ frames: Range<Int>) throws -> Matrix {
        var matrix = Matrix(rows: frames.count, columns: bands)
        let inside = frames.clamped(to: 0..<frameCount(of: song))
        guard !inside.isEmpty else { return matrix }
        let first = (inside.lowerBound - frames.lowerBound) * bands
        try matrix.storage.withUnsafeMutableBufferPointer {
            try copyFrames(
                of: song, from: inside.lowerBound, count: inside.count,
                into: UnsafeMutableBufferPointer(
                    rebasing: $0[first..<first + inside.count * bands]))
        }
        return matrix
    }
}
