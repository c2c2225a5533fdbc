import Matrices
import Testing

@testable import AudioFeatures

struct SpectrogramFormatTests {
    @Test(arguments: [1, 3, 4])
    func meansOfBytesAreMeansOfFrames(pool: Int) {
        var generator = SeededGenerator(seed: 8)
        var format = SpectrogramFormat.standard
        format.low = -1
        let bands = format.mel.melBands
        let bytes = (0..<5 * pool * bands).map { _ in UInt8(generator.integer(below: 256)) }
        var means = [Float](repeating: 0, count: 5 * bands)
        bytes.withUnsafeBytes { bytes in
            means.withUnsafeMutableBufferPointer { format.decodeMeans(bytes, of: pool, into: $0) }
        }
        for (i, mean) in means.enumerated() {
            let (step, band) = (i / bands, i % bands)
            let sum = (0..<pool).reduce(Float(0)) {
                $0 - 1 + 17 * Float(bytes[(step * pool + $1) * bands + band]) / 255
            }
            #expect(abs(mean - sum / Float(pool)) < 1e-5)
        }
    }
}
