import Foundation
import Torch

extension NetworkModel {
    /// The model with every hidden layer's weights scaled so that its output has a root mean square of `target` on a batch of real
    /// windows (layer-sequential unit variance: Mishkin & Matas 2015, with the scale as a parameter).
    ///
    /// Max-pooling and the maximum in the global pooling let activations grow from layer to layer; left alone, the last layers see
    /// inputs so large that no learning rate suits both them and the first. Fresh biases are zero and every layer is homogeneous, so
    /// scaling a layer by `s` scales all that follows by `s`: one pass is enough.
    /// - Parameter windows: as the first convolution takes them, `[N, steps, bands]`.
    func scaled(on windows: Tensor, target: Double) throws -> NetworkModel {
        let network = try ConvolutionalNetwork(self)
        var levels: [Double] = []
        try Torch.withoutGradients {
            var x = windows
            for layer in network.convolutions {
                x = try x.convolved(layer.weight, layer.bias, pool: layer.pool)
                levels.append(try x.rootMeanSquare())
            }
            x = try x.pooledOverTime()
            for layer in network.dense.dropLast() {
                x = try x.linear(layer.weight, layer.bias).relu()
                levels.append(try x.rootMeanSquare())
            }
        }
        let names =
            (1...configuration.convolutions.count).map { "conv\($0).weight" }
            + (1...configuration.denseUnits.count).map { "dense\($0).weight" }
        var scaled = tensors
        var before = 1.0
        for (name, level) in zip(names, levels) {
            let total = target / max(level, 1e-9)
            let factor = Float(total / before)
            scaled[name] = StoredTensor(
                shape: try tensor(name).shape, values: try tensor(name).values.map { $0 * factor })
            before = total
        }
        return try NetworkModel(configuration: configuration, tensors: scaled)
    }
}

extension Tensor {
    fileprivate func rootMeanSquare() throws -> Double {
        let values = try values()
        return (values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, values.count)))
            .squareRoot()
    }
}
