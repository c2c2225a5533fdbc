import AudioFeatures
import AudioNetwork
import Foundation
import Matrices
import Projection

/// What the songs' own audio holds at the moments that excite units: chords, voices, and tones with vibrato, compared with moments drawn
/// blindly.
///
/// Mel bands are too coarse for notes below A4 and for the waver of a voice, so the files are heard again, each once. Files that are gone or
/// cannot be decoded are left out.
struct MomentSounds {
    let tracks: [Track]
    let frameSeconds: Double
    let context: StageContext
    /// Moments drawn blindly, for comparison.
    static let drawn = 800
    /// Seconds around a moment that are looked at for a voice or a waver.
    static let around = 1.5
    /// What the moments hold is told only where they are by so many artists.
    static let fewestArtists = 3

    /// Something to hear: a song and seconds into its file.
    private struct Place: Hashable {
        let song: Int
        /// Twentieths of a second.
        let tick: Int
        var second: Double { Double(tick) / 20 }
    }

    /// Per convolution and unit what is over-represented among its strongest moments, most significant first.
    func study(_ layers: [LayerExcitement]) throws -> [String: [[Enrichment]]] {
        let convolutions = layers.filter { $0.name.hasPrefix("conv") }
        let places: [[[Place]]] = convolutions.map { layer in
            layer.moments.map { moments in
                UnitMoments.strong(moments).map { place($0, reach: layer.reach) }
            }
        }
        let blindly = blindPlaces()
        let heard = try hear(Set(places.joined().flatMap { $0 }).union(blindly))
        let others = blindly.compactMap { heard[$0] }
        return Dictionary(
            uniqueKeysWithValues: zip(convolutions, places).map { layer, units in
                let tags = units.map { $0.compactMap { heard[$0] } }
                let found = zip(units, Enrichment.find(tags, against: others)).map { unit, list in
                    list.filter { artists(unit, heard, $0) >= Self.fewestArtists }
                }
                return (layer.name, found)
            })
    }

    /// By how many artists the moments are that hold something: one piece in three excerpts is one piece, not three.
    private func artists(
        _ places: [Place], _ heard: [Place: Set<Enrichment.Tag>], _ found: Enrichment
    ) -> Int {
        let tag = Enrichment.Tag(kind: found.kind, value: found.value)
        return Set(
            places.filter { heard[$0]?.contains(tag) == true }.map { tracks[$0.song].artist }
        ).count
    }

    private func place(_ moment: UnitMoment, reach: Int) -> Place {
        let second = tracks[moment.song].second(
            of: moment, reach: reach, frameSeconds: frameSeconds)
        return Place(song: moment.song, tick: Int((second * 20).rounded()))
    }

    private func blindPlaces() -> [Place] {
        guard !tracks.isEmpty else { return [] }
        var generator = SeededGenerator(seed: 0, stream: 0x50D)
        return (0..<Self.drawn).map { _ in
            let song = generator.integer(below: tracks.count)
            let frame = generator.integer(below: max(1, tracks[song].frames))
            return place(UnitMoment(song: song, frame: frame, activation: 0), reach: 1)
        }
    }

    private func hear(_ places: Set<Place>) throws -> [Place: Set<Enrichment.Tag>] {
        let songs = Dictionary(grouping: places, by: \.song).sorted { $0.key < $1.key }
        let hearing = MomentHearing()
        let decoder = AudioDecoder(sampleRate: NoteSpectrum.sampleRate)
        let part = max(1, 8 * context.threads)
        var found: [Place: Set<Enrichment.Tag>] = [:]
        for first in stride(from: 0, to: songs.count, by: part) {
            try context.checkStop("filters")
            let some = songs[first..<min(songs.count, first + part)]
            let heard = Parallel.map(some.count, threads: context.threads) { i in
                let (song, places) = some[some.startIndex + i]
                return Self.hear(
                    tracks[song].path, places.map(\.second).sorted(), decoder, hearing)
            }
            for (item, heard) in zip(some, heard) {
                for place in item.value { found[place] = heard[place.second] }
            }
            context.report(
                StageProgress(
                    stage: "moments", done: min(songs.count, first + part), total: songs.count,
                    unit: "songs"))
        }
        return found
    }

    /// By second.
    private static func hear(
        _ path: String, _ seconds: [Double], _ decoder: AudioDecoder, _ hearing: MomentHearing
    ) -> [Double: Set<Enrichment.Tag>] {
        guard let first = seconds.first, let last = seconds.last else { return [:] }
        let start = max(0, first - around)
        let rate = Double(decoder.sampleRate)
        guard
            let samples = try? decoder.stretch(
                path: path, from: start, seconds: last - start + around), !samples.isEmpty
        else { return [:] }
        return Dictionary(
            seconds.map { second in
                let centre = Int((second - start) * rate)
                let half = Int(around / 2 * rate)
                let low = min(samples.count, max(0, centre - half))
                let stretch = Array(samples[low..<max(low, min(samples.count, centre + half))])
                return (second, hearing.tags(samples, around: centre, stretch))
            }, uniquingKeysWith: { a, _ in a })
    }
}

/// Which of a unit's moments say what it answers to.
enum UnitMoments {
    /// Moments that make the mean of what excites a unit.
    static let averaged = 10
    /// The mean of fewer says more of those songs than of the unit.
    static let fewest = 5

    /// The strongest moments, of at least half the strongest one's activation: weaker ones are of another kind.
    static func strong(_ moments: [UnitMoment]) -> [UnitMoment] {
        let best = moments.first?.activation ?? 0
        return moments.prefix(averaged).filter { $0.activation >= best / 2 }
    }
}
