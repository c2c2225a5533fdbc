import Hummingbird
import Library

/// Love and hate.
struct FeedbackRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct FeedbackView: Encodable {
        let loved: [Int64]
        let hated: [Int64]
    }
    private struct Score: Decodable { let score: Int }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "listeners/{name}/feedback",
                about: "What a listener loves and hates",
                answer: .json(
                    .object(["loved": .array(.integer()), "hated": .array(.integer())])),
                failures: [403, 404]
            ) { call in
                let name = call.required("name")
                try call.requireListener(name)
                return .json(
                    try await parts.library.read { snapshot in
                        try snapshot.catalogue.requireListener(name)
                        let all = try snapshot.catalogue.feedback(of: name)
                        func ids(_ score: Int) -> [Int64] {
                            all.compactMap { item in
                                if item.score == score, case .track(let id) = item.song {
                                    id
                                } else {
                                    nil
                                }
                            }
                        }
                        return FeedbackView(loved: ids(1), hated: ids(-1))
                    })
            },
            Endpoint(
                method: .put, path: "listeners/{name}/feedback/{id}",
                about:
                    "Loves (1) or hates (-1) a song, or takes that back (0); the next list has it",
                body: .object(["score": .integers([-1, 0, 1])]), answer: .empty,
                failures: [403, 404, 422]
            ) { call in
                let (name, id) = (call.required("name"), call.id("id"))
                try call.requireListener(name)
                let score = try await call.body(Score.self).score
                guard (-1...1).contains(score) else {
                    throw APIError.unprocessable("score must be 1, 0 or -1")
                }
                try await parts.library.read { snapshot in
                    try snapshot.catalogue.requireListener(name)
                    _ = try snapshot.requireTrack(id)
                }
                try await parts.inbox.setFeedback(listener: name, trackID: id, score: score)
                return Response(status: .noContent)
            },
        ]
    }
}
