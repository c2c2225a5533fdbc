import Foundation
import Matrices
import Torch

/// The state of a training after an epoch, on disk: weights, momentum and losses in one file, written atomically.
struct Checkpoint {
    let directory: URL
    private var file: URL { directory.appendingPathComponent("checkpoint.safetensors") }

    init(directory: URL) { self.directory = directory }

    func write(_ model: NetworkModel, _ optimizer: NesterovSGD, _ losses: [EpochLoss]) throws {
        var tensors = model.tensors
        for ((name, shape), velocity) in zip(
            model.configuration.parameterShapes, optimizer.velocities)
        {
            tensors["velocity." + name] = StoredTensor(shape: shape, values: try velocity.values())
        }
        try NetworkModel(configuration: model.configuration, tensors: tensors)
            .write(
                to: file,
                extra: ["losses": String(decoding: try JSONEncoder().encode(losses), as: UTF8.self)]
            )
    }

    /// Nil when there is none.
    func read() throws -> (model: NetworkModel, velocities: [StoredTensor], losses: [EpochLoss])? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let model = try NetworkModel(contentsOf: file)
        let (_, metadata) = try SafeTensors.read(file)
        guard
            let losses = try? JSONDecoder().decode(
                [EpochLoss].self, from: Data((metadata["losses"] ?? "").utf8))
        else { throw NetworkError.notAModel(path: file.path, reason: "it is no checkpoint") }
        let velocities = try model.configuration.parameterShapes.map {
            try model.tensor("velocity." + $0.name)
        }
        return (model, velocities, losses)
    }
}

extension EpochLoss {
    /// `epoch,train,validation`, one line an epoch.
    public static func writeCSV(_ losses: [EpochLoss], to url: URL) throws {
        var text = "epoch,train,validation\n"
        for loss in losses {
            let validation = loss.validation.map { String($0) } ?? ""
            text += "\(loss.epoch),\(loss.train),\(validation)\n"
        }
        try AtomicFile.write(Data(text.utf8), to: url)
    }
}
