/// What can go wrong with an audio file. The catalogue shows these words beside the file's path.
public enum AudioError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotOpen(reason: String)
    case notAFile
    case empty
    case noAudio
    case unknownCodec(name: String)
    case undecodable(reason: String)
    case tooShort(seconds: Double)
    case cannotWrite(path: String, reason: String)
    case badConfiguration(reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let reason): "cannot be opened as audio: \(reason)"
        case .notAFile: "is not a regular file"
        case .empty: "is empty"
        case .noAudio: "holds no audio"
        case .unknownCodec(let name): "is coded as \(name), which this FFmpeg cannot decode"
        case .undecodable(let reason): "cannot be decoded: \(reason)"
        case .tooShort(let seconds): "holds only \(seconds) s of audio; at least 0.1 s is needed"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .badConfiguration(let reason): "these settings make no mel-spectrogram: \(reason)"
        }
    }
}
