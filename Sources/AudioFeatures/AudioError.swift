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
    /// A worker process could not be started.
    case noDecoder(reason: String)
    /// This program was built without FFmpeg.
    case builtWithoutFFmpeg
    case decoderCrashed(ending: String)
    case decoderHung(seconds: Int)
    /// What a worker process said of the file.
    case reported(reason: String)

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
        case .noDecoder(let reason): "no worker process to decode it could be started: \(reason)"
        case .builtWithoutFFmpeg:
            "cannot be read: this Coldwave was built without FFmpeg, for training and predicting only; scan with another"
        case .decoderCrashed(let ending): "the decoder crashed on it (\(ending))"
        case .decoderHung(let seconds): "decoding it took longer than \(seconds) s and was given up"
        case .reported(let reason): reason
        case .badConfiguration(let reason): "these settings make no mel-spectrogram: \(reason)"
        }
    }
}
