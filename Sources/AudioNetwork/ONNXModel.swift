import Foundation
import Matrices

/// A network as an ONNX file: `mel` `[N, 599, 128]`, the library's log-mel as it is, → `factors` `[N, 40]`; N is free.
///
/// The graph holds everything from the log-mel on (averaging of frames, the bands' normalisation, convolutions, pooling, dense layers),
/// so that another program needs nothing of Coldwave but the front end. Operators of opset 17, numbers of fields as in `onnx.proto`.
struct ONNXModel {
    /// Old enough for every runtime in use, and the last with the axes of ReduceMean as an attribute.
    static let operatorSet = 17

    let model: NetworkModel
    var nodes: [Data] = []
    var initializers: [Data] = []

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
        let standardized = x
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
        let added = configuration.wide ? try addWideWay(standardized) : nil
        x = addGlobalPooling(x)
        let layers = configuration.denseUnits.count + 1
        for i in 1...layers {
            try store("dense\(i).weight")
            try store("dense\(i).bias")
            x = add(
                "Gemm", [x, "dense\(i).weight", "dense\(i).bias"],
                i < layers || added != nil ? "dense\(i)" : "factors", [.integer("transB", 1)])
            if i < layers { x = add("Relu", [x], "dense\(i)_relu") }
        }
        if let added { _ = add("Add", [x, added], "factors") }
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

    /// ``WideStatistics`` of the standardised input `[N, bands, T]` and the linear map of them: → `[N, outputs]`.
    private mutating func addWideWay(_ x: String) throws -> String {
        let bands = model.configuration.melBands
        let overTime: [Attribute] = [.integers("axes", [2]), .integer("keepdims", 0)]
        // A step minus the one before, band by band.
        let kernel = StoredTensor(
            shape: [bands, 1, 2], values: (0..<bands).flatMap { _ in [-1, 1] as [Float] })
        initializers.append(Self.tensor("wide_step", kernel))
        try store("wide.weight")
        try store("wide.bias")
        let level = add("ReduceMean", [x], "wide_level", [.integers("axes", [2])])
        let centred = add("Sub", [x, level], "wide_centred")
        let variance = add(
            "ReduceMean", [add("Mul", [centred, centred], "wide_squares")], "wide_variance",
            overTime)
        let steps = add(
            "Conv", [x, "wide_step"], "wide_steps",
            [.integers("kernel_shape", [2]), .integer("group", bands)])
        let parts = [
            add("ReduceMean", [x], "wide_mean", overTime),
            add("Sqrt", [variance], "wide_deviation"),
            add("ReduceMean", [add("Abs", [steps], "wide_sizes")], "wide_change", overTime),
        ]
        let statistics = add("Concat", parts, "wide_statistics", [.integer("axis", 1)])
        return add(
            "Gemm", [statistics, "wide.weight", "wide.bias"], "wide", [.integer("transB", 1)])
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

extension NetworkModel {
    /// Writes the network as an ONNX file, atomically: `mel` `[N, frames, bands]` → `factors` `[N, outputs]`.
    public func writeONNX(to url: URL) throws {
        try AtomicFile.write(ONNXModel(self).data(), to: url)
    }
}
