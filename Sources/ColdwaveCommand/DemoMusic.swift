import AudioFeatures
import Foundation
import Library
import Matrices
import Synchronization
import Synthesis

/// Writes a composed world's songs and plays as files.
struct DemoMusic {
    let world: World
    let folder: URL
    let threads: Int

    /// `ARTIST/NN TITLE.flac`; songs that are there from an earlier run of the same world stay.
    func write(_ context: StageContext) throws {
        let stamp = folder.deletingLastPathComponent().appendingPathComponent("world.json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let description = try encoder.encode(world.configuration)
        if (try? Data(contentsOf: stamp)) != description,
            FileManager.default.fileExists(atPath: stamp.path)
        {
            throw FileFailure(
                path: folder.deletingLastPathComponent().path,
                reason: "holds a demo of another seed or size; remove it or name another folder")
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try AtomicFile.write(description, to: stamp)
        for artist in world.artists {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(artist.name), withIntermediateDirectories: true)
        }
        let synthesizer = Synthesizer(sampleRate: world.configuration.sampleRate)
        let done = Atomic<Int>(0)
        let failures = Parallel.map(world.songs.count, threads: threads) { index -> String? in
            let file = url(index)
            if !FileManager.default.fileExists(atPath: file.path), !context.shouldStop() {
                do {
                    try AudioFileWriter.write(
                        samples: synthesizer.render(world.songs[index], in: world),
                        sampleRate: world.configuration.sampleRate, tags: tags(index), to: file.path
                    )
                } catch { return String(describing: error) }
            }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            context.report(
                StageProgress(
                    stage: "compose", done: count, total: world.songs.count, unit: "songs"))
            return nil
        }
        try context.checkStop("compose")
        if let failure = failures.compactMap({ $0 }).first {
            throw FileFailure(path: folder.path, reason: failure)
        }
    }

    private func url(_ index: Int) -> URL {
        let song = world.songs[index]
        return folder.appendingPathComponent(world.artists[song.artist].name)
            .appendingPathComponent("\(String(format: "%03d", index)) \(song.title).flac")
    }

    private func tags(_ index: Int) -> AudioTags {
        let song = world.songs[index]
        var tags = AudioTags()
        tags.title = song.title
        tags.artists = [world.artists[song.artist].name]
        tags.album = song.album
        tags.year = song.year
        tags.genres = [world.styles[song.style].name]
        return tags
    }

    /// `listener<TAB>song<TAB>count`, songs by their file names' stems, as a listening export would name them.
    static func writeListens(_ world: World, to url: URL) throws {
        var text = ""
        for play in world.plays {
            let stem = "\(String(format: "%03d", play.song)) \(world.songs[play.song].title)"
            text += "\(world.listeners[play.listener].name)\t\(stem)\t\(play.count)\n"
        }
        try AtomicFile.write(Data(text.utf8), to: url)
    }
}

/// What is true of the composed world: who likes what. Only for judging; no stage sees it.
struct DemoTruth {
    let world: World
    private let songOfTitle: [String: Int]

    init(world: World) {
        self.world = world
        songOfTitle = Dictionary(
            world.songs.enumerated().map { ($1.title, $0) }, uniquingKeysWith: { a, _ in a })
    }

    func isLiked(title: String, listener: Int) -> Bool {
        songOfTitle[title].map {
            world.listeners[listener].styleWeights[world.songs[$0].style] > 0.5
        } ?? false
    }

    /// Why a song is right for a listener, or that it is not.
    func reason(title: String, listener: Int) -> String {
        guard let song = songOfTitle[title] else { return "" }
        let style = world.styles[world.songs[song].style]
        let artist = world.artists[world.songs[song].artist]
        let who = artist.isNew ? ", by an artist nobody has heard before" : ""
        return isLiked(title: title, listener: listener)
            ? "right: \(style.name)\(who)" : "not their taste: \(style.name)\(who)"
    }

    /// Three listeners of different taste, by number: the first whose styles no earlier one likes most, with plays enough.
    func people() -> [Int] {
        var taken: Set<Int> = []
        var chosen: [Int] = []
        let counts = world.plays.reduce(into: [Int](repeating: 0, count: world.listeners.count)) {
            $0[$1.listener] += 1
        }
        for listener in world.listeners.indices where counts[listener] >= 20 {
            guard let first = world.listeners[listener].favouriteStyles.first,
                !taken.contains(first)
            else { continue }
            taken.insert(first)
            chosen.append(listener)
            if chosen.count == 3 { break }
        }
        return chosen
    }

    /// Over a sample of 200 listeners: the share of their first ten new songs that lies in a style they like, and the
    /// share among all new songs.
    func shareInLikedStyles(_ recommender: Recommender) throws -> (found: Double, chance: Double) {
        var request = RecommendationRequest()
        request.count = 10
        request.onlyNew = true
        request.maxPerArtist = 0
        let active = Set(world.plays.map(\.listener))
        var (liked, shown, possible, all) = (0, 0, 0, 0)
        for listener in stride(
            from: 0, to: world.listeners.count, by: max(1, world.listeners.count / 200))
        where active.contains(listener) {
            let list = try recommender.recommend(world.listeners[listener].name, request)
            liked += list.count { isLiked(title: $0.track.title, listener: listener) }
            shown += list.count
            for song in world.songs where song.isNew {
                all += 1
                possible += isLiked(title: song.title, listener: listener) ? 1 : 0
            }
        }
        return (Double(liked) / Double(max(1, shown)), Double(possible) / Double(max(1, all)))
    }
}
