/// What can go wrong with a library on disk or with a stage of the pipeline.
public enum LibraryError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound(path: String)
    case notALibrary(path: String, reason: String)
    case newerVersion(path: String, got: Int, expected: Int)
    case locked(path: String, holder: String)
    case cannotWrite(path: String, reason: String)
    case damaged(path: String, reason: String)
    case noSuchPath(path: String)
    case nothingToDo(stage: String, reason: String, next: String)
    case tooFewSongs(got: Int, needed: Int, next: String)
    case unknownListener(name: String, near: [String])
    case unknownTrack(query: String, near: [String])
    case unknownName(what: String, name: String, near: [String])
    case ambiguousTrack(query: String, candidates: [String])
    case unknownUnit(name: String, layers: [String])
    case staleArtefact(path: String, reason: String, next: String)
    case interrupted(stage: String)

    /// The system's own words end in a full stop, ours do not.
    private static func withoutStop(_ reason: String) -> String {
        String(reason.reversed().drop { $0 == "." || $0 == " " }.reversed())
    }

    public var description: String {
        switch self {
        case .notFound(let path):
            "there is no library in \(path) yet. Make one with `coldwave scan FOLDER`, or name another with --library."
        case .notALibrary(let path, let reason):
            "\(path) is not a Coldwave library: \(reason)"
        case .newerVersion(let path, let got, let expected):
            "the library in \(path) was made by a newer Coldwave (format \(got); this one reads up to \(expected)). "
                + "Update Coldwave, or name another library with --library."
        case .locked(let path, let holder):
            "the library in \(path) is being written by \(holder). Wait until it is done, or stop it; "
                + "reading commands (recommend, similar, status) work meanwhile."
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(Self.withoutStop(reason)). Check the folder's permissions and the free disk space."
        case .damaged(let path, let reason):
            "\(path) is damaged: \(reason). Remove it and run `coldwave build`, which makes it anew."
        case .noSuchPath(let path): "there is no file or folder \(path)."
        case .nothingToDo(let stage, let reason, let next): "cannot \(stage): \(reason). \(next)"
        case .tooFewSongs(let got, let needed, let next):
            "the network needs at least \(needed) songs that have both sound and plays; this library has \(got). \(next)"
        case .unknownListener(let name, let near):
            "no listener \"\(name)\" in this library."
                + (near.isEmpty
                    ? " `coldwave status` counts them." : " Near: \(near.joined(separator: ", ")).")
        case .unknownTrack(let query, let near):
            "no track \"\(query)\" in this library (give an id, a path, a recording MBID or \"Artist - Title\")."
                + (near.isEmpty ? "" : " Near: \(near.joined(separator: "; ")).")
        case .unknownName(let what, let name, let near):
            "no \(what) \"\(name)\" in this library."
                + (near.isEmpty
                    ? " `coldwave status` says what is here."
                    : " Near: \(near.joined(separator: ", ")).")
        case .ambiguousTrack(let query, let candidates):
            "\"\(query)\" names several; give one of these:\n  "
                + candidates.joined(separator: "\n  ")
        case .unknownUnit(let name, let layers):
            "the network has no unit \"\(name)\"; it has \(layers.joined(separator: ", ")). "
                + "`coldwave filters` shows what each is excited by."
        case .staleArtefact(let path, let reason, let next):
            "\(path) cannot be used: \(reason). \(next)"
        case .interrupted(let stage):
            "interrupted during \(stage); "
                + (stage == "scan" || StageName(rawValue: stage) != nil
                    ? "what was done is kept, and `coldwave build` carries on from there."
                    : "nothing half-written is left. Run it again.")
        }
    }
}
