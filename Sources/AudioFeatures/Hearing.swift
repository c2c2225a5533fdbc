import Foundation
import Matrices

/// One file to be heard.
public struct HearingRequest: Codable, Equatable, Sendable {
    public var path: String
    public var excerpt: Excerpt
    /// Content hashes of songs whose spectrograms are kept already: if the file is one of them (moved, or only its tags
    /// changed), it is not decoded.
    public var known: [String]

    public init(path: String, excerpt: Excerpt = .standard, known: [String] = []) {
        self.path = path
        self.excerpt = excerpt
        self.known = known
    }
}

/// What came of it.
public struct HeardSong: Equatable, Sendable {
    public let info: AudioInfo
    /// Nil when the file's content is among the request's known ones.
    public let spectrogram: QuantizedSpectrogram?

    public init(info: AudioInfo, spectrogram: QuantizedSpectrogram?) {
        self.info = info
        self.spectrogram = spectrogram
    }
}

/// Hears files: here, or in worker processes.
public protocol Hearing: Sendable {
    /// - Throws: ``AudioError``.
    func hear(_ request: HearingRequest) throws -> HeardSong
}

/// Hears in this process: fast to start, but a codec that crashes takes the process with it.
public struct LocalHearing: Hearing {
    public let format: SpectrogramFormat
    private let mel: MelSpectrogram

    /// - Throws: ``AudioError/badConfiguration(reason:)``.
    public init(_ format: SpectrogramFormat = .standard) throws {
        self.format = format
        mel = try MelSpectrogram(format.mel)
    }

    public func hear(_ request: HearingRequest) throws -> HeardSong {
        let decoder = AudioDecoder(sampleRate: format.mel.sampleRate, excerpt: request.excerpt)
        if !request.known.isEmpty {
            let info = try decoder.inspect(path: request.path)
            if request.known.contains(info.contentHash) {
                return HeardSong(info: info, spectrogram: nil)
            }
        }
        let audio = try decoder.decode(path: request.path)
        let logMel = format.compression.apply(mel.transform(audio.samples))
        return HeardSong(
            info: audio.info, spectrogram: QuantizedSpectrogram(logMel, range: format.range))
    }
}
