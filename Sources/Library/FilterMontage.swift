import AudioFeatures
import Foundation
import Matrices
import Recommendation

/// What excites a unit, to listen to: its strongest moments one after the other, two minutes in all.
public struct FilterMontage: Sendable {
    /// How long and in which form.
    public static let seconds = 120.0
    static let longestClip = 6.0
    static let fade = 0.05
    /// Hz; what Opus is made for.
    static let sampleRate = 48_000
    /// Every clip is brought to this level (RMS, −20 dBFS), so that the next one neither shouts nor whispers.
    static let level: Float = 0.1

    /// "opus", or "wav" where this FFmpeg has no libopus.
    public static var format: String { AudioFileWriter.canWriteOpus ? "opus" : "wav" }

    let units: HeardUnits

    public init(_ units: HeardUnits) { self.units = units }

    /// Seconds of each clip: with 20 songs 6 s each make two minutes; a unit with fewer gets a shorter montage.
    static func clipSeconds(_ moments: Int) -> Double {
        min(longestClip, seconds / Double(max(1, moments)))
    }

    /// LAYER/UNIT.opus (or .wav) for every unit of the layers that a song excites.
    /// - Parameter layers: their names.
    /// - Returns: per layer and unit the file's path below `folder`. A unit none of whose songs can be decoded has none.
    /// - Throws: ``LibraryError/cannotWrite(path:reason:)``, ``LibraryError/interrupted(stage:)``.
    public func write(_ layers: Set<String>, to folder: URL, context: StageContext) throws
        -> [String: [Int: String]]
    {
        var files: [String: [Int: String]] = [:]
        for layer in units.layers where layers.contains(layer.name) {
            let place = folder.appendingPathComponent(layer.name)
            try FilterFolder.writing(place) {
                try FileManager.default.createDirectory(
                    at: $0, withIntermediateDirectories: true)
            }
            let some = layer.units.filter { !$0.moments.isEmpty }
            let part = 4 * context.threads
            for first in stride(from: 0, to: some.count, by: part) {
                try context.checkStop("montages")
                let units = Array(some[first..<min(some.count, first + part)])
                let written = Parallel.map(units.count, threads: context.threads) {
                    i -> Result<String?, any Error> in
                    Result { try write(units[i], layer, place) }
                }
                for (unit, result) in zip(units, written) {
                    if let file = try result.get() {
                        files[layer.name, default: [:]][unit.index] = file
                    }
                }
                context.report(
                    StageProgress(
                        stage: "montages \(layer.name)", done: min(some.count, first + part),
                        total: some.count, unit: "units"))
            }
        }
        return files
    }

    private func write(_ unit: UnitDescription, _ layer: LayerDescription, _ place: URL) throws
        -> String?
    {
        let samples = samples(unit, layer)
        guard !samples.isEmpty else { return nil }
        var tags = AudioTags()
        tags.title = "\(layer.name)/\(unit.index): \(unit.label)"
        tags.album = "What the network hears"
        let name = "\(unit.index).\(Self.format)"
        let file = place.appendingPathComponent(name)
        do {
            try AudioFileWriter.write(
                samples: samples, sampleRate: Self.sampleRate, tags: tags, to: file.path)
        } catch AudioError.cannotWrite(let path, let reason) {
            throw LibraryError.cannotWrite(path: path, reason: reason)
        }
        return "\(layer.name)/\(name)"
    }

    /// The clips end to end, faded in and out. Each lies around the middle of what the unit hears.
    func samples(_ unit: UnitDescription, _ layer: LayerDescription) -> [Float] {
        let length = Self.clipSeconds(unit.moments.count)
        let decoder = AudioDecoder(sampleRate: Self.sampleRate)
        return unit.moments.flatMap { moment -> [Float] in
            let track = units.tracks[moment.song]
            let middle = units.second(moment, reach: layer.reach)
            // A clip that would begin before the song, or end after it, is moved.
            let last = max(0, track.durationSeconds - length)
            let start = min(max(0, middle - length / 2), last)
            let clip = try? decoder.stretch(path: track.path, from: start, seconds: length)
            return AudioClip.faded(
                clip ?? [], level: Self.level, fade: Int(Self.fade * Double(Self.sampleRate)))
        }
    }
}
