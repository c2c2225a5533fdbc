import Foundation
import Matrices
import Torch

/// An epoch of which only so many steps have been taken.
struct BegunEpoch: Codable, Equatable, Sendable {
    let steps: Int
    let loss: LossTotal
}

/// The state of a training between two steps, on disk, written atomically: weights, their averages, momentum and losses in one
/// file, the best network so far in another.
struct Checkpoint {
    struct State {
        let model: NetworkModel
        let averages: [StoredTensor]
        /// What the optimiser remembers, by name, one tensor a parameter in each.
        let memory: [String: [StoredTensor]]
        let losses: [EpochLoss]
        /// Of the epoch after those; nil where none of its steps was taken.
        let begun: BegunEpoch?
        /// Nil without songs to validate on.
        let best: NetworkModel?

        /// Brings averages and what the optimiser remembers to what they were.
        func restore(_ parameters: [Tensor], _ optimizer: Optimizer, device: String) throws {
            let kept = optimizer.memory.flatMap { zip($0.tensors, memory[$0.name] ?? []) }
            for (tensor, stored) in zip(parameters, averages) + kept {
                try tensor.assign(Tensor.from(stored.values, shape: stored.shape, device: device))
            }
        }
    }

    let directory: URL
    private var file: URL { directory.appendingPathComponent("checkpoint.safetensors") }
    private var bestFile: URL { directory.appendingPathComponent("best.safetensors") }

    init(directory: URL) { self.directory = directory }

    /// Written before the epoch's ``write(_:_:_:_:)``: an epoch that is repeated after a crash writes the same again.
    func write(best: NetworkModel) throws { try best.write(to: bestFile) }

    func write(
        _ model: NetworkModel, _ averages: [Tensor], _ optimizer: Optimizer,
        _ losses: [EpochLoss], begun: BegunEpoch? = nil
    ) throws {
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
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
                extra: try ["losses": json(losses)].merging(
                    begun.map { ["begun": try json($0)] } ?? [:]
                ) { $1 })
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
            losses: losses,
            begun: try? JSONDecoder().decode(
                BegunEpoch.self, from: Data((metadata["begun"] ?? "").utf8)),
            best: hasBest ? try NetworkModel(contentsOf: bestFile) : nil)
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
