import Foundation

/// Where everything of one library lies: a folder with the catalogue and every artefact.
public struct LibraryLocation: Equatable, Sendable {
    public let root: URL

    public init(root: URL) { self.root = root }

    /// The folder named, else `$COLDWAVE_LIBRARY`, else `$XDG_DATA_HOME/coldwave`, else `~/.local/share/coldwave`.
    public static func resolve(
        _ path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> LibraryLocation {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        let chosen =
            path ?? value("COLDWAVE_LIBRARY") ?? value("XDG_DATA_HOME").map { $0 + "/coldwave" }
            ?? NSHomeDirectory() + "/.local/share/coldwave"
        let expanded = chosen.hasPrefix("~/") ? NSHomeDirectory() + chosen.dropFirst(1) : chosen
        return LibraryLocation(root: URL(fileURLWithPath: expanded).standardizedFileURL)
    }

    public var catalogue: URL { root.appendingPathComponent("catalogue.sqlite") }
    public var lock: URL { root.appendingPathComponent("lock") }
    public var spectrograms: URL { root.appendingPathComponent("spectrograms") }

    /// The folder of one kind of artefact (`factors`, `networks`, `predictions`, `maps`) and one run.
    public func run(_ kind: ArtefactKind, _ name: String) -> URL {
        root.appendingPathComponent(kind.rawValue).appendingPathComponent(name)
    }
}

/// The kinds of artefact that stages leave behind, each in a folder of its own.
public enum ArtefactKind: String, Codable, CaseIterable, Sendable {
    case factors, networks, predictions, maps
}
