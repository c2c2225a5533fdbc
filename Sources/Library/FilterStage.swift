import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection

/// Everything that `coldwave filters` tells: per unit of each layer what excites it, and a name where there is an honest one.
public struct HeardUnits: Sendable {
    public let layers: [LayerDescription]
    /// The songs that moments count.
    public let tracks: [Track]
    /// "conv1/0…127", …: of every layer, whether told of or not.
    let unitNames: [String]
    let source: StoredSpectrograms

    /// Seconds of a frame.
    var frameSeconds: Double {
        Double(source.format.mel.hopLength) / Double(source.format.mel.sampleRate)
    }

    /// How long a unit of that layer hears at a moment, seconds.
    public func seconds(_ layer: LayerDescription) -> Double {
        Double(layer.reach) * frameSeconds
    }

    /// Seconds into the song's file: the middle of what the unit hears at that moment.
    public func second(_ moment: UnitMoment, reach: Int) -> Double {
        let track = tracks[moment.song]
        let middle =
            Double(min(moment.frame, track.frames)) + Double(min(reach, track.frames)) / 2
        return track.second(ofHeard: middle * frameSeconds)
    }
}

extension Track {
    /// Seconds into the file of something heard so many seconds from the start of what was heard.
    public func second(ofHeard heard: Double) -> Double {
        let part = Excerpt(text: excerpt) ?? .standard
        return part.second(ofHeard: heard, start: excerptStartSeconds, duration: durationSeconds)
    }
}

/// Hears every song once with the network trained last, and keeps what excites its units beside the network.
public struct FilterStage: Sendable {
    let catalogue: Catalogue
    let context: StageContext
    /// Songs kept for a unit.
    public static let kept = 20

    public init(_ catalogue: Catalogue, context: StageContext) {
        self.catalogue = catalogue
        self.context = context
    }

    private struct Kept: Codable {
        let digest: String
        let layers: [LayerExcitement]
    }

    /// What excites one unit, by its name, `conv1/17`; of the other layers nothing is told.
    /// - Throws: ``LibraryError/unknownUnit(name:layers:)``, and what ``run()`` does.
    public func unit(_ name: String) throws -> (
        heard: HeardUnits, layer: LayerDescription, unit: UnitDescription
    ) {
        let parts = name.split(separator: "/")
        let heard = try run { $0.name == parts.first.map(String.init) }
        guard parts.count == 2, let index = Int(parts[1]), let layer = heard.layers.first,
            layer.units.indices.contains(index)
        else { throw LibraryError.unknownUnit(name: name, layers: heard.unitNames) }
        return (heard, layer, layer.units[index])
    }

    /// - Throws: ``LibraryError``, `NetworkError`, `TorchError`.
    public func run() throws -> HeardUnits { try run { _ in true } }

    /// What was heard before, without hearing anything now.
    /// - Returns: nil where `coldwave filters` has not run since the last training or scan.
    public func kept() throws -> (run: String, units: HeardUnits)? {
        guard let last = try catalogue.lastRun(.train) else { return nil }
        do {
            return (last.run, try run(hearing: false) { _ in true })
        } catch is NotHeard {
            return nil
        }
    }

    private struct NotHeard: Error {}

    private func run(hearing: Bool = true, _ isWanted: (LayerExcitement) -> Bool) throws
        -> HeardUnits
    {
        let (run, model) = try catalogue.storedNetwork(for: "hear what excites the filters")
        var seen: Set<String> = []
        let tracks = try catalogue.tracks().filter { seen.insert($0.recording).inserted }
        guard !tracks.isEmpty else {
            throw LibraryError.nothingToDo(
                stage: "hear what excites the filters", reason: "this library has no songs",
                next: "Run `coldwave scan FOLDER`.")
        }
        let source = try SpectrogramStore(catalogue.location).open(tracks.map(\.place))
        let layers = try excitement(model, run, tracks, source, hearing: hearing)
        var mel = source.format.mel
        mel.melBands = model.configuration.melBands
        let study = UnitStudy(
            model: model, source: source, tags: tracks.map(\.labels), bands: mel.bandPeaks)
        return HeardUnits(
            layers: try study.describe(layers.filter(isWanted)), tracks: tracks,
            unitNames: layers.map { "\($0.name)/0…\($0.moments.count - 1)" }, source: source)
    }

    private func excitement(
        _ model: NetworkModel, _ run: String, _ tracks: [Track], _ source: StoredSpectrograms,
        hearing: Bool
    ) throws -> [LayerExcitement] {
        let file = catalogue.location.run(.networks, run).appendingPathComponent("units.json")
        let digest = digest(
            ["units 1", run, String(Self.kept)]
                + tracks.map { "\($0.id ?? 0) \($0.soundDigest)" })
        if let data = try? Data(contentsOf: file),
            let kept = try? JSONDecoder().decode(Kept.self, from: data), kept.digest == digest
        {
            return kept.layers
        }
        guard hearing else { throw NotHeard() }
        let layers = try Predictor(model, threads: context.threads).excitement(
            source, top: Self.kept,
            progress: { done in
                context.report(
                    StageProgress(
                        stage: "filters", done: done, total: tracks.count, unit: "songs"))
            }, shouldStop: context.shouldStop)
        try context.checkStop("filters")
        // A library that cannot be written, or is being written, is heard anew each time.
        if let lock = try? WriterLock(catalogue.location, purpose: "filters") {
            withExtendedLifetime(lock) {
                try? AtomicFile.write(
                    JSONEncoder().encode(Kept(digest: digest, layers: layers)), to: file)
            }
        }
        return layers
    }
}

extension Track {
    /// Genres and artist, for what songs have in common.
    var labels: Set<Enrichment.Tag> {
        let genres = genres.split(separator: ";").map {
            Enrichment.Tag(
                kind: "genre", value: $0.trimmingCharacters(in: .whitespaces))
        }
        return Set(genres + [Enrichment.Tag(kind: "artist", value: artist)])
    }
}
