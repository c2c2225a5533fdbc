/// What is known of one audio file besides its sound.
public struct AudioInfo: Codable, Equatable, Sendable {
    /// Where in the song the part that was heard starts.
    public var excerptStartSeconds = 0.0
    public var durationSeconds = 0.0
    public var tags = AudioTags()
    public var codec = ""
    public var channels = 0
    public var sourceSampleRate = 0
    /// 128 bits over the compressed audio, as hex: renaming and re-tagging leave it as it is.
    public var contentHash = ""
    /// Share of what was heard that is no silence (``Audibility``), 0…1.
    public var audibleShare = 1.0
    public var hasCover = false
    /// What is damaged, in words.
    public var warnings: [String] = []

    public init() {}
}

/// What was heard in one file.
@dynamicMemberLookup
public struct DecodedAudio: Sendable {
    /// Mono, −1…1 (loud files may pass it).
    public let samples: [Float]
    public let sampleRate: Int
    public let info: AudioInfo

    public subscript<T>(dynamicMember path: KeyPath<AudioInfo, T>) -> T { info[keyPath: path] }
}
