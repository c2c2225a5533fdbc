import AudioNetwork
import CollaborativeFiltering
import Evaluation
import Foundation
import Matrices

/// A library's songs in folds, no artist in two of them, with all that learning from some and judging by others needs.
struct ColdDivision: Sendable {
    /// All plays, `[listeners, songs]`.
    let plays: SparseMatrix
    /// Columns of the plays that have sound and enough listeners: the songs. Everything below counts in these.
    let columns: [Int]
    /// Listeners of every column of the plays.
    let listeners: [Int]
    let source: StoredSpectrograms
    /// Each song's artist.
    let artists: [Int]
    let folds: [[Int]]

    /// A fold's songs, and all others.
    func fold(_ number: Int) -> (fold: [Int], rest: [Int]) {
        let held = Set(folds[number])
        return (folds[number], columns.indices.filter { !held.contains($0) })
    }
}

extension ColdEvaluation {
    /// - Throws: ``LibraryError/tooFewSongs(got:needed:next:)`` and more.
    func division() throws -> ColdDivision {
        let data = try catalogue.tasteData()
        let tracks = Dictionary(
            uniqueKeysWithValues: try catalogue.tracks(includingMissing: true).map {
                ($0.id ?? 0, $0)
            })
        var listeners = [Int](repeating: 0, count: data.songs.count)
        for column in data.plays.columnIndices { listeners[Int(column)] += 1 }
        let columns = data.songs.indices.filter { column in
            if case .track(let id) = data.songs[column], tracks[id]?.kind == .song {
                return listeners[column] >= configuration.minimumListeners
            }
            return false
        }
        let needed = TrainStage.minimumSongs * 2
        guard columns.count >= needed else {
            throw LibraryError.tooFewSongs(
                got: columns.count, needed: needed,
                next: "Evaluation holds songs out and must learn from the others.")
        }
        let songTracks = columns.compactMap { column -> Track? in
            if case .track(let id) = data.songs[column] { tracks[id] } else { nil }
        }
        let artists = groupIndices(songTracks.map(\.artist))
        let folds = ColdStartProtocol(folds: configuration.folds, seed: configuration.seed)
            .split(groups: artists, eligible: columns.map { _ in true }).filter { !$0.isEmpty }
        return ColdDivision(
            plays: data.plays, columns: columns, listeners: listeners,
            source: try SpectrogramStore(catalogue.location).open(songTracks.map(\.place)),
            artists: artists,
            folds: Array(folds.prefix(configuration.limit ?? folds.count)))
    }

    /// What `factorize` takes of itself for these plays, unless the configuration says otherwise.
    func settings(_ plays: SparseMatrix) -> FactorizationConfiguration {
        var settings =
            configuration.factorization ?? FactorizeSettings().resolved(plays).factorization
        settings.threads = context.threads
        return settings
    }

    /// Trains a network on the songs in `rest`, whose factors are the targets.
    func train(
        _ rest: [Int], _ division: ColdDivision, _ targets: Matrix,
        training: TrainingConfiguration, objective: TrainingObjective = .factors, label: String
    ) throws -> NetworkModel {
        let trained = try Trainer(training: training, objective: objective).train(
            source: division.source.selecting(rest), targets: targets,
            groups: rest.map { division.artists[$0] },
            progress: { progress in
                context.report(
                    StageProgress(
                        stage: "evaluate", done: progress.windowsDone, total: progress.windowsTotal,
                        unit: "windows",
                        detail: label + String(format: "  loss %.4f", progress.trainLoss)))
            }, shouldStop: context.shouldStop)
        try context.checkStop("evaluate")
        return trained.model
    }

    /// What a network says of songs, `[songs, dimensions]`.
    func predict(_ songs: [Int], _ division: ColdDivision, _ model: NetworkModel) throws -> Matrix {
        let training = configuration.training
        return try Predictor(
            model, device: training.device, precision: training.precision, threads: context.threads
        )
        .predict(division.source.selecting(songs), shouldStop: context.shouldStop)
    }
}

extension StoredSpectrograms {
    /// The songs at `indices`, in that order.
    func selecting(_ indices: [Int]) -> StoredSpectrograms {
        StoredSpectrograms(places: indices.map { places[$0] }, shards: shards, format: format)
    }
}
