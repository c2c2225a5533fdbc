import Foundation
import Matrices

/// A stretch of a log-mel spectrogram as a small picture: time to the right, low at the foot, in 16 colours from black to pale yellow
/// (magma: Smith & van der Walt), which keep their order for the colour-blind and in print.
public enum SpectrogramStrip {
    static let palette: [MapPalette.Color] = [
        0x000004, 0x0B0924, 0x1F1147, 0x3B0F70, 0x56147D, 0x721F81, 0x8C2981, 0xA8327D, 0xC43C75,
        0xDE4968, 0xF1605D, 0xF8765C, 0xFE9F6D, 0xFEC488, 0xFDE2A3, 0xFCFDBF,
    ].map(MapPalette.Color.init)

    /// - Parameters:
    ///   - mel: `[frames, bands]`, log-mel.
    ///   - frames: the stretch drawn; what lies outside the song is silent.
    ///   - width: pixels, each the mean of the frames under it, as rows are of bands.
    ///   - Returns: a PNG file; its brightest colour is the loudest place of the stretch.
    public static func png(_ mel: Matrix, frames: Range<Int>, width: Int, height: Int) -> Data {
        let cells = means(mel, frames: frames, width: width, height: height)
        let loudest = max(cells.max() ?? 0, .leastNormalMagnitude)
        let indices = cells.map { UInt8(min(15, max(0, $0 / loudest * 15.99))) }
        return PNGFile.encode(width: width, height: height, indices: indices, palette: palette)
    }

    /// `[height, width]` from the top, which is the highest band.
    static func means(_ mel: Matrix, frames: Range<Int>, width: Int, height: Int) -> [Float] {
        var cells = [Float](repeating: 0, count: width * height)
        for x in 0..<width {
            let first = frames.lowerBound + x * frames.count / width
            let last = max(first + 1, frames.lowerBound + (x + 1) * frames.count / width)
            for y in 0..<height {
                let low = (height - 1 - y) * mel.columns / height
                let high = max(low + 1, (height - y) * mel.columns / height)
                var sum: Float = 0
                for frame in max(0, first)..<max(0, min(last, mel.rows), first) {
                    guard frame < mel.rows else { break }
                    for band in low..<min(high, mel.columns) { sum += mel[frame, band] }
                }
                cells[y * width + x] = sum / Float((last - first) * (high - low))
            }
        }
        return cells
    }
}
