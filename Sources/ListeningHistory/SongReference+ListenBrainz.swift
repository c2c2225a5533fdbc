import Foundation

extension SongReference {
    /// The song of a ListenBrainz listen.
    /// - Parameter metadata: its `track_metadata`, as `JSONSerialization` reads it.
    /// - Returns: nil where that is no object.
    public init?(listenBrainz metadata: Any?) {
        guard let track = JSONFields(metadata) else { return nil }
        self.init(listenBrainz: track)
    }

    init(listenBrainz track: JSONFields) {
        let more = track.object("additional_info")
        self.init(
            artist: track.text("artist_name"), title: track.text("track_name"),
            album: track.text("release_name"),
            recordingMBID: more.text("recording_mbid")
                ?? track.object("mbid_mapping").text("recording_mbid"),
            spotifyURI: SpotifyID.uri(more.text("spotify_id")), isrc: more.text("isrc"))
    }
}
