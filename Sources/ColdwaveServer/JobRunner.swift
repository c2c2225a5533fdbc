import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// A scan, a build, or hearing what excites the network's units, that the server started.
public struct Job: Encodable, Equatable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable { case scan, build, filters }
    public enum State: String, Encodable, Sendable { case running, done, failed, stopped }

    public let id: Int
    public let kind: Kind
    public internal(set) var state = State.running
    public let started: String
    /// The last line of progress.
    public internal(set) var line = ""
    /// Of the running stage, 0…1; nil while its total is not known.
    public internal(set) var fraction: Double?
    /// The last lines, oldest first.
    public internal(set) var log: [String] = []
}

/// Runs jobs as child processes of the same program, one at a time: what they do to memory or by a crash stays with them, and the
/// library's lock is theirs.
public actor JobRunner: Service {
    private let program: URL?
    private let library: String
    private let events: EventHub
    private let logger: Logger
    private var jobs: [Job] = []
    private var process: Process?
    private var stops = 0
    private static let keptJobs = 50
    private static let keptLines = 40

    init(program: URL?, library: String, events: EventHub, logger: Logger) {
        self.program = program
        self.library = library
        self.events = events
        self.logger = logger
    }

    /// Newest first.
    public var all: [Job] { jobs.reversed() }
    public func job(_ id: Int) -> Job? { jobs.first { $0.id == id } }

    /// - Parameter paths: what a scan looks at, absolute.
    /// - Returns: the job's id.
    /// - Throws: ``APIError/conflict(_:next:)`` while another one runs, ``APIError/unavailable(_:next:)``.
    public func start(_ kind: Job.Kind, paths: [String]) throws -> Int {
        if let running = jobs.last(where: { $0.state == .running }) {
            throw APIError.conflict(
                "job \(running.id), a \(running.kind.rawValue), is running",
                next: "wait for it, or DELETE jobs/\(running.id)")
        }
        guard let program else {
            throw APIError.unavailable("this server was started without a program for jobs")
        }
        let id = (jobs.last?.id ?? 0) + 1
        let process = Process()
        process.executableURL = program
        process.arguments = [kind.rawValue, "--library", library]
        // What `filters` hears is kept in the library; its page and playlists are nobody's here.
        let pages = FileManager.default.temporaryDirectory
            .appendingPathComponent("coldwave-filters-\(UUID().uuidString)")
        switch kind {
        case .scan: process.arguments? += ["--"] + paths
        case .filters: process.arguments? += ["--output", pages.path]
        case .build: break
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardError = pipe
        process.terminationHandler = { [weak self] ended in
            let status = ended.terminationReason == .exit ? ended.terminationStatus : -1
            if kind == .filters { try? FileManager.default.removeItem(at: pages) }
            Task { [weak self] in await self?.ended(id, status) }
        }
        let lines = LineSplitter { [weak self] line in
            Task { [weak self] in await self?.said(id, line) }
        }
        do { try process.run() } catch {
            throw APIError.unavailable("\(program.path) cannot be started: \(error)")
        }
        // A thread of its own that blocks: `readabilityHandler` can crash on Linux when its file is closed meanwhile.
        let output = pipe.fileHandleForReading
        Thread.detachNewThread {
            // What there is, as soon as there is any; empty at the end.
            while case let data = output.availableData, !data.isEmpty { lines.add(data) }
        }
        self.process = process
        stops = 0
        jobs.append(Job(id: id, kind: kind, started: Date().formatted(.iso8601)))
        if jobs.count > Self.keptJobs { jobs.removeFirst() }
        logger.info("job started", metadata: ["job": "\(id)", "kind": "\(kind.rawValue)"])
        tell(id)
        return id
    }

    /// Asks a job to stop at the next safe place; the second time it is ended at once.
    /// - Throws: ``APIError/notFound(_:next:)``.
    public func stop(_ id: Int) throws {
        guard let job = job(id) else { throw APIError.notFound("there is no job \(id)") }
        guard job.state == .running, let process else { return }
        stops += 1
        kill(process.processIdentifier, stops == 1 ? SIGTERM : SIGKILL)
    }

    private func said(_ id: Int, _ line: String) {
        guard let i = jobs.firstIndex(where: { $0.id == id }) else { return }
        jobs[i].line = line
        jobs[i].log = jobs[i].log.suffix(Self.keptLines - 1) + [line]
        jobs[i].fraction = Self.fraction(line)
        tell(id)
    }

    private func ended(_ id: Int, _ status: Int32) {
        guard let i = jobs.firstIndex(where: { $0.id == id }) else { return }
        jobs[i].state = status == 0 ? .done : stops > 0 || status == 130 ? .stopped : .failed
        jobs[i].fraction = status == 0 ? 1 : jobs[i].fraction
        process = nil
        logger.info(
            "job ended", metadata: ["job": "\(id)", "state": "\(jobs[i].state.rawValue)"])
        tell(id)
    }

    private func tell(_ id: Int) {
        guard let job = job(id) else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(job) else { return }
        events.send(.job(String(decoding: data, as: UTF8.self)))
    }

    /// "train [###---] 3/20 epochs" is 0.15.
    static func fraction(_ line: String) -> Double? {
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "/")
            if parts.count == 2, let done = Double(parts[0]), let total = Double(parts[1]),
                total > 0
            {
                return min(1, max(0, done / total))
            }
        }
        return nil
    }

    /// Waits for the shutdown, then lets a running job come to a safe place.
    public func run() async throws {
        try? await gracefulShutdown()
        guard let process else { return }
        kill(process.processIdentifier, SIGTERM)
        for _ in 0..<100 where process.isRunning { try? await Task.sleep(for: .milliseconds(100)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}

/// Cuts what a process writes into lines.
private final class LineSplitter: Sendable {
    private let rest = Mutex(Data())
    private let take: @Sendable (String) -> Void

    init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }

    func add(_ data: Data) {
        let lines = rest.withLock { rest in
            rest.append(data)
            var lines: [String] = []
            while let end = rest.firstIndex(of: 0x0A) {
                lines.append(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[rest.index(after: end)...])
            }
            if rest.count > 64 << 10 { rest = Data() }
            return lines
        }
        for line in lines where !line.trimmingCharacters(in: .whitespaces).isEmpty { take(line) }
    }
}
