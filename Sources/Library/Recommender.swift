import AudioFeatures
import AudioNetwork
import CollaborativeFiltering
import Foundation
import Matrices
import Recommendation

/// A song in a list; encodes to the contract of `recommend --json`.
public struct Suggestion: Codable, Equatable, Sendable {
    public struct Song: Codable, Equatable, Sendable {
        public let id: Int64
        public let title: String
        public let artist: String
        public let album: String?
        public let path: String
        /// Plays by all listeners together.
        public let plays: Int
    }
    public let rank: Int
    public let score: Float
    public let track: Song
    public let because: [String]

    /// The same song at the same rank, with other reasons.
    public func because(_ reasons: [String]) -> Suggestion {
        Suggestion(rank: rank, score: score, track: track, because: reasons)
    }
}

/// What a recommendation may contain.
public struct RecommendationRequest: Codable, Equatable, Sendable {
    public var count = 20
    public var onlyNew = false
    public var includePlayed = false
    public var maxPerArtist = 2
    public var discovery: Float = 0
    /// Also intros, skits and silence.
    public var includeInterludes = false
    /// Artists or genres to leave out, whatever their case.
    public var exclude: [String] = []

    public init() {}
}

/// Answers from a built library. Reads everything once; safe to use from several threads.
public struct Recommender: Sendable {
    let catalogue: Catalogue
    let predictions: StoredPredictions
    let factors: StoredFactors
    let tracks: [Int64: Track]
    /// Listeners and plays of every song, by the id of its first copy.
    let listeners: [SongID: Int]
    let plays: [SongID: Int]
    let songRow: [SongID: Int]

    /// - Throws: ``LibraryError`` naming the command that comes first.
    public init(_ catalogue: Catalogue) throws {
        self.catalogue = catalogue
        predictions = try catalogue.storedPredictions(for: "recommend")
        factors = try catalogue.storedFactors(for: "recommend")
        guard predictions.factorsRun == factors.run else {
            throw LibraryError.staleArtefact(
                path: catalogue.location.run(.predictions, predictions.run).path,
                reason: "it was made from an earlier factorisation, whose space is another one",
                next: "Run `coldwave build`.")
        }
        let all = try catalogue.tracks(includingMissing: true)
        // Where the file that stands for a recording is gone, another one of it takes its place.
        let present = Dictionary(
            all.filter { !$0.missing }.map { ($0.recording, $0) }, uniquingKeysWith: { a, _ in a })
        tracks = Dictionary(
            uniqueKeysWithValues: all.compactMap { track in
                track.id.map {
                    ($0, track.missing ? present[track.recording] ?? track : track)
                }
            })
        songRow = Dictionary(uniqueKeysWithValues: zip(factors.songs, 0...))
        let data = try catalogue.tasteData()
        var listeners: [SongID: Int] = [:]
        var plays: [SongID: Int] = [:]
        for (i, column) in data.plays.columnIndices.enumerated() {
            listeners[data.songs[Int(column)], default: 0] += 1
            plays[data.songs[Int(column)], default: 0] += Int(data.plays.values[i])
        }
        self.listeners = listeners
        self.plays = plays
    }

    /// Songs for a listener, from plays and from sound in one list.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``.
    public func recommend(_ listener: String, _ request: RecommendationRequest) throws
        -> [Suggestion]
    {
        try catalogue.requireListener(listener)
        let history = try catalogue.history(of: listener)
        let hated = try catalogue.feedback().filter { $0.listener == listener && $0.score < 0 }
            .map(\.song)
        let taste = try place(listener, history, hated)
        let played = Set(history.map(\.song))
        let unwanted = Set(hated)
        let scores = predictions.blended
        let candidates = predictions.tracks.enumerated().compactMap { row, id -> Candidate? in
            guard let track = tracks[id], !track.missing else { return nil }
            if !request.includeInterludes, track.kind != .song { return nil }
            if unwanted.contains(.track(id)) { return nil }
            if !request.includePlayed, played.contains(.track(id)) { return nil }
            if request.onlyNew, plays[.track(id)] != nil { return nil }
            if isExcluded(track, request.exclude) { return nil }
            return candidate(row, track, dot(scores.row(row), taste[...]))
        }
        var ranker = Ranker()
        ranker.maxPerArtist = request.maxPerArtist
        ranker.discovery = request.discovery
        let list = ranker.rank(candidates, count: request.count)
        let explanation = explanation(history)
        return list.enumerated().map { rank, chosen in
            suggestion(rank + 1, chosen, because: reasons(chosen, history, explanation))
        }
    }

