import AudioNetwork
import Foundation
import Matrices
import Projection
import Recommendation

/// `coldwave filters -o DIR`: the page, and for every unit playlists that start where it is excited most.
public struct FilterFolder: Sendable {
    let units: HeardUnits
    /// Songs listed for a unit.
    let top: Int
    /// Moments drawn for a unit: more would make the page too large to open.
    static let drawn = 3
    /// Songs start so long before what the unit hears, to be recognised.
    static let lead = 1.0

    public init(_ units: HeardUnits, top: Int) {
        self.units = units
        self.top = top
    }

    /// The songs that excite a unit, to be played from there.
    public static func playlist(
        _ units: HeardUnits, _ layer: LayerDescription, _ unit: UnitDescription, count: Int
    ) -> [PlaylistTrack] {
        let half = Double(layer.reach) / 2 * units.frameSeconds
        return unit.moments.prefix(count).map { moment in
            let second = units.second(moment, reach: layer.reach)
            return entry(units.tracks[moment.song], start: max(0, second - half - lead))
        }
    }

    private static func entry(_ track: Track, start: Double?) -> PlaylistTrack {
        PlaylistTrack(
            path: track.path, title: track.title, artist: track.artist, album: track.album,
            durationSeconds: track.durationSeconds, recordingMBID: track.recordingMBID,
            startSeconds: start)
    }

    /// LAYER/UNIT.m3u8 and .jspf: from the strongest moment on; LAYER/UNIT-mean.m3u8: the songs with the highest mean.
    /// - Returns: how many files there are.
    public func writePlaylists(_ folder: URL, checkStop: () throws -> Void) throws -> Int {
        var files = 0
        for layer in units.layers {
            try checkStop()
            let place = folder.appendingPathComponent(layer.name)
            try Self.writing(place) {
                try FileManager.default.createDirectory(
                    at: $0, withIntermediateDirectories: true)
            }
            for unit in layer.units where !unit.moments.isEmpty {
                let title = "\(layer.name)/\(unit.index): \(unit.label)"
                let moments = Self.playlist(units, layer, unit, count: top)
                let means = unit.means.prefix(top).map {
                    Self.entry(units.tracks[$0.song], start: nil)
                }
                for (name, tracks, format) in [
                    ("\(unit.index).m3u8", moments, PlaylistFormat.m3u8),
                    ("\(unit.index).jspf", moments, .jspf),
                    ("\(unit.index)-mean.m3u8", means, .m3u8),
                ] {
                    let text = try PlaylistFile.render(
                        tracks, title: title, format: format, relativeTo: place)
                    // Thousands of them: each is easily made anew, so none is worth a sync of its own.
                    try Self.writing(place.appendingPathComponent(name)) {
                        try Data(text.utf8).write(to: $0, options: .atomic)
                    }
                    files += 1
                }
            }
        }
        return files
    }

    static func writing(_ url: URL, _ body: (URL) throws -> Void) throws {
        do { try body(url) } catch {
            throw LibraryError.cannotWrite(path: url.path, reason: error.localizedDescription)
        }
    }

    /// The page, with players for the files where they lie.
    /// - Parameter montages: per layer and unit the file's path below the page's folder.
    public func page(
        _ picture: FilterPicture, montages: [String: [Int: String]] = [:],
        checkStop: () throws -> Void
    ) throws -> String {
        let layers = try units.layers.map { layer in
            try checkStop()
            // Three seconds around short moments, twice the window around long ones.
            let frames = max(Int(3 / units.frameSeconds), layer.reach * 2)
            return FilterPage.Layer(
                name: layer.name, reach: Double(layer.reach) * units.frameSeconds,
                shown: Double(frames) * units.frameSeconds, about: Self.about(layer),
                units: try layer.units.map {
                    try unit(
                        $0, layer, frames, picture, montage: montages[layer.name]?[$0.index])
                })
        }
        let songs = units.tracks.map {
            FilterPage.Song(
                title: $0.title, artist: $0.artist,
                url: URL(fileURLWithPath: $0.path).absoluteString)
        }
        return FilterPage.draw(
            title: "What the network hears",
            about: [
                "Every unit of every layer, with the songs of this library that excite it most and the second where they do. Each strip shows the moment, low notes at the foot; the white frame is all that the unit hears. Click a strip to listen (where the page can reach the files).",
                "Convolutions are named by the sound they answer to: the first by its weights, later ones by the mean of their strongest moments; and by a chord, by what is like a voice, or by a waver of the pitch as of voices, strings and flutes, that at least half of these hold, and more often than moments drawn blindly. Dense layers and outputs hear whole windows and are named by genres, languages, artists and decades that their best songs hold more often than chance (hypergeometric test, Benjamini–Hochberg over all tests of the layer, q ≤ 0.05). Where the numbers hold no name, none is given.",
            ], picture: picture.svg(), songs: songs, layers: layers,
            factors: units.factors.map(Self.factors))
    }

