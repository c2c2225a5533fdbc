/// In a build without FFmpeg no audio is written.
public enum AudioFileWriter {
    public static var canWriteOpus: Bool { false }

    /// - Throws: ``AudioError/cannotWrite(path:reason:)``, always.
    public static func write(samples: [Float], sampleRate: Int, tags: AudioTags, to path: String)
        throws
    {
        throw AudioError.cannotWrite(
            path: path, reason: "this Coldwave was built without FFmpeg; use another")
    }
}
