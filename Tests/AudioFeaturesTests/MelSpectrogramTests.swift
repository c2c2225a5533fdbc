import AudioFeatures
import Foundation
import Matrices
import Testing

func golden(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        .appendingPathComponent(name)
}

/// Largest relative error where the expected value is above a millionth of the maximum.
func relativeError(_ got: Matrix, _ expected: Matrix) -> Float {
    let limit = (expected.storage.max() ?? 0) * 1e-6
    return zip(got.storage, expected.storage).reduce(0) { worst, pair in
        pair.1 > limit ? max(worst, abs(pair.0 - pair.1) / pair.1) : worst
    }
}

@Suite struct MelSpectrogramTests {
    struct Settings: Decodable {
        let sampleRate: Int
        let fftSize: Int
        let hopLength: Int
        let melBands: Int
        let power: Int
        let htk: Bool
        let norm: String?

        enum CodingKeys: String, CodingKey {
            case sampleRate = "sr"
            case fftSize = "n_fft"
            case hopLength = "hop_length"
            case melBands = "n_mels"
            case power, htk, norm
        }

        var configuration: MelConfiguration {
            var configuration = MelConfiguration()
            configuration.sampleRate = sampleRate
            configuration.fftSize = fftSize
            configuration.hopLength = hopLength
            configuration.melBands = melBands
            configuration.power = power
            configuration.scale = htk ? .htk : .slaney
            configuration.norm = norm == nil ? .none : .slaney
            return configuration
        }
    }

    @Test func equalsLibrosa() throws {
        let signal = try ArrayFile.readVector(golden("signal.npy"))
        let grid = try JSONDecoder().decode(
            [Settings].self, from: Data(contentsOf: golden("grid.json")))
        #expect(grid.count == 6)
        for (i, settings) in grid.enumerated() {
            let expected = try ArrayFile.readMatrix(golden("mel\(i).npy"))
            let got = try MelSpectrogram(settings.configuration).transform(signal)
            #expect(got.rows == expected.rows && got.columns == expected.columns)
            let error = relativeError(got, expected)
            #expect(error < 1e-4, "setting \(i): \(error)")
        }
    }

    @Test(arguments: [16, 32, 64, 128, 256, 512])
    func fastKernelEqualsPlainDFT(fft: Int) throws {
        var generator = SeededGenerator(seed: UInt64(fft))
        let samples = (0..<fft * 3 + 5).map { _ in Float(generator.normal() * 0.3) }
        for power in [1, 2] {
            var configuration = MelConfiguration()
            configuration.fftSize = fft
            configuration.hopLength = fft / 3
            configuration.melBands = 8
            configuration.power = power
            let got = try MelSpectrogram(configuration).transform(samples, threads: 2)
            #expect(relativeError(got, ReferenceMel.transform(samples, configuration)) < 1e-4)
        }
    }

    @Test func threadsDoNotChangeTheResult() throws {
        var generator = SeededGenerator(seed: 3)
        let samples = (0..<200_000).map { _ in Float(generator.normal() * 0.3) }
        let mel = try MelSpectrogram(MelConfiguration())
        let once = mel.transform(samples, threads: 1)
        #expect(once.rows == 1 + 200_000 / 110)
        #expect(once == mel.transform(samples, threads: 3))
    }

    @Test func absurdSettingsAreRefused() {
        for change: (inout MelConfiguration) -> Void in [
            { $0.fftSize = 1000 }, { $0.hopLength = 0 }, { $0.melBands = 0 }, { $0.power = 3 },
            { $0.lowFrequency = 20000 },
        ] {
            var configuration = MelConfiguration()
            change(&configuration)
            #expect(throws: AudioError.self) { try MelSpectrogram(configuration) }
        }
    }

    @Test func emptyAndTinySignals() throws {
        let mel = try MelSpectrogram(MelConfiguration())
        #expect(mel.transform([]).rows == 0)
        #expect(mel.transform([0.5]).rows == 1)
        #expect(mel.transform([0.5]).isFinite)
    }

    @Test func compressionFollowsItsFormula() {
        let mel = Matrix(rows: 1, columns: 3, storage: [0, 1, 100])
        #expect(LogCompression.log1p(10).apply(mel).storage == [0, log1p(10), log1p(1000)])
        #expect(LogCompression.decibels.apply(mel).storage == [-60, 0, 20])
        #expect(LogCompression(text: "log1p:10000") == .log1p(10000))
        #expect(LogCompression(text: "log1p:-1") == nil && LogCompression(text: "x") == nil)
    }

    @Test func eightBitsAreOffByAtMostHalfAStep() {
        let values = Matrix(rows: 2, columns: 3, storage: [0, 0.03, 1.7, 15.99, 20, -1])
        let range: ClosedRange<Float> = 0...16
        let back = QuantizedSpectrogram(values, range: range).matrix(range: range)
        for (got, value) in zip(back.storage, values.storage) {
            #expect(abs(got - min(16, max(0, value))) <= 16 / 255 / 2 + 1e-5)
        }
    }
}
