import AudioFeatures
import Foundation
import Matrices

/// Where one song's spectrogram lies in the store.
public struct SpectrogramPlace: Equatable, Sendable {
    public let shard: Int
    /// Bytes from the shard's start.
    public let offset: Int64
    public let frames: Int
}

/// The log-mel spectrograms of all songs: append-only shards of uint8 `[frames, bands]`, one after the other.
///
/// A shard starts with a header of 4,096 bytes (magic, then the format as JSON, padded with spaces). The catalogue
/// commits a song's place only after its bytes are synced, so a crash leaves at most bytes that nothing points to.
public struct SpectrogramStore: Sendable {
    static let magic = Data("COLDMEL1".utf8)
    static let headerBytes = 4096
    /// A new shard begins when this is passed (1 GiB).
    static let shardBytes: Int64 = 1 << 30

    public let folder: URL
    public let format: SpectrogramFormat

    public init(_ location: LibraryLocation, format: SpectrogramFormat = .standard) {
        folder = location.spectrograms
        self.format = format
    }

    func url(_ shard: Int) -> URL {
        folder.appendingPathComponent("shard-\(String(format: "%05d", shard)).mel")
    }

    /// Appends spectrograms and syncs them.
    /// - Returns: their places, in order.
    /// - Throws: ``LibraryError/cannotWrite(path:reason:)``, ``LibraryError/damaged(path:reason:)``.
    public func append(_ spectrograms: [QuantizedSpectrogram]) throws -> [SpectrogramPlace] {
        guard !spectrograms.isEmpty else { return [] }
        var shard = 0
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            while FileManager.default.fileExists(atPath: url(shard + 1).path) { shard += 1 }
            if let size = Self.size(url(shard)), size > Self.shardBytes { shard += 1 }
            let file = url(shard)
            if Self.size(file) ?? 0 < Self.headerBytes { try header().write(to: file) }
            try checkHeader(Data(contentsOf: file, options: .alwaysMapped), file)
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            var offset = Int64(try handle.seekToEnd())
            var places: [SpectrogramPlace] = []
            for spectrogram in spectrograms {
                try handle.write(contentsOf: Data(spectrogram.bytes))
                places.append(
                    SpectrogramPlace(shard: shard, offset: offset, frames: spectrogram.frames))
                offset += Int64(spectrogram.bytes.count)
            }
            try handle.synchronize()
            return places
        } catch let error as LibraryError {
            throw error
        } catch {
            throw LibraryError.cannotWrite(
                path: url(shard).path, reason: error.localizedDescription)
        }
    }

    /// Opens the shards that `places` lie in, mapped into memory.
    /// - Throws: ``LibraryError/damaged(path:reason:)``.
    func open(_ places: [SpectrogramPlace]) throws -> StoredSpectrograms {
        var shards: [Int: Data] = [:]
        for place in places {
            let file = url(place.shard)
            if shards[place.shard] == nil {
                guard let data = try? Data(contentsOf: file, options: .alwaysMapped) else {
                    throw LibraryError.damaged(path: file.path, reason: "it cannot be read")
                }
                try checkHeader(data, file)
                shards[place.shard] = data
            }
            let end = Int(place.offset) + place.frames * format.mel.melBands
            guard let size = shards[place.shard]?.count, end <= size else {
                throw LibraryError.damaged(
                    path: file.path, reason: "it is shorter than the catalogue says")
            }
        }
        return StoredSpectrograms(places: places, shards: shards, format: format)
    }

    private func header() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var data = Self.magic
        data.append(try encoder.encode(format))
        data.append(Data(repeating: 0x20, count: max(0, Self.headerBytes - data.count)))
        return data
    }

    private func checkHeader(_ data: Data, _ file: URL) throws {
        guard data.count >= Self.headerBytes, data.prefix(8) == Self.magic else {
            throw LibraryError.damaged(
                path: file.path, reason: "it has no header of a spectrogram shard")
        }
        let stored = try? JSONDecoder().decode(
            SpectrogramFormat.self, from: data[8..<Self.headerBytes])
        guard stored == format else {
            throw LibraryError.staleArtefact(
                path: file.path,
                reason: "it holds spectrograms of other settings than this Coldwave uses",
                next: "Scan into a new library with --library.")
        }
    }

    private static func size(_ file: URL) -> Int64? {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? NSNumber)?
            .int64Value
    }
}
