import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Recommendation

/// Where a list or a radio starts from: songs and where they lie in the taste space.
public struct SeedSongs: Sendable {
    public internal(set) var title: String
    /// `[songs, dimensions]`
    public internal(set) var places: Matrix
    /// Recordings that the list must not hold.
    var recordings: Set<String>

    /// Two sets of songs as one.
    public func adding(_ other: SeedSongs) -> SeedSongs {
        SeedSongs(
            title: title + ", " + other.title,
            places: Matrix(
                rows: places.rows + other.places.rows, columns: places.columns,
                storage: places.storage + other.places.storage),
            recordings: recordings.union(other.recordings))
    }
}

extension Recommender {
    /// A song by what names it, or else an audio file, which is heard on the spot.
    /// - Parameter hearing: what decodes it; nil for this process.
    /// - Throws: ``LibraryError/unknownTrack(query:near:)``, ``LibraryError/ambiguousTrack(query:candidates:)``.
    public func seed(_ query: String, hearing: (any Hearing)? = nil) throws -> SeedSongs {
        do {
            let track = try catalogue.track(query)
            return try seeds([track], title: track.name)
        } catch let error as LibraryError {
            guard case .unknownTrack = error, FileManager.default.fileExists(atPath: query) else {
                throw error
            }
            return try seed(file: query, hearing: hearing)
        }
    }

    /// All songs of an artist.
    /// - Throws: ``LibraryError/unknownName(what:name:near:)``.
    public func seeds(artist: String) throws -> SeedSongs {
        let rule = Exclusion.artist(artist)
        let present = try catalogue.tracks()
        let own = present.filter(rule.matches)
        guard let first = own.first else {
            throw LibraryError.unknownName(
                what: "artist", name: artist,
                near: NearNames.of(artist, among: present.map(\.artist)))
        }
        return try seeds(own, title: own.count == 1 ? first.name : artist)
    }

    /// All songs of an album, named by its title or "Artist - Album".
    /// - Throws: ``LibraryError/unknownName(what:name:near:)``, ``LibraryError/ambiguousTrack(query:candidates:)``.
    public func seeds(album: String) throws -> SeedSongs {
        func full(_ track: Track) -> String {
            "\(track.albumArtist ?? track.artist) - \(track.album ?? "")"
        }
        let all = try catalogue.tracks().filter { $0.album != nil }
        let exact = all.filter { full($0).caseInsensitiveCompare(album) == .orderedSame }
        let own = exact.isEmpty ? all.filter(Exclusion.album(album).matches) : exact
        guard !own.isEmpty else {
            throw LibraryError.unknownName(
                what: "album", name: album, near: NearNames.of(album, among: all.map(full)))
        }
        let names = Set(own.map(full))
        // A compilation without an album artist has one name an artist, but one folder.
        let folders = Set(own.map { URL(fileURLWithPath: $0.path).deletingLastPathComponent() })
        guard names.count == 1 || folders.count == 1 else {
            throw LibraryError.ambiguousTrack(query: album, candidates: names.sorted())
        }
        return try seeds(own, title: names.count == 1 ? full(own[0]) : album)
    }

    /// What a listener played last; also songs the library lacks, which have a place by their plays.
    /// - Throws: ``LibraryError/unknownListener(name:near:)``, ``LibraryError/nothingToDo(stage:reason:next:)`` when no play has
    ///   a time.
    public func seeds(lastOf listener: String, count: Int) throws -> SeedSongs {
        try catalogue.requireListener(listener)
        let last = try catalogue.lastPlayed(by: listener, count: count)
        guard !last.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "start from the last plays of \(listener)",
                reason: "none of their plays has a time",
                next: "`coldwave recommend \(listener)` goes by all of them.")
        }
        var seeds = SeedSongs(
            title: "what \(listener) played last",
            places: Matrix(rows: 0, columns: predictions.blended.columns), recordings: [])
        for song in last {
            var place: [Float]?
            var factors: Int32?
            switch song {
            case .track(let id):
                guard let own = table.place(of: id), let track = try track(id) else { continue }
                let first = Int(table.first[own])
                seeds.recordings.insert(track.recording)
                place = row(first).map { Array(predictions.blended.row($0)) }
                factors = factorRow[first] < 0 ? nil : factorRow[first]
            case .reference(let id): factors = factorRowOfReference[id]
            }
            place = place ?? factors.map { Array(songFactors.row(Int($0))) }
            if let place {
                seeds.places = Matrix(
                    rows: seeds.places.rows + 1, columns: seeds.places.columns,
                    storage: seeds.places.storage + place)
            }
        }
        return seeds
    }

    func seeds(_ chosen: [Track], title: String) throws -> SeedSongs {
        let rows = chosen.compactMap(row)
        guard !rows.isEmpty else { throw noPlace(title) }
        return SeedSongs(
            title: title, places: predictions.blended.selectingRows(rows),
            recordings: Set(chosen.map(\.recording)))
    }

    func noPlace(_ title: String) -> LibraryError {
        .nothingToDo(
            stage: "start from \(title)", reason: "it has no place in the taste space yet",
            next: "Run `coldwave build`.")
    }

    private func seed(file path: String, hearing: (any Hearing)?) throws -> SeedSongs {
        let format = SpectrogramFormat.standard
        let song = try (hearing ?? LocalHearing(format)).hear(
            HearingRequest(path: path, excerpt: catalogue.excerpt()))
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        guard let spectrogram = song.spectrogram else {
            throw LibraryError.nothingToDo(
                stage: "start from \(name)", reason: "nothing can be heard in it",
                next: "Try another file.")
        }
        let model = try NetworkModel(
            contentsOf: catalogue.location.run(.networks, predictions.networkRun)
                .appendingPathComponent("model.safetensors"))
        let heard = spectrogram.matrix(range: format.range)
        let place = try Predictor(model).predict(try MatrixSource([heard]))
        // The same sound may be here as another file of a recording.
        return SeedSongs(
            title: name, places: place,
            recordings: Set(
                try catalogue.tracksByHash([song.info.contentHash]).values.joined().map(\.recording)
            ))
    }
}
