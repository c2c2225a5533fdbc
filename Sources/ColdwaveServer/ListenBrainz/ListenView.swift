import Foundation
import Hummingbird
import Library
import ListeningHistory

/// A listen as ListenBrainz shows it.
struct ListenView: Encodable, Sendable {
    struct AdditionalInfo: Encodable, Sendable {
        let recordingMbid: String?
        let recordingMsid: String?
        let releaseMbid: String?
        let artistMbids: [String]
        let isrc: String?
        let spotifyId: String?
        let durationMs: Int?
        let tracknumber: Int?
    }
    struct Metadata: Encodable, Sendable {
        let artistName: String
        let trackName: String
        let releaseName: String?
        let additionalInfo: AdditionalInfo

        init(_ reference: SongReference, track: Track?, msid: String? = nil) {
            artistName = reference.artist ?? track?.artist ?? ""
            trackName = reference.title ?? track?.title ?? reference.id ?? ""
            releaseName = reference.album ?? track?.album
            let spotify = reference.spotifyURI ?? track?.spotifyURI
            additionalInfo = AdditionalInfo(
                recordingMbid: reference.recordingMBID ?? track?.recordingMBID,
                recordingMsid: msid, releaseMbid: track?.releaseMBID,
                artistMbids: track?.artistMBIDs.split(separator: ";").map {
                    $0.trimmingPrefix(" ").description
                } ?? [],
                isrc: reference.isrc ?? track?.isrc,
                spotifyId: spotify.flatMap {
                    $0.split(separator: ":").last.map { "https://open.spotify.com/track/\($0)" }
                },
                durationMs: track.map { Int($0.durationSeconds * 1000) },
                tracknumber: track?.trackNumber)
        }
    }
    let listenedAt: Int64?
    let insertedAt: Int64?
    let playingNow: Bool?
    let recordingMsid: String?
    let userName: String
    let trackMetadata: Metadata

    /// - Parameter reference: which of the song's names its id is of; nil for the listen's own.
    init(_ listen: TimedListen, user: String, reference: Int64?, track: Track?) {
        let msid = RecordingMSID.text(reference ?? listen.referenceID)
        listenedAt = listen.time
        insertedAt = listen.time
        playingNow = nil
        recordingMsid = msid
        userName = user
        trackMetadata = Metadata(listen.reference, track: track, msid: msid)
    }

    init(_ entry: NowPlaying.Entry) {
        listenedAt = nil
        insertedAt = nil
        playingNow = true
        recordingMsid = nil
        userName = entry.user
        trackMetadata = Metadata(entry.reference, track: entry.track)
    }
}

extension Response {
    /// - Returns: `value` as JSON with names as ListenBrainz has them: `trackMetadata` is `track_metadata`.
    static func listenBrainz(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response
    {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return Response(status: .internalServerError)
        }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}
