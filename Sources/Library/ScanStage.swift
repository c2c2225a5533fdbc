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
    /// Of the unchanged files those whose tags were read again, since an earlier version did not keep all of them.
    public var reread = 0
    /// Tracks whose files are gone.
    public var missing = 0
    /// Songs shorter than the network's window, heard with padding.
    public var padded = 0
    /// Tracks of the library that are no songs: interludes and silence.
    public var interludes = 0
    /// Tracks of the library whose recording is there in another file too.
    public var duplicates = 0
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
    /// - Parameter excerpt: which part of songs this library hears from now on; songs heard otherwise are heard again. Nil leaves
    ///   it as it is.
    /// - Throws: ``LibraryError/noSuchPath(path:)`` before anything is done; what is wrong with single files is in the
    ///   report.
    public func run(paths: [String], excerpt: Excerpt? = nil) throws -> ScanReport {
        let roots = try paths.map { path in
            guard FileManager.default.fileExists(atPath: path) else {
                throw LibraryError.noSuchPath(path: path)
            }
            return URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        }
        if let excerpt { try catalogue.setExcerpt(excerpt) }
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
        let excerpt = try catalogue.excerpt()
        let known = try catalogue.tracksByPath()
        let pending = try pending(walk.files, known, excerpt, &report)
        // Before new files are read, so that a moved file finds its old track free.
        report.missing = try catalogue.markMissing(
            under: roots.map { PathKey($0.path) }, except: Set(walk.files.map(\.key)),
            unreadable: walk.unreadable.map { PathKey($0.path) })
        // A moved file has the size of a missing one: if it also has its content, it need not be decoded.
        let free = Dictionary(
            grouping: try catalogue.tracks(includingMissing: true).filter {
                $0.missing && $0.excerpt == excerpt.text
            }, by: \.size)
        let requests = pending.map { file in
            let before = known[file.key].map { $0.excerpt == excerpt.text ? [$0] : [] } ?? []
            return HearingRequest(
                path: file.path, excerpt: excerpt,
                known: (before + (free[file.size] ?? [])).prefix(1000).map(\.contentHash))
        }
        let queue = HearingQueue(
            hearing: try context.hearing ?? LocalHearing(store.format), threads: context.threads,
            batch: Self.batchSize)
        let done = try queue.run(requests, shouldStop: context.shouldStop) { first, outcomes in
            try keep(outcomes, pending[first..<first + outcomes.count], excerpt, &report)
            context.report(
                StageProgress(
                    stage: "scan", done: first + outcomes.count, total: pending.count,
                    unit: "files"))
        }
        try settle(&report)
        if done < requests.count { try context.checkStop("scan") }
        report.seconds = Date().timeIntervalSince(started)
        return report
    }

    /// What can be told only of all tracks together; also of those that a killed scan left.
    private func settle(_ report: inout ScanReport) throws {
        report.interludes = try catalogue.markKinds()
        let joined = try catalogue.joinRecordings(store, threads: context.threads)
        if report.added + report.updated + report.moved + report.missing + joined > 0 {
            try catalogue.database.write { try catalogue.bumpRevision("tracks", $0) }
        }
        _ = try catalogue.matchReferences()
        report.duplicates = try catalogue.duplicateCount()
    }

    /// The files that are new or changed; the others are counted.
    private func pending(
        _ files: [FoundFile], _ known: [PathKey: Track], _ excerpt: Excerpt,
        _ report: inout ScanReport
    ) throws -> [FoundFile] {
        let knownFailures = try catalogue.failuresByPath()
        return files.filter { file in
            if let track = known[file.key], track.isUnchanged(file, excerpt),
                track.languages != nil
            {
                report.unchanged += 1
                return false
            }
            if let failure = knownFailures[file.key], failure.size == file.size,
                failure.modified == file.modified
            {
                report.failed.append(.init(path: file.path, reason: failure.reason))
                return false
            }
            return true
        }
    }

    /// Commits one batch: spectrograms first, then the catalogue.
    private func keep(
        _ outcomes: [HearingQueue.Outcome], _ files: ArraySlice<FoundFile>, _ excerpt: Excerpt,
        _ report: inout ScanReport
    ) throws {
        var counts = report
        let heard = outcomes.compactMap { try? $0.get() }
        // Spectrograms of the same content are kept once; those of another excerpt are no use.
        let known = try catalogue.tracksByHash(heard.map(\.info.contentHash))
            .mapValues { tracks in tracks.filter { $0.excerpt == excerpt.text } }
        var new: [QuantizedSpectrogram] = []
        var fresh: [String: Int] = [:]
        for song in heard {
            let hash = song.info.contentHash
            if let spectrogram = song.spectrogram, known[hash]?.isEmpty ?? true, fresh[hash] == nil
            {
                fresh[hash] = new.count
                new.append(spectrogram)
            }
        }
        let places = try store.append(new)
        let signatures = new.map { SignatureBytes.data(Fingerprint.signature($0)) }
        try catalogue.database.write { database in
            for (file, outcome) in zip(files, outcomes) {
                let song: HeardSong
                do { song = try outcome.get() } catch {
                    let reason = String(describing: error)
                    counts.failed.append(.init(path: file.path, reason: reason))
                    try catalogue.recordFailure(file, reason, database)
                    continue
                }
                let info = song.info
                let same = known[info.contentHash] ?? []
                guard let place = fresh[info.contentHash].map({ places[$0] }) ?? same.first?.place
                else { continue }
                let isReread = same.contains {
                    $0.path == file.path && $0.isOnlyReread(file, excerpt)
                }
                let change = try catalogue.save(
                    file, info, place, excerpt: excerpt, decoded: song.spectrogram != nil,
                    signature: fresh[info.contentHash].flatMap { signatures[$0] }, same: same,
                    database)
                switch change {
                case .added: counts.added += 1
                case .updated where isReread:
                    counts.unchanged += 1
                    counts.reread += 1
                case .updated: counts.updated += 1
                case .moved:
                    counts.moved += 1
                    counts.missing = max(0, counts.missing - 1)
                }
                if place.frames < Self.windowFrames { counts.padded += 1 }
                if song.spectrogram != nil { counts.audioSeconds += info.durationSeconds }
                counts.warnings += info.warnings.map { .init(path: file.path, reason: $0) }
            }
        }
        report = counts
    }
}

extension Track {
    /// Whether the file is what it was, so that it need not be heard.
    fileprivate func isUnchanged(_ file: FoundFile, _ excerpt: Excerpt) -> Bool {
        size == file.size && modified == file.modified && !missing && self.excerpt == excerpt.text
    }

    /// Whether nothing but its tags is read again.
    fileprivate func isOnlyReread(_ file: FoundFile, _ excerpt: Excerpt) -> Bool {
        languages == nil && isUnchanged(file, excerpt)
    }
}

extension Array {
    /// Consecutive pieces of at most `size` elements.
    func chunks(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
