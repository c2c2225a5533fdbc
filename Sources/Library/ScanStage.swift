import AudioFeatures
import Foundation
import GRDB
import ListeningHistory
import Matrices

/// What a scan did; encodes to the contract of `scan --json`.
public struct ScanReport: Codable, Equatable, Sendable {
    public struct Failure: Codable, Equatable, Sendable {
        public let path: String
        public let reason: String
    }
    public var found = 0
    public var added = 0
    public var updated = 0
    public var moved = 0
    public var unchanged = 0
    /// Tracks whose files are gone.
    public var missing = 0
    /// Songs shorter than the network's window, heard with padding.
    public var padded = 0
    public var failed: [Failure] = []
    /// Files that were heard although something in them is damaged.
    public var warnings: [Failure] = []
    /// Seconds of audio that were analysed in this scan.
    public var audioSeconds = 0.0
    public var seconds = 0.0
}

/// Adds audio to the library: walks files and folders, decodes what is new or changed, keeps its spectrogram.
public struct ScanStage: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    let store: SpectrogramStore
    /// Songs with fewer frames are marked as padded: the network's window, 599 frames.
    static let windowFrames = 599
    /// Files decoded between two commits to the catalogue.
    static let batchSize = 32

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
        store = SpectrogramStore(catalogue.location)
    }

    /// Scans files and folders and remembers them as roots.
    /// - Throws: ``LibraryError/noSuchPath(path:)`` before anything is done; what is wrong with single files is in the
    ///   report.
    public func run(paths: [String]) throws -> ScanReport {
        let roots = try paths.map { path in
            guard FileManager.default.fileExists(atPath: path) else {
                throw LibraryError.noSuchPath(path: path)
            }
            return URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        }
        try catalogue.database.write { database in
            for root in roots {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO root VALUES (?)", arguments: [root.path])
            }
        }
        return try scan(roots: roots)
    }

    /// Scans the roots of earlier scans again. A root that is not there (an unplugged disk) is reported and its tracks
    /// are left as they are.
    public func rescan() throws -> ScanReport {
        let all = try catalogue.database.read {
            try String.fetchAll($0, sql: "SELECT path FROM root ORDER BY path")
        }
        let present = all.filter { FileManager.default.fileExists(atPath: $0) }
        var report = try scan(roots: present.map { URL(fileURLWithPath: $0) })
        for path in all where !present.contains(path) {
            report.failed.append(.init(path: path, reason: "this scanned folder is not there now"))
        }
        return report
    }

    private func scan(roots: [URL]) throws -> ScanReport {
        let started = Date()
        var report = ScanReport()
        var walk = FileWalk()
        for root in roots { walk.add(root: root) }
        report.found = walk.files.count
        report.failed = walk.unreadable.map { .init(path: $0.path, reason: $0.reason) }
        let known = try catalogue.tracksByPath()
        let knownFailures = try catalogue.failuresByPath()
        var pending: [FoundFile] = []
        for file in walk.files {
            if let track = known[file.path], track.size == file.size,
                track.modified == file.modified,
                !track.missing
            {
                report.unchanged += 1
            } else if let failure = knownFailures[file.path], failure.size == file.size,
                failure.modified == file.modified
            {
                report.failed.append(.init(path: file.path, reason: failure.reason))
            } else {
                pending.append(file)
            }
        }
        // Before new files are read, so that a moved file finds its old track free.
        report.missing = try catalogue.markMissing(
            under: roots.map(\.path), except: Set(walk.files.map(\.path)),
            unreadable: walk.unreadable.map(\.path))
        let melSpectrogram = try MelSpectrogram(store.format.mel)
        var done = 0
        for batch in pending.chunks(Self.batchSize) {
            try context.checkStop("scan")
            let outcomes = Parallel.map(batch.count, threads: context.threads) { i in
                context.shouldStop() ? .skipped : hear(batch[i], melSpectrogram)
            }
            try keep(outcomes, batch, &report)
            done += batch.count
            context.report(
                StageProgress(stage: "scan", done: done, total: pending.count, unit: "files"))
        }
        try context.checkStop("scan")
        if report.added + report.updated + report.moved + report.missing > 0 {
            try catalogue.database.write { try catalogue.bumpRevision("tracks", $0) }
            _ = try catalogue.matchReferences()
        }
        report.seconds = Date().timeIntervalSince(started)
        return report
    }

    /// What came of one file.
    enum Outcome: Sendable {
        case heard(DecodedAudio, QuantizedSpectrogram)
        case failed(String)
        case skipped
    }

    private func hear(_ file: FoundFile, _ melSpectrogram: MelSpectrogram) -> Outcome {
        do {
            let audio = try AudioDecoder(sampleRate: store.format.mel.sampleRate).decode(
                path: file.path)
            let mel = store.format.compression.apply(melSpectrogram.transform(audio.samples))
            var light = audio
            light.samples = []
            return .heard(light, QuantizedSpectrogram(mel, range: store.format.range))
        } catch {
            return .failed(String(describing: error))
        }
    }

    /// Commits one batch: spectrograms first, then the catalogue.
    private func keep(_ outcomes: [Outcome], _ batch: [FoundFile], _ report: inout ScanReport)
        throws
    {
        var counts = report
        var known = try catalogue.tracksByHash(
            outcomes.compactMap {
                if case .heard(let audio, _) = $0 { audio.contentHash } else { nil }
            })
        var new: [QuantizedSpectrogram] = []
        for case .heard(let audio, let spectrogram) in outcomes
        where known[audio.contentHash] == nil {
            new.append(spectrogram)
            known[audio.contentHash] = []
        }
        var places = try store.append(new)[...]
        var fresh: [String: SpectrogramPlace] = [:]
        try catalogue.database.write { database in
            for (file, outcome) in zip(batch, outcomes) {
                switch outcome {
                case .skipped: break
                case .failed(let reason):
                    counts.failed.append(.init(path: file.path, reason: reason))
                    try catalogue.recordFailure(file, reason, database)
                case .heard(let audio, _):
                    let same = known[audio.contentHash] ?? []
                    let place: SpectrogramPlace
                    if let track = same.first {
                        place = SpectrogramPlace(
                            shard: track.shard, offset: track.shardOffset, frames: track.frames)
                    } else if let earlier = fresh[audio.contentHash] {
                        place = earlier
                    } else if let first = places.popFirst() {
                        place = first
                        fresh[audio.contentHash] = first
                    } else {
                        continue
                    }
                    let change = try catalogue.save(file, audio, place, same: same, database)
                    switch change {
                    case .added: counts.added += 1
                    case .updated: counts.updated += 1
                    case .moved:
                        counts.moved += 1
                        counts.missing = max(0, counts.missing - 1)
                    }
                    if place.frames < Self.windowFrames { counts.padded += 1 }
                    counts.audioSeconds += audio.durationSeconds
                    counts.warnings += audio.warnings.map { .init(path: file.path, reason: $0) }
                }
            }
        }
        report = counts
    }
}

extension Array {
    /// Consecutive pieces of at most `size` elements.
    func chunks(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
