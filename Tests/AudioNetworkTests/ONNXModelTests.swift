import Foundation
import Matrices
import Testing

@testable import AudioNetwork

/// Fields of a protobuf message as they were written; enough to take an ONNX file apart.
private struct Message {
    var integers: [Int: [Int]] = [:]
    var bytes: [Int: [Data]] = [:]

    init(_ data: Data) throws {
        var rest = data[...]
        func number() throws -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while let byte = rest.popFirst() {
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            throw NetworkError.notAModel(path: "", reason: "cut off")
        }
        while !rest.isEmpty {
            let key = try number()
            let field = Int(key >> 3)
            if key & 7 == 0 {
                integers[field, default: []].append(Int(Int64(bitPattern: try number())))
            } else {
                #expect(key & 7 == 2)
                let count = Int(try number())
                try #require(rest.count >= count)
                bytes[field, default: []].append(Data(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
    }

    func messages(_ field: Int) throws -> [Message] { try (bytes[field] ?? []).map(Message.init) }
    func texts(_ field: Int) -> [String] {
        (bytes[field] ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite struct ONNXModelTests {
    private func model(_ configuration: NetworkConfiguration) throws -> NetworkModel {
        var deep = configuration
        deep.wide = false
        let model = try NetworkModel.initial(
            deep, mean: (0..<128).map { Float($0) }, deviation: .init(repeating: 2, count: 128),
            seed: 1)
        guard configuration.wide else { return model }
        return try model.widened(by: .example)
    }

    @Test(arguments: [NetworkConfiguration.dieleman2014, .coldwave1, .coldwave2])
    func graphIsWholeAndInOrder(_ configuration: NetworkConfiguration) throws {
        let model = try model(configuration)
        let file = try Message(ONNXModel(model).data())
        #expect(file.integers[1] == [8])
        #expect(try file.messages(8).map { $0.integers[2] } == [[17]])
        let graph = try #require(try file.messages(7).first)
        // Every tensor of the model, bit for bit.
        var known: Set<String> = ["mel"]
        for tensor in try graph.messages(5) {
            let name = try #require(tensor.texts(8).first)
            known.insert(name)
            guard name != "epsilon", name != "wide_step" else { continue }
            let stored = try model.tensor(name)
            let shape = name.hasPrefix("input.") ? [128, 1] : stored.shape
            #expect(tensor.integers[1] == shape && tensor.integers[2] == [1])
            #expect(tensor.bytes[9] == [stored.values.withUnsafeBytes { Data($0) }])
        }
        #expect(known.isSuperset(of: model.tensors.keys))
        // A node reads only what came before it, and each result is read or is the output.
        var unread: Set<String> = []
        for node in try graph.messages(1) {
            #expect(known.isSuperset(of: node.texts(1)), "\(node.texts(4))")
            unread.subtract(node.texts(1))
            for output in node.texts(2) {
                #expect(known.insert(output).inserted)
                unread.insert(output)
            }
        }
        #expect(unread == ["factors"])
        let operations = try graph.messages(1).flatMap { $0.texts(4) }
        let wide = configuration.wide ? 1 : 0
        #expect(operations.count { $0 == "Conv" } == configuration.convolutions.count + wide)
        #expect(
            operations.count { $0 == "MaxPool" } == configuration.convolutions.count { $0.pool > 1 }
        )
        #expect(operations.contains("AveragePool") == (configuration.inputPool > 1))
        #expect(operations.count { $0 == "Gemm" } == 3 + wide)
    }

    @Test func inputAndOutputAreNamedAndFreeInN() throws {
        let graph = try #require(
            try Message(ONNXModel(model(.coldwave1)).data()).messages(7).first)
        for (field, name, sizes) in [(11, "mel", [599, 128]), (12, "factors", [40])] {
            let value = try #require(try graph.messages(field).first)
            #expect(value.texts(1) == [name])
            let tensor = try #require(try value.messages(2).first?.messages(1).first)
            let dimensions = try #require(try tensor.messages(2).first).messages(1)
            #expect(dimensions.first?.texts(2) == ["N"])
            #expect(dimensions.dropFirst().flatMap { $0.integers[1] ?? [] } == sizes)
        }
    }

    @Test func numbersOfAnySizeAreWritten() throws {
        var writer = ProtobufWriter()
        for value in [0, 127, 128, 300, 1 << 40, -1] { writer.integer(2000, value) }
        #expect(try Message(writer.data).integers[2000] == [0, 127, 128, 300, 1 << 40, -1])
        var known = ProtobufWriter()
        known.integer(1, 150)  // the example of the format's documentation
        #expect(known.data == Data([0x08, 0x96, 0x01]))
    }
}
