import AudioNetwork
import CollaborativeFiltering
import Foundation
import Matrices
import Recommendation
import Torch

/// What a prediction did; encodes to the contract of `predict --json`.
public struct PredictReport: Codable, Equatable, Sendable {
    /// Songs with a place in the taste space now.
    public let songs: Int
    /// Songs heard in this run; the others were heard before by the same network.
    public let heard: Int
    /// Songs without a single play.
    public let cold: Int
    public let seconds: Double
    public let songsPerSecond: Double
    public let run: String
}

/// Every analysed song's place in the taste space.
public struct StoredPredictions: Sendable {
    public let run: String
    public let factorsRun: String
    public let networkRun: String
    /// Track ids, one a row.
    public let tracks: [Int64]
    /// The network's outputs, `[tracks, dimensions]`.
    public let predicted: RowFile
    /// Sound and plays together, on the scale of the factors: what songs are ranked by.
    public let blended: Matrix
    /// The part of `blended` that comes from plays, in the same shape; the rest comes from the sound. Nil in runs of before it
    /// was kept.
    let fromPlays: RowFile?
    /// Of `blended`, by cosine; only very large libraries have one.
    let index: VectorIndex?
    fileprivate let folder: URL

    /// What was heard of each.
    func sounds() throws -> [String] {
        let sounds = try LineFile.read(folder.appendingPathComponent("sounds.txt"))
        guard sounds.count == tracks.count else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        return sounds
    }
}

/// Hears every analysed song, and blends what is heard with what was played.
///
/// The network learns directions only (unit-norm factors), so its output is scaled by `s = Σ y·ŷ / Σ ŷ·ŷ` over the songs
/// that have both: the least-squares length of a factor for that direction. `s·ŷ` is then the prior mean of the song's
/// factors in the ALS solve; a song without plays keeps exactly `s·ŷ`.
public struct PredictStage: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    let device: String
    let precision: Precision?

    /// - Parameter precision: what products are computed in; nil for what is faster on the device.
    public init(
        _ catalogue: Catalogue, context: StageContext, device: String = "auto",
        precision: Precision? = nil
    ) {
        self.catalogue = catalogue
        self.context = context
        self.device = device
        self.precision = precision
    }

    func inputDigest(network: String, factors: String, _ tracks: [Track]) -> String {
        digest(["predict 2", network, factors] + tracks.map(\.soundDigest))
    }

    /// One track a recording: the first of those with the same audio.
    func recordings() throws -> [Track] {
        var seen: Set<String> = []
        return try catalogue.tracks(includingMissing: true).filter {
            seen.insert($0.recording).inserted
        }
    }

    public func run() throws -> PredictReport {
        let started = Date()
        _ = try Torch.device(device)
        let factors = try catalogue.storedFactors(for: "predict")
        guard let network = try catalogue.lastRun(.train) else {
            throw LibraryError.nothingToDo(
                stage: "predict", reason: "this library has no trained network yet",
                next: "Run `coldwave train`, or `coldwave build` for everything.")
        }
        let trained = try catalogue.manifest(.networks, network.run)
        guard trained.inputs["factorize"] == factors.run else {
            throw LibraryError.staleArtefact(
                path: catalogue.location.run(.networks, network.run).path,
                reason:
                    "the network was trained on an earlier factorisation, whose space is another one",
                next: "Run `coldwave train`, or `coldwave build` for everything.")
        }
        let tracks = try recordings()
        guard !tracks.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "predict", reason: "this library has no songs",
                next: "Run `coldwave scan FOLDER`.")
        }
        let (predicted, heard) = try predict(tracks, network: network.run)
        let (blended, fromPlays) = try blend(predicted, tracks, factors)
        let data = try catalogue.listenersPerSong()
        let cold = tracks.count { data[.track($0.id ?? 0)] == nil }
        let seconds = Date().timeIntervalSince(started)
        let manifest = Manifest(
            stage: StageName.predict.rawValue,
            inputDigest: inputDigest(network: network.run, factors: factors.run, tracks),
            inputs: ["factorize": factors.run, "train": network.run], configuration: "{}",
            metrics: ["songs": Double(tracks.count), "cold": Double(cold)], created: isoNow(),
            seconds: seconds)
        let run = try catalogue.finishRun(.predictions, manifest: manifest) { folder in
            try ArrayFile.write(predicted, to: folder.appendingPathComponent("songs.npy"))
            try ArrayFile.write(blended, to: folder.appendingPathComponent("blended.npy"))
            try ArrayFile.write(fromPlays, to: folder.appendingPathComponent("plays.npy"))
            if tracks.count >= SongIndex.least {
                try SongIndex.write(
                    blended, network: network.run, factors: factors.run, to: folder,
                    threads: context.threads)
            }
            try LineFile.write(
                tracks.map { String($0.id ?? 0) }, to: folder.appendingPathComponent("songs.txt"))
            try LineFile.write(
                tracks.map(\.soundDigest), to: folder.appendingPathComponent("sounds.txt"))
        }
        return PredictReport(
            songs: tracks.count, heard: heard, cold: cold, seconds: seconds,
            songsPerSecond: Double(heard) / max(seconds, 1e-9), run: run)
    }

    /// Predicts the songs that this network has not heard yet; the others are taken from the last run.
    private func predict(_ tracks: [Track], network: String) throws -> (Matrix, heard: Int) {
        var known: [String: [Float]] = [:]
        if let last = try? catalogue.storedPredictions(for: "predict"), last.networkRun == network,
            let sounds = try? last.sounds()
        {
            for (row, sound) in sounds.enumerated() { known[sound] = try last.predicted.row(row) }
        }
        let pending = tracks.filter { known[$0.soundDigest] == nil }
        if !pending.isEmpty {
            let model = try NetworkModel(
                contentsOf: catalogue.location.run(.networks, network).appendingPathComponent(
                    "model.safetensors"))
            let source = try SpectrogramStore(catalogue.location).open(pending.map(\.place))
            let outputs = try Predictor(
                model, device: device, precision: precision, threads: context.threads
            ).predict(
                source,
                progress: { done in
                    context.report(
                        StageProgress(
                            stage: "predict", done: done, total: pending.count, unit: "songs"))
                }, shouldStop: context.shouldStop)
            try context.checkStop("predict")
            for (row, track) in pending.enumerated() {
                known[track.soundDigest] = Array(outputs.row(row))
            }
        }
        let rows = tracks.compactMap { known[$0.soundDigest] }
        let matrix = Matrix(
            rows: rows.count, columns: rows.first?.count ?? 0, storage: rows.flatMap { $0 })
        return (matrix, pending.count)
    }

    /// `s = Σ y·ŷ / Σ ŷ·ŷ` over songs that have both, row by row.
    static func scale(predicted: Matrix, factors: Matrix) -> Float {
        var along = 0.0
        var squares = 0.0
        for i in 0..<predicted.rows {
            along += Double(dot(predicted.row(i), factors.row(i)))
            squares += Double(dot(predicted.row(i), predicted.row(i)))
        }
        return along > 0 && squares > 0 ? Float(along / squares) : 1
    }

    /// What songs are ranked by, and the part of it that comes from plays: the solve is linear in the prior, so without one it
    /// gives that part.
    private func blend(_ predicted: Matrix, _ tracks: [Track], _ factors: StoredFactors) throws
        -> (blended: Matrix, fromPlays: Matrix)
    {
        let rowOfSong = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        let both = tracks.enumerated().compactMap { i, track in
            rowOfSong[.track(track.id ?? 0)].map { (predicted: i, factors: $0) }
        }
        let scale = Self.scale(
            predicted: predicted.selectingRows(both.map(\.predicted)),
            factors: factors.factors.songs.selectingRows(both.map(\.factors)))
        var prior = predicted
        for i in prior.storage.indices { prior.storage[i] *= scale }
        // The plays that made the factors, with the library's songs as columns.
        let data = try catalogue.tasteData()
        let baskets = try catalogue.baskets(factors.settings.baskets, data)
        let column = Dictionary(
            uniqueKeysWithValues: tracks.enumerated().map { (SongID.track($1.id ?? 0), $0) })
        let basketRow = Dictionary(
            zip(factors.basketNames, 0...), uniquingKeysWith: { first, _ in first })
        var entries: [(row: Int, column: Int, value: Float)] = []
        for basket in 0..<baskets.counts.rows {
            guard let row = basketRow[baskets.names[basket]] else { continue }
            for i in baskets.counts.range(ofRow: basket) {
                let id = data.songs[Int(baskets.counts.columnIndices[i])]
                guard let song = column[id] else { continue }
                entries.append((row, song, baskets.counts.values[i]))
            }
        }
        let plays = SparseMatrix(
            rows: factors.basketNames.count, columns: tracks.count, entries: entries)
        func solve(_ prior: Matrix) throws -> Matrix {
            try ImplicitALS(factors.configuration).solveSongs(
                plays, listeners: factors.basketFactors, prior: prior,
                priorWeight: factors.configuration.songPriorWeight,
                priorListeners: factors.configuration.songPriorListeners)
        }
        return (
            try solve(prior), try solve(Matrix(rows: prior.rows, columns: prior.columns))
        )
    }
}

