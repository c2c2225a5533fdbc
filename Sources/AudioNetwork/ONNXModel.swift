import Foundation
import Matrices

/// A network as an ONNX file: `mel` `[N, 599, 128]`, the library's log-mel as it is, → `factors` `[N, 40]`; N is free.
///
/// The graph holds everything from the log-mel on (averaging of frames, the bands' normalisation, convolutions, pooling, dense layers),
/// so that another program needs nothing of Coldwave but the front end. Operators of opset 17, numbers of fields as in `onnx.proto`.
struct ONNXModel {
    /// Old enough for every runtime in use, and the last with the axes of ReduceMean as an attribute.
    static let operatorSet = 17
    private static let float32 = 1

    private let model: NetworkModel
    private var nodes: [Data] = []
    private var initializers: [Data] = []

    /// - Throws: ``NetworkError/missingTensor(name:)``.
    init(_ model: NetworkModel) throws {
        self.model = model
        let configuration = model.configuration
        let bands = configuration.melBands
        // ONNX convolves over the last dimension: [N, T, 128] → [N, 128, T].
        var x = add("Transpose", ["mel"], "bands_first", [.integers("perm", [0, 2, 1])])
        if configuration.inputPool > 1 {
            let frames = [configuration.inputPool]
            x = add(
                "AveragePool", [x], "averaged",
                [.integers("kernel_shape", frames), .integers("strides", frames)])
        }
        try store("input.mean", shape: [bands, 1])
        try store("input.std", shape: [bands, 1])
        x = add("Sub", [x, "input.mean"], "centred")
        x = add("Div", [x, "input.std"], "standardized")
        for (i, layer) in configuration.convolutions.enumerated() {
            let name = "conv\(i + 1)"
            try store("\(name).weight")
            try store("\(name).bias")
            x = add(
                "Conv", [x, "\(name).weight", "\(name).bias"], name,
                [.integers("kernel_shape", [layer.width])])
            x = add("Relu", [x], "\(name)_relu")
            guard layer.pool > 1 else { continue }
            x = add(
                "MaxPool", [x], "\(name)_pooled",
                [.integers("kernel_shape", [layer.pool]), .integers("strides", [layer.pool])])
        }
        x = addGlobalPooling(x)
        let layers = configuration.denseUnits.count + 1
        for i in 1...layers {
            try store("dense\(i).weight")
            try store("dense\(i).bias")
            x = add(
                "Gemm", [x, "dense\(i).weight", "dense\(i).bias"],
                i == layers ? "factors" : "dense\(i)", [.integer("transB", 1)])
            if i < layers { x = add("Relu", [x], "dense\(i)_relu") }
        }
    }

    /// Mean, maximum and `sqrt(mean(x²) + 1e-12)` over time, side by side: `[N, C, T]` → `[N, 3C]`.
    private mutating func addGlobalPooling(_ x: String) -> String {
        let overTime: [Attribute] = [.integers("axes", [2]), .integer("keepdims", 0)]
        initializers.append(
            Self.tensor("epsilon", StoredTensor(shape: [1], values: [1e-12])))
        let mean = add("ReduceMean", [x], "mean", overTime)
        let maximum = add("ReduceMax", [x], "maximum", overTime)
        let squares = add("Mul", [x, x], "squares")
        let meanSquare = add("ReduceMean", [squares], "mean_square", overTime)
        let positive = add("Add", [meanSquare, "epsilon"], "mean_square_positive")
        let level = add("Sqrt", [positive], "root_mean_square")
        return add("Concat", [mean, maximum, level], "pooled", [.integer("axis", 1)])
    }

    /// The file's contents.
    func data() -> Data {
        let configuration = model.configuration
        var file = ProtobufWriter()
        file.integer(1, 8)  // ir_version
        file.text(2, "coldwave")
        file.message(7) { graph in
            for node in nodes { graph.bytes(1, node) }
            graph.text(2, configuration.name)
            for tensor in initializers { graph.bytes(5, tensor) }
            graph.bytes(
                11, Self.value("mel", [configuration.windowFrames, configuration.melBands]))
            graph.bytes(12, Self.value("factors", [configuration.outputs]))
        }
        file.message(8) { $0.integer(2, Self.operatorSet) }
        return file.data
    }
}

extension ONNXModel {
    private enum Attribute {
        case integer(String, Int)
        case integers(String, [Int])

        var data: Data {
            var writer = ProtobufWriter()
            switch self {
            case .integer(let name, let value):
                writer.text(1, name)
                writer.integer(3, value)
                writer.integer(20, 2)
            case .integers(let name, let values):
                writer.text(1, name)
                for value in values { writer.integer(8, value) }
                writer.integer(20, 7)
            }
            return writer.data
        }
    }

    /// Adds a node named as its output; gives that name.
    private mutating func add(
        _ operation: String, _ inputs: [String], _ output: String, _ attributes: [Attribute] = []
    ) -> String {
        var node = ProtobufWriter()
        for input in inputs { node.text(1, input) }
        node.text(2, output)
        node.text(3, output)
        node.text(4, operation)
        for attribute in attributes { node.bytes(5, attribute.data) }
        nodes.append(node.data)
        return output
    }

    private mutating func store(_ name: String, shape: [Int]? = nil) throws {
        let stored = try model.tensor(name)
        initializers.append(
            Self.tensor(
                name, StoredTensor(shape: shape ?? stored.shape, values: stored.values)))
    }

    private static func tensor(_ name: String, _ stored: StoredTensor) -> Data {
        var writer = ProtobufWriter()
        for size in stored.shape { writer.integer(1, size) }
        writer.integer(2, float32)
        writer.text(8, name)
        writer.bytes(9, stored.values.withUnsafeBytes { Data($0) })  // raw_data, little-endian
        return writer.data
    }

    /// An input or output `[N, sizes…]`.
    private static func value(_ name: String, _ sizes: [Int]) -> Data {
        var writer = ProtobufWriter()
        writer.text(1, name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, float32)
                tensor.message(2) { shape in
                    shape.message(1) { $0.text(2, "N") }
                    for size in sizes { shape.message(1) { $0.integer(1, size) } }
                }
            }
        }
        return writer.data
    }
}

extension NetworkModel {
    /// Writes the network as an ONNX file, atomically: `mel` `[N, frames, bands]` → `factors` `[N, outputs]`.
    public func writeONNX(to url: URL) throws {
        try AtomicFile.write(ONNXModel(self).data(), to: url)
    }
}
