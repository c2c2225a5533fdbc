import ListeningHistory

/// What an import did; encodes to the contract of `import --json`.
public struct ImportReport: Codable, Equatable, Sendable {
    public struct Rejected: Codable, Equatable, Sendable {
        /// The file inside an archive.
        public let member: String?
        public let line: Int
        public let reason: String
    }
    /// A file inside an archive.
    public struct Member: Codable, Equatable, Sendable {
        public let name: String
        public let format: String
        public let rows: Int
        public let filtered: Int
        public let rejectedCount: Int
    }
    public var file = ""
    /// That of most rows.
    public var format = ""
    /// Rows that could be read.
    public var rows = 0
    /// Rows that brought something new.
    public var imported = 0
    /// Rows that were known already.
    public var duplicates = 0
    /// Rows that are no plays, such as skipped songs and podcasts.
    public var filtered = 0
    /// Those of them that say a song was skipped, and how many of these were not known yet.
    public var skips = 0
    public var newSkips = 0
    /// The first 100 rows that could not be read.
    public var rejected: [Rejected] = []
    public var rejectedCount = 0
    /// Rows whose song is a track of this library, and rows that wait for their song to arrive.
    public var matched = 0
    public var unmatched = 0
    /// Listeners in this file.
    public var listeners = 0
    /// Rows that say love or hate.
    public var feedback = 0
    public var playlists = 0
    /// Of an archive: the files that were read, and the names of the first 100 that are no listening files.
    public var members: [Member] = []
    public var skipped: [String] = []
    public var skippedCount = 0
    public var seconds = 0.0

    mutating func take(_ summary: ReadSummary) {
        format = summary.format?.rawValue ?? ""
        filtered = summary.filtered
        skips = summary.skips
        members = summary.parts.compactMap { part in
            part.member.map {
                Member(
                    name: $0, format: part.format.rawValue, rows: part.rows,
                    filtered: part.filtered, rejectedCount: part.rejected)
            }
        }
        skipped = Array(summary.skipped.prefix(100))
        skippedCount = summary.skipped.count
    }

    mutating func take(_ rejection: Rejection) {
        rejectedCount += 1
        guard rejected.count < 100 else { return }
        rejected.append(
            Rejected(member: rejection.member, line: rejection.line, reason: rejection.reason))
    }
}
