import Matrices
import Testing
import Torch

@testable import AudioNetwork

/// A network made by hand, so that what excites its units is known.
@Suite(.serialized) struct ExcitementTests {
    static let bands = 16

    /// Unit `u` of the first convolution answers to the band `3u` alone, the second passes them on; so do the dense layers.
    static func network(inputPool: Int) throws -> NetworkModel {
        var shape = NetworkConfiguration()
        shape.windowFrames = 96
        shape.melBands = bands
        shape.inputPool = inputPool
        shape.convolutions = [
            .init(filters: 4, width: 4, pool: 2), .init(filters: 4, width: 2, pool: 2),
        ]
        shape.denseUnits = [4]
        shape.outputs = 4
        var tensors: [String: StoredTensor] = [:]
        for (name, shape) in shape.parameterShapes {
            tensors[name] = StoredTensor(
                shape: shape, values: Array(repeating: 0, count: shape.reduce(1, *)))
        }
        func set(_ name: String, _ place: [Int], _ value: Float) {
            guard let old = tensors[name] else { return }
            var values = old.values
            values[zip(old.shape, place).reduce(0) { $0 * $1.0 + $1.1 }] = value
            tensors[name] = StoredTensor(shape: old.shape, values: values)
        }
        for unit in 0..<3 {
            for frame in 0..<4 { set("conv1.weight", [unit, 3 * unit, frame], 0.25) }
            for frame in 0..<2 { set("conv2.weight", [unit, unit, frame], 0.5) }
            // The maximum over time stands after the means.
            set("dense1.weight", [unit, 4 + unit], 1)
            set("dense2.weight", [unit, unit], unit == 2 ? -1 : 1)
        }
        tensors["input.mean"] = StoredTensor(
            shape: [bands], values: Array(repeating: 0, count: bands))
        tensors["input.std"] = StoredTensor(
            shape: [bands], values: Array(repeating: 1, count: bands))
        return try NetworkModel(configuration: shape, tensors: tensors)
    }

    /// Silence but for one band that sounds for some frames.
    static func song(_ frames: Int, band: Int, from start: Int, count: Int, level: Float) -> Matrix
    {
        var song = Matrix(rows: frames, columns: bands)
        for frame in start..<start + count { song[frame, band] = level }
        return song
    }

    @Test(arguments: [1, 2])
    func theSongAndTheMomentAreFound(inputPool: Int) throws {
        let songs = [
            Self.song(400, band: 3, from: 40, count: 60, level: 1),
            Self.song(400, band: 3, from: 300, count: 40, level: 2),
            Self.song(400, band: 0, from: 200, count: 200, level: 3),
            Self.song(50, band: 6, from: 10, count: 30, level: 1),
        ]
        let predictor = try Predictor(Self.network(inputPool: inputPool), threads: 1)
        let layers = try predictor.excitement(try MatrixSource(songs), top: 2)
        #expect(layers.map(\.name) == ["conv1", "conv2", "dense1", "outputs"])
        for layer in layers.prefix(2) {
            #expect(layer.moments[1].map(\.song) == [1, 0], "\(layer.name)")
            #expect(layer.moments[0].map(\.song) == [2] && layer.moments[2].map(\.song) == [3])
            #expect(layer.moments[3].isEmpty)
            // The whole of what the unit hears lies where its band sounds.
            let moment = layer.moments[1][0]
            #expect(moment.frame >= 300 - layer.reach && moment.frame < 340)
            #expect(abs(moment.activation - 2) < 1e-5)
        }
        // 60 frames of level 1 and 40 of level 2: the means' order is that of 60 against 80.
        #expect(layers[0].means[1].map(\.song) == [1, 0])
        let window = layers[2].moments[1][0]
        #expect(window.song == 1 && window.frame < 340 && window.frame + 96 > 300)
        #expect(layers[3].moments[2].first?.activation == 0)
        let again = try predictor.excitement(try MatrixSource(songs), top: 2)
        #expect(again == layers)
        let fewer = try predictor.excitement(try MatrixSource(songs), top: 1)
        #expect(fewer[0].moments[1] == Array(layers[0].moments[1].prefix(1)))
    }

    /// One loud frame: a unit is excited only at steps whose receptive field holds it, and at all of those.
    @Test func receptiveFieldsAreTheNetworksOwn() throws {
        let model = try Self.network(inputPool: 2)
        let fields = model.configuration.receptiveFields
        #expect(fields.map(\.stride) == [4, 8] && fields.map(\.reach) == [10, 18])
        for frame in 100..<120 {
            let song = Self.song(240, band: 0, from: frame, count: 1, level: 1)
            let layers = try Predictor(model, threads: 1).excitement(
                try MatrixSource([song]), top: 1)
            for layer in layers.prefix(2) {
                let moment = try #require(layer.moments[0].first)
                #expect((moment.frame..<moment.frame + layer.reach).contains(frame))
            }
        }
    }

    @Test func windowsThatAgreeHaveCosineOne() throws {
        let steady = Self.song(400, band: 3, from: 0, count: 400, level: 1)
        let predictor = try Predictor(Self.network(inputPool: 1), threads: 1)
        let hearing = try predictor.hearing(try MatrixSource([steady]), song: 0)
        #expect(hearing.starts == [0, 48, 96, 144, 192, 240, 288])
        #expect(hearing.agreement.allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(abs(hearing.peaks.reduce(0, +) - 1) < 1e-5)
        let once = Self.song(400, band: 3, from: 200, count: 8, level: 1)
        let heard = try predictor.hearing(try MatrixSource([once]), song: 0)
        let step = try #require(heard.peaks.firstIndex(of: 1))
        #expect((180...208).contains(step * heard.stride))
        #expect(heard.agreement.contains { $0 < 0.5 })
    }
}
