import Foundation
import Library
import ListeningHistory

/// What `submit-listens` is sent, checked as ListenBrainz does.
struct ListenSubmission {
    enum Kind: String {
        case single
        case importing = "import"
        case playingNow = "playing_now"
    }
    struct Item {
        /// Seconds since 1970; nil for what is playing now.
        let time: Int64?
        let reference: SongReference
        let seconds: Double?
        let player: String?
    }
    let kind: Kind
    let items: [Item]

    /// ListenBrainz takes no more at once.
    static let most = 1000
    /// 1 October 2002, when the first scrobbler appeared.
    static let earliest: Int64 = 1_033_430_400

    /// - Throws: ``ListenBrainzError``.
    init(_ data: Data, now: Date = Date()) throws {
        guard let document = try? JSONSerialization.jsonObject(with: data) else {
            throw ListenBrainzError.bad("Cannot parse JSON document.")
        }
        guard let document = document as? [String: Any], let payload = document["payload"] as? [Any]
        else {
            throw ListenBrainzError.bad(
                "Invalid JSON document submitted: it needs listen_type and payload.")
        }
        guard let kind = (document["listen_type"] as? String).flatMap(Kind.init(rawValue:)) else {
            throw ListenBrainzError.bad("JSON document requires a valid listen_type key.")
        }
        self.kind = kind
        guard !payload.isEmpty else {
            throw ListenBrainzError.bad("JSON document does not contain any listens")
        }
        guard payload.count <= Self.most else {
            throw ListenBrainzError.bad(
                "Too many listens. You may not submit more than \(Self.most) listens per request.")
        }
        guard kind == .importing || payload.count == 1 else {
            throw ListenBrainzError.bad(
                "JSON document contains more than listen for a single/playing_now. It should contain only one."
            )
        }
        items = try payload.map { try Self.item($0, kind, now: now) }
    }

    private static func item(_ value: Any, _ kind: Kind, now: Date) throws -> Item {
        guard let listen = value as? [String: Any] else {
            throw ListenBrainzError.bad("A listen must be a JSON object.")
        }
        let time = try time(listen["listened_at"], kind, now: now)
        guard let metadata = listen["track_metadata"] as? [String: Any],
            let reference = SongReference(listenBrainz: metadata)
        else {
            throw ListenBrainzError.bad(
                "JSON document must contain the key track_metadata at the top level.")
        }
        for (name, value) in [
            ("artist_name", reference.artist), ("track_name", reference.title),
        ] {
            guard let value, !value.trimmingCharacters(in: .whitespaces).isEmpty else {
                throw ListenBrainzError.bad(
                    "JSON document does not contain required track_metadata.\(name).")
            }
            guard value.utf8.count <= 4096 else {
                throw ListenBrainzError.bad("track_metadata.\(name) is too long.")
            }
        }
        if let text = reference.recordingMBID, UUID(uuidString: text) == nil {
            throw ListenBrainzError.bad("additional_info.recording_mbid MBID format invalid.")
        }
        let more = metadata["additional_info"] as? [String: Any] ?? [:]
        let seconds =
            (more["duration_ms"] as? NSNumber).map { $0.doubleValue / 1000 }
            ?? (more["duration"] as? NSNumber)?.doubleValue
        return Item(
            time: time, reference: reference, seconds: seconds.flatMap { $0 > 0 ? $0 : nil },
            player: more["media_player"] as? String ?? more["submission_client"] as? String)
    }

    private static func time(_ value: Any?, _ kind: Kind, now: Date) throws -> Int64? {
        guard kind != .playingNow else {
            guard value == nil || value is NSNull else {
                throw ListenBrainzError.bad(
                    "JSON document should not contain listened_at key for a playing_now listen.")
            }
            return nil
        }
        let number = (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap(Double.init)
        guard let number, let time = Int64(exactly: number) else {
            throw ListenBrainzError.bad(
                "JSON document must contain the key listened_at at the top level.")
        }
        guard time >= earliest else {
            throw ListenBrainzError.bad(
                "Value for key listened_at is too low. It should be greater than \(earliest) (2002-10-01 00:00:00 UTC)."
            )
        }
        // Clocks differ by a little, ours or the player's.
        guard time <= Int64(now.timeIntervalSince1970) + 3600 else {
            throw ListenBrainzError.bad(
                "Value for key listened_at is too high: it lies in the future.")
        }
        return time
    }
}

/// A failure as ListenBrainz tells it: `{"code": 400, "error": "…"}`.
enum ListenBrainzError: Error, Equatable {
    case bad(String)
    case unauthorized(String)
    case forbidden(String)
    case notFound(String)

    var code: Int {
        switch self {
        case .bad: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        }
    }
    var message: String {
        switch self {
        case .bad(let text), .unauthorized(let text), .forbidden(let text), .notFound(let text):
            text
        }
    }
}

/// The ids that ListenBrainz gives songs without a MusicBrainz id: here the song's number in the catalogue, in a UUID's clothes.
enum RecordingMSID {
    private static let prefix = "c01d3a4e-0000-4000-8000-"

    static func text(_ reference: Int64) -> String {
        let digits = String(reference, radix: 16)
        return prefix + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    static func reference(_ text: String) -> Int64? {
        let text = text.lowercased()
        guard text.hasPrefix(prefix), text.count == 36 else { return nil }
        return Int64(text.dropFirst(prefix.count), radix: 16)
    }
}