extension Catalogue {
    /// How many listeners each played song has.
    func listenersPerSong() throws -> [SongID: Int] {
        let data = try tasteData()
        var counts = [Int](repeating: 0, count: data.songs.count)
        for column in data.plays.columnIndices { counts[Int(column)] += 1 }
        return Dictionary(uniqueKeysWithValues: zip(data.songs, counts))
    }

    /// The last run's predictions.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is none.
    public func storedPredictions(for purpose: String) throws -> StoredPredictions {
        guard let last = try lastRun(.predict) else {
            throw LibraryError.nothingToDo(
                stage: purpose,
                reason: "no song of this library has a place in the taste space yet",
                next: "Run `coldwave build`.")
        }
        let folder = location.run(.predictions, last.run)
        let manifest = try manifest(.predictions, last.run)
        let predicted = try RowFile(folder.appendingPathComponent("songs.npy"))
        let blended = try ArrayFile.readMatrix(folder.appendingPathComponent("blended.npy"))
        let parts = folder.appendingPathComponent("plays.npy")
        let fromPlays =
            FileManager.default.fileExists(atPath: parts.path)
            ? try RowFile(parts) : nil
        let tracks = try LineFile.read(folder.appendingPathComponent("songs.txt")).compactMap {
            Int64($0)
        }
        guard tracks.count == predicted.rows, tracks.count == blended.rows,
            fromPlays.map({ $0.rows == tracks.count }) ?? true
        else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        let factors = manifest.inputs["factorize"] ?? ""
        let network = manifest.inputs["train"] ?? ""
        return StoredPredictions(
            run: last.run, factorsRun: factors, networkRun: network, tracks: tracks,
            predicted: predicted, blended: blended, fromPlays: fromPlays,
            index: try SongIndex.open(
                in: folder, places: blended, network: network, factors: factors), folder: folder)
    }
}
