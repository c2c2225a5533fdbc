import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection

extension Catalogue {
    /// The network trained last, with the name of its run.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is none.
    func storedNetwork(for purpose: String) throws -> (run: String, model: NetworkModel) {
        guard let last = try lastRun(.train) else {
            throw LibraryError.nothingToDo(
                stage: purpose, reason: "this library has no trained network yet",
                next: "Run `coldwave build`.")
        }
        let path = location.run(.networks, last.run).appendingPathComponent("model.safetensors")
        return (last.run, try NetworkModel(contentsOf: path))
    }

    /// The first layer of the network trained last, ready to be drawn.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is no network.
    public func filterPicture() throws -> FilterPicture {
        let filters = try storedNetwork(for: "draw filters").model.firstFilters()
        var mel = SpectrogramFormat.standard.mel
        mel.melBands = filters.first?.columns ?? mel.melBands
        return FilterPicture(filters, bands: mel.bandPeaks)
    }

    /// Layers of the network trained last, by their names; the outputs where none is named.
    /// - Throws: ``LibraryError/unknownName(what:name:near:)``.
    public func layers(named names: [String]) throws -> Set<String> {
        let all = try storedNetwork(for: "name layers").model.configuration.layers.map(\.name)
        if let unknown = names.first(where: { !all.contains($0) }) {
            throw LibraryError.unknownName(what: "layer", name: unknown, near: all)
        }
        return Set(names.isEmpty ? all.suffix(1) : names)
    }
}
