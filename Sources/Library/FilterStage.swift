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
    /// What the songs' places in the taste space are like; nil without predictions by this network.
    public let factors: FactorStudy?
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
        tracks[moment.song].second(of: moment, reach: reach, frameSeconds: frameSeconds)
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

    /// What excites one unit, by its name, `conv1/17`; of the other layers nothing is told. A wrong name is refused before anything is heard.
    /// - Throws: ``LibraryError/unknownUnit(name:layers:)``, and what ``run()`` does.
    public func unit(_ name: String) throws -> (
        heard: HeardUnits, layer: LayerDescription, unit: UnitDescription
    ) {
        let layers = try catalogue.storedNetwork(for: "hear what excites the filters")
            .model.configuration.layers
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[1]),
            let wanted = layers.first(where: { $0.name == parts[0] }),
            (0..<wanted.units).contains(index)
        else {
            throw LibraryError.unknownUnit(
                name: name, layers: layers.map { "\($0.name)/0…\($0.units - 1)" })
        }
        let heard = try run { $0.name == wanted.name }
        guard let layer = heard.layers.first, layer.units.indices.contains(index) else {
            throw LibraryError.unknownUnit(name: name, layers: [])
        }
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
        let stored = StoredUnits(folder: catalogue.location.run(.networks, run))
        let digest = digest(
            ["units 3", run, String(Self.kept)]
                + tracks.map { "\($0.id ?? 0) \($0.soundDigest)" })
        let known = stored.heard(digest: digest)
        guard known != nil || hearing else { throw NotHeard() }
        let kept = try known ?? hear(model, tracks, source, stored, digest)
        var mel = source.format.mel
        mel.melBands = model.configuration.melBands
        let tags = tracks.map(\.labels)
        let study = UnitStudy(
            model: model, source: source, tags: tags, sounds: kept.sounds, bands: mel.bandPeaks,
            frameSeconds: Double(mel.hopLength) / Double(mel.sampleRate))
        let layers = kept.layers.filter(isWanted)
        let heard = HeardUnits(
            layers: try study.describe(layers), tracks: tracks,
            factors: try FactorStudy(catalogue, network: run, tracks: tracks, tags: tags),
            source: source)
        if layers.count == kept.layers.count, stored.labels()?.digest != digest {
            keep { try stored.write(Self.labels(heard, digest)) }
        }
        return heard
    }

    private func hear(
        _ model: NetworkModel, _ tracks: [Track], _ source: StoredSpectrograms,
        _ stored: StoredUnits, _ digest: String
    ) throws -> StoredUnits.Heard {
        let excited = try Predictor(model, threads: context.threads).excitement(
            source, top: Self.kept,
            progress: { done in
                context.report(
                    StageProgress(
                        stage: "filters", done: done, total: tracks.count, unit: "songs"))
            }, shouldStop: context.shouldStop)
        try context.checkStop("filters")
        let mel = source.format.mel
        let sounds = try MomentSounds(
            tracks: tracks, frameSeconds: Double(mel.hopLength) / Double(mel.sampleRate),
            context: context
        ).study(excited.layers)
        let heard = StoredUnits.Heard(digest: digest, layers: excited.layers, sounds: sounds)
        keep { try stored.write(heard, excited.highlights, tracks) }
        return heard
    }

    /// A library that cannot be written, or is being written, is heard anew each time.
    private func keep(_ write: () throws -> Void) {
        guard let lock = try? WriterLock(catalogue.location, purpose: "filters") else { return }
        withExtendedLifetime(lock) { try? write() }
    }

    private static func labels(_ heard: HeardUnits, _ digest: String) -> StoredUnits.Labels {
        StoredUnits.Labels(
            digest: digest, frameSeconds: heard.frameSeconds,
            units: heard.layers.filter { $0.name.hasPrefix("conv") }.flatMap { layer in
                layer.units.map {
                    StoredUnits.Labels.Unit(
                        name: "\(layer.name)/\($0.index)", label: $0.label, isNamed: $0.isNamed,
                        reach: layer.reach)
                }
            })
    }
}

extension Track {
    /// Genres, languages, artist and decade, for what songs have in common.
    var labels: Set<Enrichment.Tag> {
        func tags(_ kind: String, _ list: String) -> [Enrichment.Tag] {
            list.split(separator: ";").map {
                Enrichment.Tag(kind: kind, value: $0.trimmingCharacters(in: .whitespaces))
            }
        }
        return Set(
            tags("genre", genres) + tags("language", languages ?? "")
                + [Enrichment.Tag(kind: "artist", value: artist)]
                + (year.map { [Enrichment.Tag(kind: "years", value: "\($0 / 10)0s")] } ?? []))
    }
}
