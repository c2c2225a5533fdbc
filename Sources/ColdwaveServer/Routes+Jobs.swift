import Foundation
import Hummingbird
import Library
import ServiceLifecycle

/// Scans and builds, the training's losses, and events as they happen.
struct JobRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct New: Decodable {
        let kind: String
        let paths: [String]?
    }
    private struct Made: Encodable { let id: Int }
    private struct JobList: Encodable { let jobs: [Job] }
    private struct Training: Encodable {
        let run: OrNull<String>
        let state: String
        let losses: [TrainingLoss]
    }

    static let schema = JSONSchema.object([
        "id": .integer(), "kind": .oneOf(Job.Kind.allCases.map(\.rawValue)),
        "state": .oneOf(["running", "done", "failed", "stopped"]), "started": .string(),
        "line": .string(), "fraction?": .number(0...1), "log": .array(.string()),
    ])

    var endpoints: [Endpoint] { [start, list, one, stop, training, events] }

    private var start: Endpoint {
        Endpoint(
            method: .post, path: "jobs",
            about:
                "Starts a scan (of `paths`, else of the folders scanned before), a build, or hearing what excites the network's units",
            access: .admin,
            body: .object([
                "kind": .oneOf(Job.Kind.allCases.map(\.rawValue)),
                "paths?": .nullable(.array(.string(length: 1...4096), count: 0...100)),
            ]), answer: .json(.object(["id": .integer()]), status: 202),
            failures: [404, 409, 422]
        ) { call in
            let new = try await call.body(New.self)
            guard let kind = Job.Kind(rawValue: new.kind) else {
                throw APIError.unprocessable("kind must be scan, build or filters")
            }
            var paths = new.paths ?? []
            if kind == .scan {
                if paths.isEmpty { paths = parts.library.current.roots }
                guard !paths.isEmpty else {
                    throw APIError.unprocessable(
                        "there is nothing to scan", next: "give paths: folders with music")
                }
                for path in paths {
                    guard path.hasPrefix("/"), !path.contains("\0"),
                        FileManager.default.fileExists(atPath: path)
                    else { throw APIError.notFound("there is no folder \(path.prefix(200))") }
                }
            }
            return .json(
                Made(id: try await parts.jobs.start(kind, paths: paths)), status: .accepted)
        }
    }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "jobs", about: "Jobs since the server's start, newest first",
            access: .admin, answer: .json(.object(["jobs": .array(Self.schema)]))
        ) { _ in .json(JobList(jobs: await parts.jobs.all)) }
    }

    private var one: Endpoint {
        Endpoint(
            method: .get, path: "jobs/{id}", about: "How far a job is", access: .admin,
            answer: .json(Self.schema), failures: [404]
        ) { call in
            guard let job = await parts.jobs.job(Int(call.id("id"))) else {
                throw APIError.notFound("there is no job \(call.id("id"))")
            }
            return .json(job)
        }
    }

    private var stop: Endpoint {
        Endpoint(
            method: .delete, path: "jobs/{id}",
            about: "Stops a job at the next safe place; the second time at once", access: .admin,
            answer: .empty, failures: [404]
        ) { call in
            try await parts.jobs.stop(Int(call.id("id")))
            return Response(status: .noContent)
        }
    }

    private var training: Endpoint {
        Endpoint(
            method: .get, path: "training", about: "The losses of the training, live while it runs",
            answer: .json(
                .object([
                    "run": .nullable(.string()), "state": .oneOf(["idle", "training"]),
                    "losses": .array(
                        .object([
                            "epoch": .integer(), "train": .number(), "validation?": .number(),
                        ])),
                ]))
        ) { _ in
            .json(
                try await parts.library.read { snapshot in
                    let now = try snapshot.catalogue.trainingLosses()
                    return Training(
                        run: OrNull(now.run), state: now.isTraining ? "training" : "idle",
                        losses: now.losses.filter { $0.train.isFinite })
                })
        }
    }

    private var events: Endpoint {
        Endpoint(
            method: .get, path: "events",
            about:
                "Server-sent events: `job` (a job), `artefacts` ({stage, run} that were picked up), `listen` ({listener, track, name})",
            parameters: [
                .integer("seconds", 0...86400, nil, "Ends after so many seconds; nothing: never")
            ],
            answer: .bytes("text/event-stream", about: "Events until the sender goes")
        ) { call in
            let headers: HTTPFields = [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                .xAccelBuffering: "no",
            ]
            if call.request.method == .head { return Response(status: .ok, headers: headers) }
            let (hub, auth, seconds) = (parts.events, call.context.auth, call.int("seconds"))
            let body = ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                for await event in hub.subscribe(seconds: seconds).cancelOnGracefulShutdown() {
                    guard event.isFor(auth) else { continue }
                    try await writer.write(ByteBuffer(string: event.text))
                }
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: headers, body: body)
        }
    }
}
