import Foundation
import GRDB
import Matrices

/// What an artefact was made from and how; `manifest.json` in every run's folder.
public struct Manifest: Codable, Equatable, Sendable {
    public static let currentVersion = 1
    public var formatVersion = Manifest.currentVersion
    public var stage: String
    /// The digest of everything the stage read; the stage is fresh while it stays the same.
    public var inputDigest: String
    /// The runs this one builds on, by stage.
    public var inputs: [String: String]
    /// The stage's configuration, as JSON.
    public var configuration: String
    public var metrics: [String: Double]
    public var created: String
    public var seconds: Double
}

/// FNV-1a, 64 bits: tells inputs apart; not meant to withstand an attacker.
func digest(_ parts: [String]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in parts {
        for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01b3
    }
    return String(format: "%016llx", hash)
}

func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}

extension Catalogue {
    /// Writes an artefact's folder under a temporary name, renames it, records the run and removes older ones.
    /// - Parameter fill: writes the files into the folder it gets.
    /// - Returns: the run's name.
    func finishRun(
        _ kind: ArtefactKind, manifest: Manifest, keepingOlder kept: Int = 1,
        fill: (URL) throws -> Void
    ) throws -> String {
        let parent = location.run(kind, "").standardizedFileURL
        let stamp = DateFormatter()
        stamp.locale = Locale(identifier: "en_US_POSIX")
        stamp.timeZone = TimeZone(identifier: "UTC")
        stamp.dateFormat = "yyyyMMdd-HHmmss"
        let name = "\(stamp.string(from: Date()))-\(UUID().uuidString.prefix(4).lowercased())"
        let temporary = parent.appendingPathComponent(".tmp-\(name)")
        do {
            try FileManager.default.createDirectory(
                at: temporary, withIntermediateDirectories: true)
            try fill(temporary)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(
                try encoder.encode(manifest), to: temporary.appendingPathComponent("manifest.json"))
            try FileManager.default.moveItem(at: temporary, to: parent.appendingPathComponent(name))
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw error
        }
        try database.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO stageRun VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    manifest.stage, name, manifest.inputDigest, manifest.seconds, manifest.created,
                ])
        }
        // Older runs go only once the new one is recorded; a reader that still has one mapped keeps its pages.
        let older = ((try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [])
            .filter { $0 != name && ($0.first?.isNumber ?? false || $0.hasPrefix(".tmp-")) }
            .sorted()
        for old in older.dropLast(kept) {
            try? FileManager.default.removeItem(at: parent.appendingPathComponent(old))
        }
        return name
    }

    /// The last finished run of a stage.
    func lastRun(_ stage: StageName) throws -> (run: String, inputDigest: String, seconds: Double)?
    {
        try database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM stageRun WHERE stage = ?", arguments: [stage.rawValue]
            ).map { ($0["run"], $0["inputDigest"], $0["seconds"]) }
        }
    }

    /// The configuration of a stage's last run; nil when there is none, or it is of a form not known any more.
    func lastConfiguration<T: Decodable>(_ stage: StageName, _ kind: ArtefactKind) throws -> T? {
        guard let last = try lastRun(stage), let manifest = try? manifest(kind, last.run) else {
            return nil
        }
        return try? JSONDecoder().decode(T.self, from: Data(manifest.configuration.utf8))
    }

    /// Reads a run's manifest.
    /// - Throws: ``LibraryError/damaged(path:reason:)``, ``LibraryError/newerVersion(path:got:expected:)``.
    func manifest(_ kind: ArtefactKind, _ run: String) throws -> Manifest {
        let url = location.run(kind, run).appendingPathComponent("manifest.json")
        guard let data = try? Data(contentsOf: url),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { throw LibraryError.damaged(path: url.path, reason: "it is not a manifest") }
        guard manifest.formatVersion <= Manifest.currentVersion else {
            throw LibraryError.newerVersion(
                path: url.path, got: manifest.formatVersion, expected: Manifest.currentVersion)
        }
        return manifest
    }
}

/// The stages that leave artefacts, in the order they build on each other.
public enum StageName: String, Codable, CaseIterable, Sendable {
    case factorize, train, predict, map
}

func isoNow() -> String { Date().formatted(.iso8601) }
