import Foundation

/// A folder in the system's temporary one that goes when the test lets go of it.
///
/// A run that was killed leaves its folders: their names hold the process's id, and the next run removes those of processes that are gone.
public final class TestFolder: Sendable {
    public let url: URL

    public init() throws {
        _ = Self.swept
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(Self.prefix)\(getpid())-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    private static let prefix = "coldwave-test-"

    /// Once a run.
    private static let swept: Void = {
        let parent = FileManager.default.temporaryDirectory
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(at: parent.appendingPathComponent(name))
        }
    }()
}
