import Foundation

extension JSONHistory {
    /// Why a play of under 30 seconds ended that makes it none: everything but the song's own end and a screen
    /// turned off. The list of ListenBrainz's importer.
    private static let cutShort: Set<String> = [
        "fwdbtn", "backbtn", "clickrow", "clickside", "endplay", "playbtn", "remote", "logout",
        "popup", "trackerror", "unexpected-exit", "unexpected-exit-while-paused", "unknown",
    ]

    /// An entry of the extended history. Left out: private sessions, podcasts and audio books (no track name), plays of
    /// under 30 seconds that were cut short; those that were skipped are told as skips.
    func spotify(_ row: JSONFields, _ given: String?) -> RowOutcome {
        guard let title = row.text("master_metadata_track_name") else {
            return row.values["ms_played"] == nil ? .broken("no ms_played") : .filtered
        }
        guard let name = given ?? row.text("username") else {
            return .broken("no username (give --listener)")
        }
        if row.truth("incognito_mode") { return .filtered }
        let played = row.number("ms_played") ?? 0
        guard played >= 0 else { return .broken("ms_played is negative") }
        let play = RowOutcome.play(
            name,
            SongReference(
                artist: row.text("master_metadata_album_artist_name"), title: title,
                album: row.text("master_metadata_album_album_name"),
                spotifyURI: SpotifyID.uri(row.text("spotify_track_uri"))), time: row.word("ts"))
        if played < 30_000 {
            let hasReason = row.values["reason_end"] != nil
            let reason = row.text("reason_end")
            let isCut = hasReason && (reason.map(Self.cutShort.contains) ?? true)
            // An error, a logout or another song chosen say nothing of this one; the button for the next song does.
            if played > 0, row.truth("skipped") || reason == "fwdbtn" { return play.asSkip }
            if row.truth("skipped") || isCut || played == 0 { return .filtered }
        }
        return play
    }

    /// An entry of the short history, which does not tell why a play ended: under 30 seconds it is left out.
    func spotifyShort(_ row: JSONFields, _ given: String?) -> RowOutcome {
        guard let name = given else { return .broken("no listener (give --listener)") }
        guard let played = row.number("msPlayed"), played >= 0 else {
            return .broken("no msPlayed")
        }
        if played < 30_000 { return .filtered }
        return .play(
            name, SongReference(artist: row.text("artistName"), title: row.text("trackName")),
            time: row.word("endTime"))
    }
}

/// Spotify's two ways to write a track's id.
enum SpotifyID {
    /// `spotify:track:ID` from that or from `https://open.spotify.com/track/ID?…`; nil for anything else.
    static func uri(_ text: String?) -> String? {
        guard let text else { return nil }
        if text.hasPrefix("spotify:track:") { return text }
        guard let range = text.range(of: "open.spotify.com/track/") else { return nil }
        let id = text[range.upperBound...].prefix { $0.isLetter || $0.isNumber }
        return id.isEmpty ? nil : "spotify:track:" + id
    }
}
