import Foundation
import Matrices

/// How a mel-spectrogram's range is compressed.
public enum LogCompression: Codable, Equatable, Sendable {
    case none
    /// `log(1 + c·x)`.
    case log1p(Float)
    /// `10·log10(max(x, 1e-10))`, no lower than 80 dB under the loudest, as `librosa.power_to_db(ref=1.0)`.
    case decibels

    /// From `none`, `log1p:C` or `db`; nil for anything else.
    public init?(text: String) {
        if text == "none" {
            self = .none
        } else if text == "db" {
            self = .decibels
        } else if text.hasPrefix("log1p:"), let c = Float(text.dropFirst(6)), c > 0, c.isFinite {
            self = .log1p(c)
        } else {
            return nil
        }
    }

    public func apply(_ mel: Matrix) -> Matrix {
        var result = mel
        switch self {
        case .none: break
        case .log1p(let c):
            for i in result.storage.indices {
                result.storage[i] = Foundation.log1p(c * mel.storage[i])
            }
        case .decibels:
            for i in result.storage.indices {
                result.storage[i] = 10 * log10(max(mel.storage[i], 1e-10))
            }
            let floor = (result.storage.max() ?? 0) - 80
            for i in result.storage.indices { result.storage[i] = max(result.storage[i], floor) }
        }
        return result
    }
}

/// How the library keeps spectrograms: the front end's settings, the compression, and the range that 8 bits span.
public struct SpectrogramFormat: Codable, Equatable, Sendable {
    public var mel: MelConfiguration
    public var compression: LogCompression
    public var low: Float
    public var high: Float

    public var range: ClosedRange<Float> { low...high }

    /// The method's front end (599 frames span 3 s) and `log(1 + 10,000·x)` over 0…16: −75 dB to beyond the loudest that
    /// samples within ±1 can give. A step of the 8 bits is 0.063, an error of at most 3 % in power.
    public static let standard = SpectrogramFormat(
        mel: MelConfiguration(), compression: .log1p(10_000), low: 0, high: 16)
}

/// A log-mel spectrogram in 8 bits.
public struct QuantizedSpectrogram: Equatable, Sendable {
    public let frames: Int
    public let bands: Int
    /// `[frames, bands]`, row after row: 0 is the range's lower bound, 255 its upper.
    public let bytes: [UInt8]

    /// Nil when the numbers do not fit together.
    public init?(frames: Int, bands: Int, bytes: [UInt8]) {
        guard frames >= 0, bands > 0, bytes.count == frames * bands else { return nil }
        self.frames = frames
        self.bands = bands
        self.bytes = bytes
    }

    public init(_ logMel: Matrix, range: ClosedRange<Float>) {
        frames = logMel.rows
        bands = logMel.columns
        let scale = 255 / (range.upperBound - range.lowerBound)
        bytes = logMel.storage.map {
            UInt8(max(0, min(255, (($0 - range.lowerBound) * scale).rounded())))
        }
    }

    /// The values that the bytes stand for, `[frames, bands]`.
    public func matrix(range: ClosedRange<Float>) -> Matrix {
        let step = (range.upperBound - range.lowerBound) / 255
        return Matrix(
            rows: frames, columns: bands, storage: bytes.map { range.lowerBound + step * Float($0) }
        )
    }
}
