import Foundation
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
        let layers = try predictor.excitement(try MatrixSource(songs), top: 2).layers
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
        let again = try predictor.excitement(try MatrixSource(songs), top: 2).layers
        #expect(again == layers)
        let fewer = try predictor.excitement(try MatrixSource(songs), top: 1).layers
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
                try MatrixSource([song]), top: 1
            ).layers
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

    /// Four units over six songs: two that answer alike, one to a single song, one never.
    @Test func alikeSpecificAndSilentUnitsAreTold() {
        let songs: [[Float]] = [
            [1, 2, 0, 0], [2, 4.1, 0, 0], [3, 6, 0, 0], [1, 2, 6, 0], [2, 3.9, 0, 0], [1, 2, 0, 0],
        ]
        let character = LayerCharacter(
            Matrix(rows: 6, columns: 4, storage: songs.flatMap { $0 }), isRectified: true,
            threads: 1)
        #expect(character.songs == 6 && character.varying == 3 && character.distinct == 2)
        #expect(character.redundantPairs == 1)
        #expect(character.pairs.map { [$0.first, $0.second] } == [[0, 1]])
        #expect(character.twins[0]?.unit == 1 && character.twins[1]?.unit == 0)
        #expect(character.twins[3] == nil && character.sparseness[3] == nil)
        // One song of six: (1 − (1/6)² / (1/6)) / (1 − 1/6) = 1.
        #expect(abs((character.sparseness[2] ?? 0) - 1) < 1e-6)
        // Σr/n = 10/6, Σr²/n = 20/6: (1 − (100/36) / (20/6)) / (5/6) = 0.2.
        #expect(abs((character.sparseness[0] ?? 0) - 0.2) < 1e-5)
        // By hand: r01 ≈ 0.998, r02 = r12 ≈ −0.39: 9 / (3 + 2 Σ r²).
        let values = (0..<3).map { u in songs.map { Double($0[u]) } }
        func correlation(_ a: [Double], _ b: [Double]) -> Double {
            let (x, y) = (a.reduce(0, +) / 6, b.reduce(0, +) / 6)
            let along = zip(a, b).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
            return along
                / (a.reduce(0) { $0 + ($1 - x) * ($1 - x) }
                * b.reduce(0) { $0 + ($1 - y) * ($1 - y) }).squareRoot()
        }
        let squares = [(0, 1), (0, 2), (1, 2)].reduce(0.0) {
            $0 + pow(correlation(values[$1.0], values[$1.1]), 2)
        }
        #expect(abs(character.effectiveDimension - 9 / (3 + 2 * squares)) < 1e-4)
        let outputs = LayerCharacter(
            Matrix(rows: 6, columns: 4, storage: songs.flatMap { $0 }), isRectified: false,
            threads: 1)
        #expect(outputs.sparseness.allSatisfy { $0 == nil })
        #expect(LayerCharacter(Matrix(rows: 0, columns: 3), isRectified: true).distinct == 0)
    }

    /// The unit that peaks highest above what other songs reach, where it does: also for the songs heard before that is known.
    @Test func whatStandsOutInASongIsFound() throws {
        let songs = (0..<300).map { i -> Matrix in
            Self.song(400, band: [0, 3, 6][i % 3], from: 20 + i, count: 30, level: 1)
        }
        let heard = try Predictor(Self.network(inputPool: 1), threads: 1)
            .excitement(try MatrixSource(songs), top: 1)
        #expect(heard.highlights.count == 300)
        let reach = heard.layers[1].reach
        for (i, highlights) in heard.highlights.enumerated() {
            let first = try #require(highlights.first)
            // conv1 has four units; unit 0 answers to band 0, 1 to band 3, 2 to band 6.
            #expect(first.unit % 4 == [0, 1, 2][i % 3] && first.deviations > 1)
            #expect(first.frame > 20 + i - reach && first.frame < 50 + i)
        }
    }
}