    /// The nearest songs to one of the library.
    public func similar(to track: Track, count: Int) -> [Suggestion] {
        guard let id = canonical(track), let row = predictions.tracks.firstIndex(of: id) else {
            return []
        }
        return similar(
            to: Array(predictions.blended.row(row)), count: count, excluding: track.recording)
    }

    /// The nearest songs to an audio file that need not be in the library: it is heard on the spot.
    /// - Parameter hearing: what decodes it; nil for this process.
    public func similar(toFile path: String, count: Int, hearing: (any Hearing)? = nil) throws
        -> [Suggestion]
    {
        let format = SpectrogramFormat.standard
        let song = try (hearing ?? LocalHearing(format)).hear(
            HearingRequest(path: path, excerpt: catalogue.excerpt()))
        guard let spectrogram = song.spectrogram else { return [] }
        let model = try NetworkModel(
            contentsOf: catalogue.location.run(.networks, predictions.networkRun)
                .appendingPathComponent("model.safetensors"))
        let heard = spectrogram.matrix(range: format.range)
        let place = try Predictor(model).predict(try MatrixSource([heard]))
        return similar(to: Array(place.row(0)), count: count, excluding: song.info.contentHash)
    }

    /// The library's nearest songs to a place in the taste space, by cosine.
    public func similar(to place: [Float], count: Int, excluding hash: String? = nil)
        -> [Suggestion]
    {
        let index = VectorIndex(predictions.blended, metric: .cosine)
        let near = index.nearest(to: place, count: count) { row in
            tracks[predictions.tracks[row]].map {
                !$0.missing && $0.kind == .song && $0.recording != hash && $0.contentHash != hash
            } ?? false
        }
        return near.enumerated().compactMap { rank, neighbor in
            tracks[predictions.tracks[neighbor.index]].map { track in
                let score = (neighbor.score * 1000).rounded() / 1000
                return suggestion(
                    rank + 1, candidate(neighbor.index, track, neighbor.score),
                    because: [
                        "cosine \(score)"
                            + (plays[.track(track.id ?? 0)] == nil
                                ? "; new: placed by its sound alone" : "")
                    ])
            }
        }
    }

    /// A way from one song to another.
    public func path(from first: Track, to last: Track, count: Int) -> [Track] {
        guard let a = canonical(first).flatMap(predictions.tracks.firstIndex(of:)),
            let b = canonical(last).flatMap(predictions.tracks.firstIndex(of:))
        else { return [] }
        return SongPath.between(a, b, count: count, items: predictions.blended)
            .compactMap { tracks[predictions.tracks[$0]] }
    }

    /// Where several songs lie together: the mean of their directions.
    public func centre(of chosen: [Track]) -> [Float] {
        let rows = chosen.compactMap { canonical($0).flatMap(predictions.tracks.firstIndex(of:)) }
        let unit = predictions.blended.selectingRows(rows).unitRows()
        return (0..<unit.columns).map { column in
            (0..<unit.rows).reduce(Float(0)) { $0 + unit[$1, column] }
        }
    }

    /// Puts suggestions in an order that flows.
    public func flowing(_ list: [Suggestion]) -> [Suggestion] {
        let rows = list.compactMap { predictions.tracks.firstIndex(of: $0.track.id) }
        guard rows.count == list.count else { return list }
        return PlaylistOrder.flow(predictions.blended.selectingRows(rows)).map { list[$0] }
    }

