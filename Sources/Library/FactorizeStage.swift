import CollaborativeFiltering
import Foundation
import Matrices

/// What a factorisation did; encodes to the contract of `factorize --json`.
public struct FactorizeReport: Codable, Equatable, Sendable {
    public let listeners: Int
    public let songs: Int
    public let interactions: Int
    public let dimensions: Int
    public let iterations: Int
    public let loss: [Double]
    public let secondsPerIteration: Double
    public let run: String
    /// What tuning chose and tried; nil without tuning.
    public let tuning: TasteTuning.Outcome?
}

/// The factors of one run, with what their rows are.
public struct StoredFactors: Sendable {
    public let run: String
    public let listeners: [String]
    public let songs: [SongID]
    public let factors: Factors
    public let configuration: FactorizationConfiguration
}

/// Collaborative filtering: plays → factors.
public struct FactorizeStage: Sendable {
    let catalogue: Catalogue
    let configuration: FactorizationConfiguration
    let tuning: TasteTuning
    let context: StageContext

    /// - Parameters:
    ///   - configuration: what is used, or where tuning begins.
    ///   - tuning: whether settings are chosen by a held-out part; those chosen stand in the manifest, and later builds keep
    ///     them.
    public init(
        _ catalogue: Catalogue, configuration: FactorizationConfiguration = .catalogue,
        tuning: TasteTuning = .off, context: StageContext
    ) {
        self.catalogue = catalogue
        self.configuration = configuration
        self.tuning = tuning
        self.context = context
    }

    func inputDigest() throws -> String { try inputDigest(configuration) }

    private func inputDigest(_ configuration: FactorizationConfiguration) throws -> String {
        digest(["factorize 1", "plays \(try catalogue.revision("plays"))", json(configuration)])
    }

    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` without plays.
    public func run() throws -> FactorizeReport {
        let started = Date()
        let data = try catalogue.tasteData()
        guard data.plays.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "factorize", reason: "this library has no plays",
                next: "Add listening history with `coldwave import FILE`.")
        }
        let tuned = try tuning.run(data.plays, configuration, context: context)
        var configuration = tuned?.configuration ?? configuration
        configuration.threads = self.configuration.threads
        let inputs = try inputDigest(configuration)
        let dislikes = try catalogue.dislikes(data, configuration)
        let result = try ImplicitALS(configuration).fit(data.plays, dislikes: dislikes) {
            progress in
            context.report(
                StageProgress(
                    stage: "factorize", done: progress.iteration, total: progress.iterations,
                    unit: "iterations",
                    detail: String(format: "loss %.4g", progress.loss)))
            return !context.shouldStop()
        }
        try context.checkStop("factorize")
        let manifest = Manifest(
            stage: StageName.factorize.rawValue, inputDigest: inputs, inputs: [:],
            configuration: json(configuration),
            metrics: ["loss": result.losses.last ?? 0, "interactions": Double(data.plays.count)]
                .merging(tuned.map { ["heldOutNDCG20": $0.ndcg20] } ?? [:]) { $1 },
            created: isoNow(), seconds: Date().timeIntervalSince(started))
        let run = try catalogue.finishRun(.factors, manifest: manifest) { folder in
            try ArrayFile.write(
                result.factors.listeners, to: folder.appendingPathComponent("listeners.npy"))
            try ArrayFile.write(
                result.factors.songs, to: folder.appendingPathComponent("songs.npy"))
            try LineFile.write(data.listeners, to: folder.appendingPathComponent("listeners.txt"))
            try LineFile.write(
                data.songs.map(\.description), to: folder.appendingPathComponent("songs.txt"))
        }
        return FactorizeReport(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: data.plays.count,
            dimensions: configuration.dimensions, iterations: result.losses.count,
            loss: result.losses,
            secondsPerIteration: result.secondsPerIteration, run: run, tuning: tuned)
    }
}

extension Catalogue {
    /// The factors of the last factorisation.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is none.
    public func storedFactors(for purpose: String) throws -> StoredFactors {
        guard let last = try lastRun(.factorize) else {
            throw LibraryError.nothingToDo(
                stage: purpose, reason: "this library has no factors yet",
                next: "Run `coldwave import FILE` if it has no plays, then `coldwave build`.")
        }
        let folder = location.run(.factors, last.run)
        let manifest = try manifest(.factors, last.run)
        let factors = Factors(
            listeners: try ArrayFile.readMatrix(folder.appendingPathComponent("listeners.npy")),
            songs: try ArrayFile.readMatrix(folder.appendingPathComponent("songs.npy")))
        let listeners = try LineFile.read(folder.appendingPathComponent("listeners.txt"))
        let songs = try LineFile.read(folder.appendingPathComponent("songs.txt")).compactMap {
            SongID($0)
        }
        guard listeners.count == factors.listeners.rows, songs.count == factors.songs.rows,
            let configuration = try? JSONDecoder().decode(
                FactorizationConfiguration.self, from: Data(manifest.configuration.utf8))
        else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        return StoredFactors(
            run: last.run, listeners: listeners, songs: songs, factors: factors,
            configuration: configuration)
    }
}
