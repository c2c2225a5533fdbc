import Foundation

/// The meaning of JSON listening formats, object by object. Field names: the services' documentation; what is left out:
/// as ListenBrainz's own importers do (listenbrainz-server, `background/listens_importer`).
struct JSONHistory {
    let format: HistoryFormat

    /// What a document says about the rows inside it.
    struct Document {
        var listener: String?
        var playlist = ""
        var isPlayingNow = false
    }

    /// What a file's document holds: rows inside, at a path of ``JSONSplitter/arrays``, or nil when it is a row itself.
    func inside(_ fields: JSONFields) -> (path: String, rows: [Any], document: Document)? {
        var document = Document()
        for (outer, inner) in [("recenttracks", "track"), ("lovedtracks", "track")] {
            guard let page = JSONFields(fields.values[outer]) else { continue }
            document.listener = page.object("@attr").text("user")
            return ("\(outer).\(inner)", page.list(inner) ?? [], document)
        }
        if let playlist = JSONFields(fields.values["playlist"]) {
            document.listener = playlist.text("creator")
            document.playlist = playlist.text("title") ?? ""
            return ("playlist.track", playlist.list("track") ?? [], document)
        }
        if let page = JSONFields(fields.values["payload"]) {
            document.listener = page.text("user_id")
            document.isPlayingNow = page.truth("playing_now")
            return ("payload.listens", page.list("listens") ?? [], document)
        }
        document.isPlayingNow = fields.text("listen_type") == "playing_now"
        for name in ["payload", "scrobbles", "list", "feedback"] {
            if let rows = fields.values[name] as? [Any] { return (name, rows, document) }
        }
        return nil
    }

    /// - Parameters:
    ///   - listener: given by the user, or told by the document around it.
    ///   - position: among the rows of the document, from 0.
    func row(
        _ value: Any?, path: String, listener: String?, document: Document, position: Int
    ) -> RowOutcome {
        guard let fields = JSONFields(value) else { return .broken("not a JSON object") }
        let owner = listener ?? document.listener
        switch format {
        case .listenbrainz:
            return document.isPlayingNow ? .filtered : listenBrainz(fields, listener, owner)
        case .listenbrainzFeedback: return feedback(fields, owner)
        case .spotify: return spotify(fields, listener)
        case .spotifyShort: return spotifyShort(fields, owner)
        case .lastfm: return lastfm(fields, owner, isLoved: path == "lovedtracks.track")
        case .maloja: return maloja(fields, owner)
        case .pano: return pano(fields, owner)
        case .jspf: return jspf(fields, owner, document.playlist, position)
        default: return .broken("not a JSON format")
        }
    }

    private func needs(_ field: String) -> RowOutcome { .broken("no \(field) (give --listener)") }

    private func listenBrainz(_ row: JSONFields, _ given: String?, _ owner: String?) -> RowOutcome {
        guard let track = JSONFields(row.values["track_metadata"]) else {
            return .broken("no track_metadata")
        }
        guard let name = given ?? row.text("user_name") ?? owner else { return needs("user_name") }
        if row.truth("playing_now") || row.text("listen_type") == "playing_now" { return .filtered }
        return .play(name, SongReference(listenBrainz: track), time: row.word("listened_at"))
    }

    private func feedback(_ row: JSONFields, _ owner: String?) -> RowOutcome {
        guard let name = owner ?? row.text("user_id", "user_name") else { return needs("user_id") }
        guard let score = row.number("score"), [-1, 0, 1].contains(score) else {
            return .broken("the score is not -1, 0 or 1")
        }
        let track = row.object("track_metadata")
        var reference = SongReference(
            artist: track.text("artist_name"), title: track.text("track_name"),
            album: track.text("release_name"),
            recordingMBID: row.text("recording_mbid")
                ?? track.object("mbid_mapping").text("recording_mbid"))
        if !reference.isUsable { reference.id = row.text("recording_msid").map { "msid-" + $0 } }
        guard reference.isUsable else { return .broken("no recording_mbid or recording_msid") }
        switch HistoryTime.optional(row.word("created")) {
        case .failure(let error): return .broken(error.reason)
        case .success(let time):
            return .item(
                .feedback(
                    Feedback(listener: name, reference: reference, score: Int(score), time: time)))
        }
    }

    private func lastfm(_ row: JSONFields, _ owner: String?, isLoved: Bool) -> RowOutcome {
        guard let name = owner else { return needs("user") }
        let isPlaying = row.object("@attr").values["nowplaying"] != nil
        if isPlaying { return .filtered }
        let artist = row.object("artist")
        let reference = SongReference(
            artist: artist.text("#text", "name") ?? row.text("artist"), title: row.text("name"),
            album: row.object("album").text("#text", "title"), recordingMBID: row.text("mbid"))
        guard reference.isUsable else { return .broken("no song") }
        let time = row.object("date").word("uts") ?? row.word("date")
        guard isLoved else { return .play(name, reference, time: time) }
        return .item(
            .feedback(
                Feedback(
                    listener: name, reference: reference, score: 1,
                    time: time.flatMap { HistoryTime.parse($0) })))
    }

    private func maloja(_ row: JSONFields, _ owner: String?) -> RowOutcome {
        guard let name = owner else { return needs("listener") }
        let track = row.object("track")
        // The first artist matches tags of the form "A feat. B" too.
        let artist = track.list("artists")?.first.flatMap {
            $0 as? String ?? JSONFields($0)?.text("name")
        }
        return .play(
            name,
            SongReference(
                artist: artist.flatMap { $0.isEmpty ? nil : $0 }, title: track.text("title"),
                album: track.object("album").text("albumtitle", "name")),
            time: row.word("time"))
    }

    private func pano(_ row: JSONFields, _ owner: String?) -> RowOutcome {
        guard let name = owner else { return needs("listener") }
        let reference = SongReference(
            artist: row.text("artist"), title: row.text("track"), album: row.text("album"))
        let score = ["love": 1, "hate": -1, "unlove": 0, "unhate": 0][row.text("event") ?? ""]
        guard let score, reference.isUsable else {
            return .play(name, reference, time: row.word("timeMs"))
        }
        return .item(.feedback(Feedback(listener: name, reference: reference, score: score)))
    }

    private func jspf(
        _ row: JSONFields, _ owner: String?, _ playlist: String, _ position: Int
    ) -> RowOutcome {
        guard let name = owner else { return needs("creator") }
        var reference = SongReference(
            artist: row.text("creator"), title: row.text("title"), album: row.text("album"))
        for address in (row.list("identifier") ?? []) + (row.list("location") ?? []) {
            if let address = address as? String { reference.take(address: address) }
        }
        guard reference.isUsable else { return .broken("no song") }
        return .item(
            .playlistEntry(
                PlaylistEntry(
                    listener: name, playlist: playlist, position: position, reference: reference)))
    }
}
