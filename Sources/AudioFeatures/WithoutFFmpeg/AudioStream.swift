/// What stands for FFmpeg and TagLib in a build that must run where they are not: it trains and predicts from spectrograms, and reads no
/// audio. `Package.swift` builds this folder or the files of the same names beside it.
final class AudioStream {
    static var libraryVersion: String { "none: this Coldwave was built without FFmpeg" }

    static func silenceLibrary() {}

    let info = AudioInfo()
    let durationSeconds: Double? = nil

    /// - Throws: ``AudioError/builtWithoutFFmpeg``, always.
    init(path: String) throws { throw AudioError.builtWithoutFFmpeg }

    func read(_ wanted: Span?, sampleRate: Int, hashing: Int = 0) throws -> Heard {
        throw AudioError.builtWithoutFFmpeg
    }
}