    public func track(_ id: Int64) -> Track? { tracks[id] }

    /// The track that stands for all copies of a recording.
    private func canonical(_ track: Track) -> Int64? {
        predictions.tracks.first { tracks[$0]?.recording == track.recording }
    }

    /// The listener's factors; a listener who came after the factorisation is folded in.
    private func place(
        _ listener: String, _ history: [(song: SongID, name: String, count: Int)], _ hated: [SongID]
    ) throws -> [Float] {
        if let row = factors.listeners.firstIndex(of: listener) {
            return Array(factors.factors.listeners.row(row))
        }
        let known = history.compactMap { item in
            songRow[item.song].map { (song: $0, count: Float(item.count)) }
        }
        let heard = Set(history.map(\.song)).union(hated)
        let dislikes =
            hated.map { (song: $0, weight: Catalogue.weight(factors.configuration)) }
            + (try catalogue.skips(of: listener)).filter { !heard.contains($0.song) }.map {
                (
                    song: $0.song,
                    weight: Catalogue.weight(ofSkips: $0.count, factors.configuration)
                )
            }
        return try ImplicitALS(factors.configuration).foldIn(
            known,
            dislikes: dislikes.compactMap { item in
                songRow[item.song].map { (song: $0, weight: item.weight) }
            }, songs: factors.factors.songs)
    }

    private func isExcluded(_ track: Track, _ words: [String]) -> Bool {
        words.contains { word in
            track.artist.caseInsensitiveCompare(word) == .orderedSame
                || track.genres.split(separator: ";").contains {
                    $0.trimmingCharacters(in: .whitespaces).caseInsensitiveCompare(word)
                        == .orderedSame
                }
        }
    }

    private func candidate(_ row: Int, _ track: Track, _ score: Float) -> Candidate {
        Candidate(
            index: row, score: score, artist: track.artist, recording: track.recording,
            popularity: listeners[.track(track.id ?? 0)] ?? 0)
    }

    private func suggestion(_ rank: Int, _ candidate: Candidate, because: [String]) -> Suggestion {
        let id = predictions.tracks[candidate.index]
        let track = tracks[id]
        return Suggestion(
            rank: rank, score: candidate.score,
            track: .init(
                id: id, title: track?.title ?? "", artist: track?.artist ?? "", album: track?.album,
                path: track?.path ?? "", plays: plays[.track(id)] ?? 0), because: because)
    }

    private func explanation(_ history: [(song: SongID, name: String, count: Int)]) -> Explanation {
        Explanation(
            songs: factors.factors.songs,
            played: history.compactMap { item in
                songRow[item.song].map {
                    ($0, Double(factors.configuration.confidence(of: Float(item.count))))
                }
            }, regularization: Double(factors.configuration.regularization))
    }

    /// The plays that weigh most in the score, and what the place of the song comes from.
    private func reasons(
        _ candidate: Candidate, _ history: [(song: SongID, name: String, count: Int)],
        _ explanation: Explanation
    ) -> [String] {
        let names = Dictionary(
            history.compactMap { item in songRow[item.song].map { ($0, item.name) } },
            uniquingKeysWith: { a, _ in a })
        let item = Array(predictions.blended.row(candidate.index))
        let shares = explanation.contributions(to: item)
        let total = shares.reduce(0) { $0 + max(0, $1.share) }
        let weightiest = shares.prefix(2).filter { $0.share > 0 }.compactMap { share in
            names[share.song].map {
                "you play \($0) (\(Int((100 * share.share / max(total, 1e-12)).rounded())) %)"
            }
        }
        let count = candidate.popularity
        let origin =
            count == 0
            ? "new: heard, nobody has played it yet"
            : "from plays by \(count) listener\(count == 1 ? "" : "s") and its sound"
        return weightiest + [origin]
    }
}
