import Foundation
import Hummingbird
import Library

extension ListenBrainzRoutes {
    private struct FeedbackPage: Encodable, Sendable {
        struct Item: Encodable, Sendable {
            let created: Int64
            let recordingMbid: String?
            let recordingMsid: String?
            let score: Int
            let userId: String
            let trackMetadata: ListenView.Metadata
        }
        let count: Int
        let feedback: [Item]
        let offset: Int
        let totalCount: Int
    }

    /// `{recording_mbid or recording_msid, score}`: 1 loves it, -1 hates it, 0 takes that back.
    func giveFeedback(_ request: Request, _ context: ServerContext) async throws -> Response {
        let user = try await requireUser(request, context)
        let data = try await body(request)
        guard let document = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
        else {
            throw ListenBrainzError.bad("Cannot parse JSON document.")
        }
        guard let score = (document["score"] as? NSNumber)?.doubleValue,
            [-1, 0, 1].contains(score)
        else { throw ListenBrainzError.bad("score must be 1, -1 or 0.") }
        let mbid = document["recording_mbid"] as? String
        let msid = document["recording_msid"] as? String
        guard mbid != nil || msid != nil else {
            throw ListenBrainzError.bad("It needs recording_mbid or recording_msid.")
        }
        for id in [mbid, msid].compactMap({ $0 }) where UUID(uuidString: id) == nil {
            throw ListenBrainzError.bad("\(id) is not a valid id.")
        }
        let track = try await parts.library.read { snapshot -> Track? in
            if let mbid, let track = try snapshot.catalogue.track(recordingMBID: mbid) {
                return track
            }
            return try msid.flatMap(RecordingMSID.reference).flatMap {
                try snapshot.catalogue.track(ofReference: $0)
            }
        }
        guard let track, let id = track.id else {
            throw ListenBrainzError.notFound("The library does not have this recording.")
        }
        try await parts.inbox.setFeedback(listener: user.listener, trackID: id, score: Int(score))
        return .listenBrainz(Status())
    }

    func feedback(_ request: Request, _ context: ServerContext) async throws -> Response {
        let name = try await listener(request, context)
        let query = Call.query(request.uri.query ?? "")
        func number(_ key: String, _ standard: Int?) throws -> Int? {
            guard let text = query[key], !text.isEmpty, text != "None" else { return standard }
            guard let value = Int(text) else {
                throw ListenBrainzError.bad("Invalid \(key) argument: \(text)")
            }
            return value
        }
        let score = try number("score", nil)
        if let score, ![-1, 1].contains(score) {
            throw ListenBrainzError.bad("Score can have a value of 1 or -1.")
        }
        let count = min(max(try number("count", 25) ?? 25, 0), ListenSubmission.most)
        let offset = max(try number("offset", 0) ?? 0, 0)
        return .listenBrainz(
            try await parts.library.read { snapshot in
                let catalogue = snapshot.catalogue
                let all = try catalogue.feedback(of: name).compactMap { item -> (Int64, Int)? in
                    guard case .track(let id) = item.song, score == nil || item.score == score
                    else { return nil }
                    return (id, item.score)
                }
                let page = Array(all.dropFirst(offset).prefix(count))
                let names = try catalogue.references(ofTracks: page.map(\.0))
                let opinions = try catalogue.opinions(of: name)
                let items = try page.compactMap { id, score -> FeedbackPage.Item? in
                    guard let track = try catalogue.track(id: id) else { return nil }
                    return FeedbackPage.Item(
                        created: opinions[track.recording]?.time ?? 0,
                        recordingMbid: track.recordingMBID,
                        recordingMsid: names[id].map(RecordingMSID.text), score: score,
                        userId: name, trackMetadata: .init(track.reference, track: track))
                }
                return FeedbackPage(
                    count: items.count, feedback: items, offset: offset, totalCount: all.count)
            })
    }
}
