import AudioNetwork
import Foundation
import Matrices

/// What an export wrote.
public struct ExportReport: Codable, Equatable, Sendable {
    public let format: String
    public let path: String
    public let bytes: Int
    /// The network's name and the run it came from.
    public let network: String
    public let run: String
    /// Songs whose factors the file holds; 0 for formats that hold the network alone.
    public let songs: Int
}

/// The library's network, and with `npz` the songs' and listeners' places in its taste space, as a file for other programs.
public struct NetworkExport: Sendable {
    let catalogue: Catalogue

    public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when no network is trained yet.
    public func run(_ format: NetworkFormat, to url: URL) throws -> ExportReport {
        guard let last = try catalogue.lastRun(.train) else {
            throw LibraryError.nothingToDo(
                stage: "export", reason: "this library has no trained network yet",
                next: "Run `coldwave train`, or `coldwave build` for everything.")
        }
        let model = try NetworkModel(
            contentsOf: catalogue.location.run(.networks, last.run).appendingPathComponent(
                "model.safetensors"))
        let (arrays, songs) = format == .npz ? try places(network: last.run) : ([:], 0)
        try model.export(format, to: url, with: arrays)
        let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int
        return ExportReport(
            format: format.rawValue, path: url.path, bytes: size ?? 0,
            network: model.configuration.name, run: last.run, songs: songs)
    }

    /// `songs.predicted` and `songs.blended` `[songs, 40]`, with `songs.id` and `songs.name` in the same order; `listeners.factors`
    /// `[listeners, 40]` with `listeners.name`. None of them unless they belong to this network.
    private func places(network: String) throws -> ([String: NamedArray], songs: Int) {
        guard let predictions = try? catalogue.storedPredictions(for: "export"),
            predictions.networkRun == network
        else { return ([:], 0) }
        let names = Dictionary(
            uniqueKeysWithValues: try catalogue.tracks(includingMissing: true).map {
                ($0.id ?? 0, "\($0.artist) - \($0.title)")
            })
        var arrays: [String: NamedArray] = [
            "songs.predicted": .matrix(try predictions.predicted.matrix()),
            "songs.blended": .matrix(predictions.blended),
            "songs.id": .integers(predictions.tracks),
            "songs.name": .texts(predictions.tracks.map { names[$0] ?? "" }),
        ]
        let factors = try catalogue.storedFactors(for: "export")
        if factors.run == predictions.factorsRun {
            arrays["listeners.factors"] = .matrix(factors.factors.listeners)
            arrays["listeners.name"] = .texts(factors.listeners)
        }
        return (arrays, predictions.tracks.count)
    }
}
