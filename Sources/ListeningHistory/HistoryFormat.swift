/// The formats that are read.
public enum HistoryFormat: String, CaseIterable, Codable, Sendable {
    /// `listener, song, count` by tab or comma, no header; Echo Nest's `train_triplets.txt`.
    case triplets
    /// A header, then rows by comma, semicolon, tab or bar.
    case csv
    /// HetRec 2011 Last.fm `user_artists.dat`.
    case hetrec
    /// Last.fm 360K `usersha1-artmbid-artname-plays.tsv`.
    case lastfm360k = "lastfm-360k"
    /// Last.fm 1K `userid-timestamp-artid-artname-traid-traname.tsv`.
    case lastfm1k = "lastfm-1k"
    /// Music Listening Histories Dataset: a file per listener.
    case mlhd
    /// RecBole's `.inter`.
    case recbole
    /// ListenBrainz listens: export, dump, API pages, submissions.
    case listenbrainz
    /// ListenBrainz love and hate.
    case listenbrainzFeedback = "listenbrainz-feedback"
    /// Spotify's extended streaming history.
    case spotify
    /// Spotify's short streaming history.
    case spotifyShort = "spotify-short"
    /// Last.fm API `user.getRecentTracks` and `user.getLovedTracks`.
    case lastfm
    /// A Last.fm export of artist, album, track, date without header.
    case lastfmCSV = "lastfm-csv"
    /// Audioscrobbler portable player log.
    case scrobblerLog = "scrobbler-log"
    case maloja
    /// Pano Scrobbler JSON lines.
    case pano
    case m3u
    case jspf
    case xspf
}
