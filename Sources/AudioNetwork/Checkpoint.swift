import Foundation
import Matrices
import Torch

/// The state of a training after an epoch, on disk, written atomically: weights, their averages, momentum and losses in one
/// file, the best network so far in another.
struct Checkpoint {
    struct State {
        let model: NetworkModel
        let averages: [StoredTensor]
        /// What the optimiser remembers, by name, one tensor a parameter in each.
        let memory: [String: [StoredTensor]]
        let losses: [EpochLoss]
        /// Nil without songs to validate on.
        let best: NetworkModel?
    }

    let directory: URL
    private var file: URL { directory.appendingPathComponent("checkpoint.safetensors") }
    private var bestFile: URL { directory.appendingPathComponent("best.safetensors") }

    init(directory: URL) { self.directory = directory }

    /// Written before the epoch's ``write(_:_:_:_:)``: an epoch that is repeated after a crash writes the same again.
    func write(best: NetworkModel) throws { try best.write(to: bestFile) }

    func write(
        _ model: NetworkModel, _ averages: [Tensor], _ optimizer: Optimizer,
        _ losses: [EpochLoss]
    ) throws {
        var tensors = model.tensors
        for (i, (name, shape)) in model.configuration.parameterShapes.enumerated() {
            for (kind, kept) in optimizer.memory {
                tensors["\(kind).\(name)"] = StoredTensor(
                    shape: shape, values: try kept[i].values())
            }
            tensors["average." + name] = StoredTensor(
                shape: shape, values: try averages[i].values())
        }
        try NetworkModel(configuration: model.configuration, tensors: tensors)
            .write(
                to: file,
                extra: ["losses": String(decoding: try JSONEncoder().encode(losses), as: UTF8.self)]
            )
    }

    /// Nil when there is none.
    /// - Parameter memory: the names of what the optimiser remembers.
    func read(memory: [String]) throws -> State? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let model = try NetworkModel(contentsOf: file)
        let (_, metadata) = try SafeTensors.read(file)
        guard
            let losses = try? JSONDecoder().decode(
                [EpochLoss].self, from: Data((metadata["losses"] ?? "").utf8))
        else { throw NetworkError.notAModel(path: file.path, reason: "it is no checkpoint") }
        func tensors(_ prefix: String) throws -> [StoredTensor] {
            try model.configuration.parameterShapes.map { try model.tensor(prefix + $0.name) }
        }
        let hasBest = FileManager.default.fileExists(atPath: bestFile.path)
        return State(
            model: model, averages: try tensors("average."),
            memory: try Dictionary(
                uniqueKeysWithValues: memory.map { ($0, try tensors($0 + ".")) }),
            losses: losses, best: hasBest ? try NetworkModel(contentsOf: bestFile) : nil)
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
