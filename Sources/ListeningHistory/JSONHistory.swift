import Foundation

/// What one JSON object of a listening file means.
enum JSONRow {
    case play(Play)
    case filtered
    case broken(String)
}

/// The meaning of JSON listening formats, object by object. Field names: ListenBrainz's and Spotify's documentation.
struct JSONHistory {
    let format: HistoryFormat
    let listener: String?

    func row(_ object: [String: Any], owner: String?) -> JSONRow {
        switch format {
        case .listenbrainz: listenBrainz(object)
        case .spotify: spotify(object)
        case .spotifyShort: spotifyShort(object)
        case .lastfm: lastfm(object, owner: owner)
        default: .broken("not a JSON format")
        }
    }

    private func text(_ value: Any?) -> String? {
        (value as? String).flatMap { $0.isEmpty ? nil : $0 }
    }

    private func listenBrainz(_ object: [String: Any]) -> JSONRow {
        guard let track = object["track_metadata"] as? [String: Any] else {
            return .broken("no track_metadata")
        }
        guard let name = listener ?? text(object["user_name"]) else {
            return .broken("no user_name (give --listener)")
        }
        let more = track["additional_info"] as? [String: Any] ?? [:]
        let mapping = track["mbid_mapping"] as? [String: Any] ?? [:]
        let reference = SongReference(
            artist: text(track["artist_name"]), title: text(track["track_name"]),
            album: text(track["release_name"]),
            recordingMBID: text(more["recording_mbid"]) ?? text(mapping["recording_mbid"]),
            spotifyURI: text(more["spotify_id"]), isrc: text(more["isrc"]))
        guard reference.isUsable else { return .broken("no song") }
        guard let stamp = object["listened_at"] as? NSNumber,
            let time = HistoryTime.parse(stamp.stringValue)
        else {
            return .broken("no listened_at")
        }
        return .play(Play(listener: name, reference: reference, time: time))
    }

    private func spotify(_ object: [String: Any]) -> JSONRow {
        // Podcasts have an episode's name instead.
        guard let title = text(object["master_metadata_track_name"]) else { return .filtered }
        guard let name = listener ?? text(object["username"]) else {
            return .broken("no username (give --listener)")
        }
        if object["incognito_mode"] as? Bool == true { return .filtered }
        let played = (object["ms_played"] as? NSNumber)?.intValue ?? 0
        let wasSkipped =
            object["skipped"] as? Bool == true
            || ["fwdbtn", "backbtn"].contains(text(object["reason_end"]) ?? "")
        if played < 30_000, wasSkipped || played == 0 { return .filtered }
        guard let time = text(object["ts"]).flatMap(HistoryTime.parse) else {
            return .broken("no ts")
        }
        return .play(
            Play(
                listener: name,
                reference: SongReference(
                    artist: text(object["master_metadata_album_artist_name"]), title: title,
                    album: text(object["master_metadata_album_album_name"]),
                    spotifyURI: text(object["spotify_track_uri"])), time: time))
    }

    private func spotifyShort(_ object: [String: Any]) -> JSONRow {
        guard let name = listener else { return .broken("no listener (give --listener)") }
        guard let artist = text(object["artistName"]), let title = text(object["trackName"]) else {
            return .broken("no song")
        }
        if (object["msPlayed"] as? NSNumber)?.intValue ?? 0 < 30_000 { return .filtered }
        guard let time = text(object["endTime"]).flatMap(HistoryTime.parse) else {
            return .broken("no endTime")
        }
        return .play(
            Play(listener: name, reference: SongReference(artist: artist, title: title), time: time)
        )
    }

    private func lastfm(_ object: [String: Any], owner: String?) -> JSONRow {
        guard let name = listener ?? owner else { return .broken("no user (give --listener)") }
        if (object["@attr"] as? [String: Any])?["nowplaying"] != nil { return .filtered }
        let artist = object["artist"] as? [String: Any] ?? [:]
        let reference = SongReference(
            artist: text(artist["#text"]) ?? text(artist["name"]), title: text(object["name"]),
            album: text((object["album"] as? [String: Any])?["#text"]),
            recordingMBID: text(object["mbid"]))
        guard reference.isUsable else { return .broken("no song") }
        guard let time = text((object["date"] as? [String: Any])?["uts"]).flatMap(HistoryTime.parse)
        else {
            return .broken("no date")
        }
        return .play(Play(listener: name, reference: reference, time: time))
    }
}
