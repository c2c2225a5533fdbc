import Hummingbird
import Library

/// What is in the library and what is fresh or stale.
struct StatusRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct FailureList: Encodable {
        struct Failure: Encodable {
            let path: String
            let reason: String
        }
        let total: Int
        let failures: [Failure]
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "status", about: "What is in the library, fresh or stale",
                answer: .json(Self.statusSchema)
            ) { call in
                let isAdmin = call.context.auth?.isAdmin ?? false
                let report = try await parts.library.read { snapshot in
                    try Pipeline(snapshot.catalogue, context: StageContext(threads: 1)).status()
                }
                return .json(
                    StatusView(
                        report: report, isAdmin: isAdmin,
                        jobs: isAdmin ? await parts.jobs.all : []))
            },
            Endpoint(
                method: .get, path: "failures", about: "Files that could not be heard, and why",
                access: .admin, parameters: [.limit],
                answer: .json(
                    .object([
                        "total": .integer(),
                        "failures": .array(.object(["path": .string(), "reason": .string()])),
                    ]))
            ) { call in
                let limit = call.int("limit", or: 50)
                return .json(
                    try await parts.library.read { snapshot in
                        let page = try snapshot.catalogue.failures(limit: limit)
                        return FailureList(
                            total: page.total,
                            failures: page.items.map { .init(path: $0.path, reason: $0.reason) })
                    })
            },
        ]
    }

    static let statusSchema = JSONSchema.object([
        "library?": .string(), "roots?": .array(.string()), "tracks": .integer(),
        "missing": .integer(), "artists": .integer(), "cold": .integer(), "failures": .integer(),
        "listeners": .integer(), "plays": .integer(), "playedSongs": .integer(),
        "matchedSongs": .integer(), "bytes": .integer(), "spectrogramBytes": .integer(),
        "stages": .array(
            .object([
                "name": .string(), "state": .oneOf(["fresh", "stale", "missing", "failed"]),
                "run?": .string(),
            ])), "next": .string(), "jobs": .array(JobRoutes.schema),
    ])
}

/// `coldwave status --json`, and the jobs.
private struct StatusView: Encodable {
    let report: StatusReport
    let isAdmin: Bool
    let jobs: [Job]

    private enum Key: String, CodingKey { case library, roots, jobs }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        if !isAdmin {
            try container.encode("", forKey: .library)
            try container.encode([String](), forKey: .roots)
        }
        try container.encode(jobs, forKey: .jobs)
    }
}
