import AudioFeatures
import Foundation
import Matrices
import Projection
import Recommendation

/// A song's place in the taste space, as its sound and as its plays have it.
public struct SongFactors: Sendable {
    public let fromSound: [Float]
    /// Nil for a song that nobody plays.
    public let fromPlays: [Float]?
}

extension Recommender {
    /// Some tracks as something to start from.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when none of them has a place in the taste space.
    public func seeds(of tracks: [Track]) throws -> SeedSongs {
        try seeds(tracks, title: tracks.first?.name ?? "nothing")
    }

    /// - Returns: nil for a track without a place.
    public func factors(of track: Track) throws -> SongFactors? {
        guard let place = table.place(ofRecording: track.recording), let row = row(place) else {
            return nil
        }
        return SongFactors(
            fromSound: try predictions.predicted.row(row),
            fromPlays: factorRow[place] < 0
                ? nil : Array(songFactors.row(Int(factorRow[place]))))
    }

    /// A radio that can be carried on, and leans to the familiar or to the new.
    /// - Parameters:
    ///   - seeds: where it began.
    ///   - heard: what was played since, oldest first: it does not come again, and the last few move the place.
    ///   - listener: what they have played is familiar; without one, what more listeners play than the middle song.
    ///   - discovery: 0: only what is familiar, 0.5: both as they come, 1: only what is new; as far as there is any.
    public func radio(
        from seeds: SeedSongs, after heard: [Track], listener: String?, discovery: Double,
        count: Int, seed: UInt64
    ) throws -> [Track] {
        var start = seeds
        let last = heard.suffix(3)
        if !last.isEmpty, let moved = try? self.seeds(of: Array(last)) {
            start = start.adding(moved)
        }
        start.recordings.formUnion(heard.map(\.recording))
        let familiar = try familiar(listener)
        // By each song's own number, so that carrying on keeps to the same choice.
        func isWanted(_ row: Int) -> Bool {
            var generator = SeededGenerator(seed: seed, stream: UInt64(row) | 1 << 40)
            let share = familiar[row] ? 2 * (1 - discovery) : 2 * discovery
            return generator.uniform() < share
        }
        let found = try radio(from: start, count: count, seed: seed &+ UInt64(heard.count)) {
            isWanted($0)
        }
        guard found.count < count else { return found }
        start.recordings.formUnion(found.map(\.recording))
        return found
            + (try radio(from: start, count: count - found.count, seed: seed) { _ in true })
    }

    /// By rows of the predictions.
    private func familiar(_ listener: String?) throws -> [Bool] {
        if let listener {
            let played = try taste(of: listener).played
            return placeOfRow.map { played.contains(Int($0)) }
        }
        let counts = placeOfRow.map { $0 < 0 ? 0 : self.counts.listeners[Int($0)] }
        let middle = counts.sorted()[counts.count / 2]
        return counts.map { $0 > middle }
    }
}

extension Catalogue {
    /// A song's spectrogram as it was heard, as a PNG: time to the right, low notes at the foot.
    /// - Returns: nil where none is kept; `start` and `end` are seconds into the file.
    public func spectrogramPicture(of track: Track) throws -> (
        png: Data, start: Double, end: Double
    )? {
        guard track.frames > 0 else { return nil }
        let source = try SpectrogramStore(self.location).open([track.place])
        let mel = try source.matrix(0)
        let seconds =
            Double(source.format.mel.hopLength) / Double(source.format.mel.sampleRate)
        let width = min(2000, max(200, mel.rows))
        return (
            SpectrogramStrip.png(mel, frames: 0..<mel.rows, width: width, height: mel.columns),
            track.second(ofHeard: 0), track.second(ofHeard: Double(mel.rows) * seconds)
        )
    }

    /// The losses of the training that runs now, else of the last one.
    public func trainingLosses() throws -> (
        run: String?, isTraining: Bool, losses: [TrainingLoss]
    ) {
        let networks = location.run(.networks, "").standardizedFileURL
        let partial = ((try? FileManager.default.contentsOfDirectory(atPath: networks.path)) ?? [])
            .filter { $0.hasPrefix("partial-") }
        let newest = partial.max {
            Self.changed(networks.appendingPathComponent($0))
                < Self.changed(networks.appendingPathComponent($1))
        }
        // An interrupted training leaves its folder behind.
        if let newest, writer() != nil {
            return (
                newest, true,
                TrainingLoss.read(checkpointFolder: networks.appendingPathComponent(newest))
            )
        }
        guard let last = try lastRun(.train) else { return (nil, false, []) }
        let file = location.run(.networks, last.run).appendingPathComponent("losses.csv")
        return (last.run, false, TrainingLoss.read(csv: file))
    }

    /// Who writes the library now, such as "`coldwave build` (process 7)"; nil for nobody.
    public func writer() -> String? {
        guard let text = try? String(contentsOf: location.lock, encoding: .utf8),
            let number = text.split(separator: " ").last?.filter(\.isNumber),
            let id = Int32(number),
            kill(id, 0) == 0 || errno == EPERM
        else { return nil }
        return text
    }

    private static func changed(_ url: URL) -> Date {
        (try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate)
            ?? .distantPast
    }
}

/// What one epoch of a training ended with.
public struct TrainingLoss: Codable, Equatable, Sendable {
    public let epoch: Int
    public let train: Double
    public let validation: Double?

    /// From the metadata at the head of a checkpoint, without its weights.
    static func read(checkpointFolder folder: URL) -> [TrainingLoss] {
        let file = folder.appendingPathComponent("checkpoint.safetensors")
        guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 8), head.count == 8 else { return [] }
        let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
        struct Head: Decodable {
            struct Metadata: Decodable { let losses: String? }
            let metadata: Metadata?
            enum CodingKeys: String, CodingKey { case metadata = "__metadata__" }
        }
        guard length < 16 << 20, let data = try? handle.read(upToCount: length),
            let losses = (try? JSONDecoder().decode(Head.self, from: data))?.metadata?.losses
        else { return [] }
        return (try? JSONDecoder().decode([TrainingLoss].self, from: Data(losses.utf8))) ?? []
    }

    static func read(csv file: URL) -> [TrainingLoss] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 2, let epoch = Int(fields[0]), let train = Double(fields[1])
            else { return nil }
            return TrainingLoss(
                epoch: epoch, train: train,
                validation: fields.count > 2 ? Double(fields[2]) : nil)
        }
    }
}
