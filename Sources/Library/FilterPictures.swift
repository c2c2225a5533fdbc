import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection

extension Catalogue {
    /// The first layer of the network trained last, ready to be drawn.
    /// - Throws: ``LibraryError/nothingToDo(stage:reason:next:)`` when there is no network.
    public func filterPicture() throws -> FilterPicture {
        guard let last = try lastRun(.train) else {
            throw LibraryError.nothingToDo(
                stage: "draw filters", reason: "this library has no trained network yet",
                next: "Run `coldwave build`.")
        }
        let path = location.run(.networks, last.run).appendingPathComponent("model.safetensors")
        let model = try NetworkModel(contentsOf: path)
        guard let weight = model.tensors["conv1.weight"], weight.shape.count == 3 else {
            throw LibraryError.damaged(path: path.path, reason: "it has no first layer")
        }
        let (count, bands, frames) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let filters = (0..<count).map { filter in
            var matrix = Matrix(rows: frames, columns: bands)
            for band in 0..<bands {
                for frame in 0..<frames {
                    matrix[frame, band] = weight.values[(filter * bands + band) * frames + frame]
                }
            }
            return matrix
        }
        var mel = SpectrogramFormat.standard.mel
        mel.melBands = bands
        return FilterPicture(filters, bands: mel.bandPeaks)
    }
}