    /// How the layer's units differ.
    private static func about(_ layer: LayerDescription) -> String {
        let character = layer.character
        var words = [
            character.redundantPairs == 0
                ? "no two answer to the same songs (none correlate by 0.9)"
                : "\(character.redundantPairs.formatted(.number.locale(.init(identifier: "en")))) pairs answer to the same songs (correlation 0.9 and more), \(character.distinct) would do",
            String(format: "%.1f dimensions in effect", character.effectiveDimension),
        ]
        if let specific = layer.specific {
            words.insert("\(specific) specific (sparseness 0.5 and more)", at: 0)
        }
        return words.joined(separator: "; ")
    }

    private static func factors(_ study: FactorStudy) -> FilterPage.Factors {
        func end(_ end: FactorStudy.End) -> FilterPage.FactorEnd {
            FilterPage.FactorEnd(
                words: end.words,
                evidence: end.enrichment.prefix(2).map {
                    $0.evidence.replacing(
                        "its \($0.best) best songs", with: "the \($0.best) songs at this end")
                },
                songs: end.songs.prefix(5).map(\.song))
        }
        return FilterPage.Factors(
            about: study.spreads.map {
                String(
                    format:
                        "From %@: %.1f of %d dimensions in effect (participation ratio), %d keep 90 %% of the variance, over %d songs.",
                    $0.from == "both" ? "both together" : $0.from, $0.participationRatio,
                    $0.dimensions, $0.dimensionsFor90, $0.songs)
            },
            factors: study.factors.map {
                FilterPage.Factor(
                    index: $0.index, share: $0.share, heard: $0.heard, high: end($0.high),
                    low: end($0.low))
            })
    }

    private func unit(
        _ unit: UnitDescription, _ layer: LayerDescription, _ frames: Int,
        _ picture: FilterPicture, montage: String?
    ) throws -> FilterPage.Unit {
        let moments = try unit.moments.prefix(top).enumerated().map { rank, moment in
            let first = moment.frame + layer.reach / 2 - frames / 2
            let strip =
                rank >= Self.drawn
                ? nil
                : SpectrogramStrip.png(
                    try units.source.stretch(of: moment.song, first..<first + frames),
                    frames: 0..<frames, width: 100, height: 42)
            return FilterPage.Moment(
                song: moment.song, second: units.second(moment, reach: layer.reach),
                activation: moment.activation, strip: strip)
        }
        let means = unit.means.prefix(top).map {
            FilterPage.Moment(
                song: $0.song, second: units.second($0, reach: layer.reach),
                activation: $0.activation, strip: nil)
        }
        return FilterPage.Unit(
            index: unit.index, label: unit.label,
            evidence: unit.evidence + Self.character(unit.index, layer),
            weights: layer.name == "conv1" ? picture.tile(unit.index) : nil, moments: moments,
            means: means, isNamed: unit.isNamed, montage: montage)
    }

    /// Whether a unit is specific, and which other one answers to the same songs.
    private static func character(_ unit: Int, _ layer: LayerDescription) -> [String] {
        var words: [String] = []
        if let sparseness = layer.character.sparseness[unit],
            sparseness >= LayerCharacter.specific
        {
            words.append(String(format: "specific: sparseness %.2f", sparseness))
        }
        if let twin = layer.character.twins[unit], twin.correlation >= LayerCharacter.redundancy {
            words.append(
                String(
                    format: "answers to the same songs as %@/%d (correlation %.2f)", layer.name,
                    twin.unit, twin.correlation))
        }
        return words
    }
}
