import Foundation
import GRDB
import Library
import ListeningHistory
import Logging
import ServiceLifecycle

/// Takes listens and opinions in so that none is lost: each is on disk in the server's own database before it is accepted, and goes on
/// to the catalogue from there, at once or, where another process writes the catalogue for long, as soon as that lets it. What a crash
/// or a shutdown leaves is carried over at the next start.
public actor ListenInbox: Service {
    private enum Item: Codable {
        case listen(NewListen)
        case opinion(NewOpinion)
    }

    private let database: ServerDatabase
    private let library: LibraryStore
    private let blocking: BlockingPool
    private let events: EventHub
    private let metrics: ServerMetrics
    private let logger: Logger
    private var carrying: Task<Void, Never>?
    private var isWaiting = false
    /// Seconds that a sender waits for the catalogue before what it sent counts as accepted only.
    private static let patience = 1.0

    init(
        _ database: ServerDatabase, library: LibraryStore, blocking: BlockingPool,
        events: EventHub, metrics: ServerMetrics, logger: Logger
    ) {
        self.database = database
        self.library = library
        self.blocking = blocking
        self.events = events
        self.metrics = metrics
        self.logger = logger
    }

    /// Accepts listens. When this returns they are on disk, and normally the next list of the listener goes by them.
    public func submit(_ listens: [NewListen]) async throws {
        try await accept(listens.map(Item.listen))
        metrics.add("coldwave_listens_total", listens.count)
        for listen in listens {
            let name = [listen.reference.artist, listen.reference.title].compactMap { $0 }
                .joined(separator: " - ")
            events.send(.listen(listener: listen.listener, track: listen.trackID, name: name))
        }
    }

    /// - Parameter score: 1 loves it, -1 hates it, 0 takes that back.
    public func setFeedback(listener: String, trackID: Int64, score: Int) async throws {
        let opinion = NewOpinion(
            listener: listener, trackID: trackID, score: score,
            time: Int64(Date().timeIntervalSince1970))
        try await accept([.opinion(opinion)])
    }

    private func accept(_ items: [Item]) async throws {
        guard !items.isEmpty else { return }
        try await blocking.run { [database] in
            let encoder = JSONEncoder()
            let texts = try items.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            try database.queue.write { database in
                let add = try database.makeStatement(sql: "INSERT INTO inbox (item) VALUES (?)")
                for text in texts { try add.execute(arguments: [text]) }
            }
        }
        let carrying = carry()
        // Whichever comes first: done, or out of patience.
        let (done, mark) = AsyncStream.makeStream(of: Void.self)
        let finished = Task {
            await carrying.value
            mark.finish()
        }
        let impatient = Task {
            try? await Task.sleep(for: .seconds(Self.patience))
            mark.finish()
        }
        for await _ in done {}
        finished.cancel()
        impatient.cancel()
    }

    /// Carries on what waits; what came while that ran goes with the next round.
    private func carry() -> Task<Void, Never> {
        let before = carrying
        if let before, isWaiting { return before }
        isWaiting = true
        let task = Task {
            if let before { await before.value }
            self.isWaiting = false
            await self.carryNow()
        }
        carrying = task
        return task
    }

    private func carryNow() async {
        let catalogue = library.current.catalogue
        do {
            try await blocking.run { [database, logger] in
                while true {
                    let rows = try database.queue.read {
                        try Row.fetchAll(
                            $0, sql: "SELECT id, item FROM inbox ORDER BY id LIMIT 500")
                    }
                    guard let last = rows.last else { return }
                    var listens: [NewListen] = []
                    var opinions: [NewOpinion] = []
                    for row in rows {
                        let text: String = row["item"]
                        switch try? JSONDecoder().decode(Item.self, from: Data(text.utf8)) {
                        case .listen(let listen)?: listens.append(listen)
                        case .opinion(let opinion)?: opinions.append(opinion)
                        case nil:
                            logger.error("a listen cannot be read", metadata: ["item": "\(text)"])
                        }
                    }
                    try catalogue.add(listens, opinions)
                    try database.queue.write {
                        try $0.execute(
                            sql: "DELETE FROM inbox WHERE id <= ?", arguments: [last["id"] as Int64]
                        )
                    }
                }
            }
        } catch {
            logger.notice(
                "listens wait until the catalogue can be written", metadata: ["error": "\(error)"])
        }
    }

    /// Carries on what an earlier run left, tries again what had to wait, and ends with nothing left where the catalogue lets it.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.carry().value
                try? await Task.sleep(for: .seconds(5))
            }
        }
        await carry().value
    }

    /// How many wait.
    func waiting() async throws -> Int {
        try await blocking.run { [database] in
            try database.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM inbox") ?? 0 }
        }
    }
}
