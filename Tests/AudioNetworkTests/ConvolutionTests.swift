import Matrices
import Testing
import Torch

@testable import AudioNetwork

/// The convolutions against libtorch's conv1d: what comes out, and all gradients.
struct ConvolutionTests {
    struct Shape: CustomTestStringConvertible {
        var songs = 3
        let time: Int
        var inputs = 5
        var outputs = 7
        var width = 4
        let pool: Int
        var testDescription: String {
            "[\(songs), \(time), \(inputs)] → \(outputs), width \(width), pool \(pool)"
        }
    }

    /// A compiler that isn't told of OpenMP makes plain loops of libtorch's parallel ones, and nothing but the time tells.
    @Test(arguments: [1, 2, 3]) func theirLoopsAreSharedOut(_ threads: Int) throws {
        try Torch.setThreads(threads)
        #expect(try Torch.threadsOfLoops() == threads)
    }

    /// One tile and many; tiles that the song ends in; blocks of several songs, and songs of several blocks; a width and a pool that no
    /// network here has.
    @Test(arguments: [
        Shape(time: 4, pool: 1), Shape(time: 9, pool: 1), Shape(time: 16, pool: 2),
        Shape(time: 23, pool: 4), Shape(songs: 40, time: 37, inputs: 16, outputs: 33, pool: 2),
        Shape(songs: 2, time: 1203, inputs: 8, outputs: 16, pool: 4),
        Shape(songs: 1, time: 700, inputs: 64, outputs: 24, pool: 1), Shape(time: 100, pool: 3),
        Shape(time: 100, pool: 20), Shape(time: 31, width: 5, pool: 2),
    ])
    func theyEqualConv1d(_ shape: Shape) throws {
        var generator = SeededGenerator(seed: UInt64(shape.time))
        let shapes = [
            [shape.songs, shape.time, shape.inputs], [shape.outputs, shape.inputs, shape.width],
            [shape.outputs],
        ]
        let values = shapes.map { shape in
            (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) }
        }
        let steps = (shape.time - shape.width + 1) / shape.pool
        let target = (0..<shape.songs * 3 * shape.outputs).map { _ in Float(generator.normal()) }
        func run(_ convolve: (Tensor, Tensor, Tensor) throws -> Tensor) throws -> [[Float]] {
            let leaves = try zip(values, shapes).map {
                try Tensor.from($0, shape: $1).requiringGradient()
            }
            let output = try convolve(leaves[0], leaves[1], leaves[2])
            #expect(try output.values().count == shape.songs * steps * shape.outputs)
            try output.pooledOverTime().squaredError(
                Tensor.from(target, shape: [shape.songs, 3 * shape.outputs])
            ).backward()
            return try [output.values()] + leaves.map { try $0.gradient().values() }
        }
        let fast = try run { try $0.convolved($1, $2, pool: shape.pool) }
        let plain = try run { try $0.convolvedByReference($1, $2, pool: shape.pool) }
        for (fast, plain) in zip(fast, plain) {
            #expect(fast.count == plain.count)
            let scale = plain.map { abs($0) }.max() ?? 0
            #expect(zip(fast, plain).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let input = try Tensor.from([Float](repeating: 1, count: 12), shape: [1, 6, 2])
        let weight = try Tensor.from([Float](repeating: 1, count: 8), shape: [1, 2, 4])
        let bias = try Tensor.from([0], shape: [1])
        #expect(throws: TorchError.self) { try input.convolved(weight, bias, pool: 4) }
        let wide = try Tensor.from([Float](repeating: 1, count: 18), shape: [1, 6, 3])
        #expect(throws: TorchError.self) { try wide.convolved(weight, bias, pool: 1) }
        #expect(try input.convolved(weight, bias, pool: 3).values() == [8])
    }
}
