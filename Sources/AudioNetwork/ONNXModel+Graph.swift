import Foundation

/// Nodes, attributes and tensors as `onnx.proto` numbers their fields.
extension ONNXModel {
    private static let float32 = 1

    enum Attribute {
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
    mutating func add(
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

    mutating func store(_ name: String, shape: [Int]? = nil) throws {
        let stored = try model.tensor(name)
        initializers.append(
            Self.tensor(
                name, StoredTensor(shape: shape ?? stored.shape, values: stored.values)))
    }

    static func tensor(_ name: String, _ stored: StoredTensor) -> Data {
        var writer = ProtobufWriter()
        for size in stored.shape { writer.integer(1, size) }
        writer.integer(2, float32)
        writer.text(8, name)
        writer.bytes(9, stored.values.withUnsafeBytes { Data($0) })  // raw_data, little-endian
        return writer.data
    }

    /// An input or output `[N, sizes…]`.
    static func value(_ name: String, _ sizes: [Int]) -> Data {
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
