import CollaborativeFiltering
import Foundation
import Matrices

/// What a factorisation did; encodes to the contract of `factorize --json`.
public struct FactorizeReport: Codable, Equatable, Sendable {
    public let listeners: Int
    public let songs: Int
    /// Pairs of a basket and a song; baskets are listeners if nothing else was asked for.
    public let interactions: Int
    public let baskets: Baskets
    public let basketCount: Int
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
    public let settings: FactorizeSettings
    /// The rows that the songs' factors were solved against, with their factors; the listeners if those are the baskets.
    let basketNames: [String]
    let basketFactors: Matrix

    public var configuration: FactorizationConfiguration { settings.factorization }
}

/// Collaborative filtering: plays → factors. Where the baskets are not the listeners, these are folded in afterwards.
public struct FactorizeStage: Sendable {
    let catalogue: Catalogue
    let settings: FactorizeSettings
    let tuning: TasteTuning
    let context: StageContext

    /// - Parameters:
    ///   - settings: what is used, or where tuning begins.
    ///   - tuning: whether settings are chosen by a held-out part; those chosen stand in the manifest, and later builds keep
    ///     them.
    public init(
        _ catalogue: Catalogue, settings: FactorizeSettings = FactorizeSettings(),
        tuning: TasteTuning = .off, context: StageContext
    ) {
        self.catalogue = catalogue
        self.settings = settings
        self.tuning = tuning
        self.context = context
    }

    func inputDigest() throws -> String { try inputDigest(settings) }

    private func inputDigest(_ settings: FactorizeSettings) throws -> String {
        // Since "2" love is a play and skips count; libraries without either stay fresh.
        let version = try catalogue.hasOpinions() ? "factorize 2" : "factorize 1"
        return digest([version, "plays \(try catalogue.revision("plays"))", json(settings)])
    }

    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` without plays, or with too few baskets.
    public func run() throws -> FactorizeReport {
        let started = Date()
        let data = try catalogue.tasteData()
        guard data.plays.count > 0 else {
            throw LibraryError.nothingToDo(
                stage: "factorize", reason: "this library has no plays",
                next: "Add listening history with `coldwave import FILE`.")
        }
        let baskets = try catalogue.baskets(settings.baskets, data)
        var settings = settings.resolved(baskets.counts)
        let tuned = try tuning.run(baskets.counts, settings.factorization, context: context)
        if let tuned {
            settings.factorization = tuned.configuration
            if tuning == .full { settings.automatic = [] }
        }
        settings.factorization.threads = self.settings.factorization.threads
        let inputs = try inputDigest(settings)
        let (result, listeners) = try fit(data, baskets, settings)
        try context.checkStop("factorize")
        let manifest = Manifest(
            stage: StageName.factorize.rawValue, inputDigest: inputs, inputs: [:],
            configuration: json(settings),
            metrics: [
                "loss": result.losses.last ?? 0, "interactions": Double(baskets.counts.count),
            ]
            .merging(tuned.map { ["heldOutNDCG20": $0.ndcg20] } ?? [:]) { $1 },
            created: isoNow(), seconds: Date().timeIntervalSince(started))
        let run = try catalogue.finishRun(.factors, manifest: manifest) { folder in
            try ArrayFile.write(listeners, to: folder.appendingPathComponent("listeners.npy"))
            try ArrayFile.write(
                result.factors.songs, to: folder.appendingPathComponent("songs.npy"))
            try LineFile.write(data.listeners, to: folder.appendingPathComponent("listeners.txt"))
            try LineFile.write(
                data.songs.map(\.description), to: folder.appendingPathComponent("songs.txt"))
            guard settings.baskets != .listeners else { return }
            try ArrayFile.write(
                result.factors.listeners, to: folder.appendingPathComponent("baskets.npy"))
            try LineFile.write(baskets.names, to: folder.appendingPathComponent("baskets.txt"))
        }
        return FactorizeReport(
            listeners: data.listeners.count, songs: data.songs.count,
            interactions: baskets.counts.count, baskets: settings.baskets,
            basketCount: baskets.names.count,
            dimensions: settings.factorization.dimensions, iterations: result.losses.count,
            loss: result.losses,
            secondsPerIteration: result.secondsPerIteration, run: run, tuning: tuned)
    }

    /// The songs by their baskets, and every listener in that space.
    private func fit(_ data: TasteData, _ baskets: BasketData, _ settings: FactorizeSettings) throws
        -> (result: Factorization, listeners: Matrix)
    {
        let dislikes = try catalogue.dislikes(data, settings.factorization)
        let isByListener = settings.baskets == .listeners
        let result = try ImplicitALS(settings.factorization).fit(
            baskets.counts, dislikes: isByListener ? dislikes : nil
        ) { progress in
            context.report(
                StageProgress(
                    stage: "factorize", done: progress.iteration, total: progress.iterations,
                    unit: "iterations",
                    detail: String(format: "loss %.4g", progress.loss)))
            return !context.shouldStop()
        }
        if isByListener { return (result, result.factors.listeners) }
        let places = try FoldingIn(settings.factorization, songs: result.factors.songs)
        return (result, try places.place(data.plays, dislikes: dislikes))
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
            let settings = try? JSONDecoder().decode(
                FactorizeSettings.self, from: Data(manifest.configuration.utf8))
        else {
            throw LibraryError.damaged(
                path: folder.path, reason: "its files do not belong together")
        }
        let isByListener = settings.baskets == .listeners
        let names =
            isByListener
            ? listeners : try LineFile.read(folder.appendingPathComponent("baskets.txt"))
        let baskets =
            isByListener
            ? factors.listeners
            : try ArrayFile.readMatrix(folder.appendingPathComponent("baskets.npy"))
        guard names.count == baskets.rows else {
            throw LibraryError.damaged(
                path: folder.path,
                reason: "its baskets have \(names.count) names and \(baskets.rows) rows")
        }
        return StoredFactors(
            run: last.run, listeners: listeners, songs: songs, factors: factors, settings: settings,
            basketNames: names, basketFactors: baskets)
    }
}
