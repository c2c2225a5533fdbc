import AudioFeatures

/// How far a stage has come, for whoever shows it.
public struct StageProgress: Sendable {
    public let stage: String
    public let done: Int
    /// Nil while the total is not known.
    public let total: Int?
    /// What is counted: "files", "plays", "windows".
    public let unit: String
    /// A few words more, such as the current loss.
    public let detail: String

    public init(stage: String, done: Int, total: Int?, unit: String, detail: String = "") {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.detail = detail
    }
}

/// What a running stage needs from outside: somebody to tell, and a way to be stopped.
public struct StageContext: Sendable {
    public let report: @Sendable (StageProgress) -> Void
    public let shouldStop: @Sendable () -> Bool
    public let threads: Int
    /// What decodes audio files; nil for this process.
    public let hearing: (any Hearing)?

    public init(
        threads: Int, hearing: (any Hearing)? = nil,
        report: @escaping @Sendable (StageProgress) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.threads = threads
        self.hearing = hearing
        self.report = report
        self.shouldStop = shouldStop
    }

    /// - Throws: ``LibraryError/interrupted(stage:)`` once a stop was asked for.
    public func checkStop(_ stage: String) throws {
        if shouldStop() { throw LibraryError.interrupted(stage: stage) }
    }
}
