import AudioFeatures
import Foundation
import Matrices
import Synchronization
import TestSupport
import Testing

@testable import Library

/// A folder with a library and some music; goes when the test is done.
final class ScanFolder {
    private let folder: TestFolder
    var root: URL { folder.url }
    let catalogue: Catalogue
    var music: URL { root.appendingPathComponent("music") }

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.file("music"), withIntermediateDirectories: true)
        catalogue = try Catalogue(LibraryLocation(root: folder.file("library")), create: true)
    }

    func write(
        _ name: String, pitch: Double, title: String = "", languages: [String] = [],
        seconds: Double = 4
    ) throws {
        var tags = AudioTags()
        tags.languages = languages
        tags.title = title.isEmpty ? nil : title
        let samples = (0..<Int(22050 * seconds)).map {
            Float(0.3 * sin(2 * .pi * pitch * Double($0) / 22050))
        }
        try AudioFileWriter.write(
            samples: samples, sampleRate: 22050, tags: tags,
            to: music.appendingPathComponent(name).path)
    }

    func scan(_ hearing: (any Hearing)? = nil, excerpt: Excerpt? = nil, threads: Int = 2) throws
        -> ScanReport
    {
        try ScanStage(catalogue, context: StageContext(threads: threads, hearing: hearing)).run(
            paths: [music.path], excerpt: excerpt)
    }
}

/// Counts what is decoded.
final class CountingHearing: Hearing {
    let local: LocalHearing
    let decoded = Atomic<Int>(0)
    init() throws { local = try LocalHearing() }
    func hear(_ request: HearingRequest) throws -> HeardSong {
        let song = try local.hear(request)
        if song.spectrogram != nil { decoded.wrappingAdd(1, ordering: .relaxed) }
        return song
    }
    func count() -> Int { decoded.exchange(0, ordering: .relaxed) }
}

@Suite struct ScanStageTests {
    @Test func movedAndRetaggedFilesKeepTheirTrackAndAreNotDecodedAgain() throws {
        let folder = try ScanFolder()
        let hearing = try CountingHearing()
        try folder.write("a.flac", pitch: 300, title: "A")
        try folder.write("b.flac", pitch: 500, title: "B")
        #expect(try folder.scan(hearing).added == 2 && hearing.count() == 2)
        #expect(try folder.scan(hearing).unchanged == 2 && hearing.count() == 0)
        let before = try folder.catalogue.tracks()

        try FileManager.default.moveItem(
            at: folder.music.appendingPathComponent("a.flac"),
            to: folder.music.appendingPathComponent("ä moved.flac"))
        let moved = try folder.scan(hearing)
        #expect(moved.moved == 1 && moved.missing == 0 && hearing.count() == 0)

        try folder.write("b.flac", pitch: 500, title: "B with a much better title")
        let retagged = try folder.scan(hearing)
        #expect(retagged.updated == 1 && retagged.audioSeconds == 0 && hearing.count() == 0)

        let after = try folder.catalogue.tracks()
        #expect(after.map(\.id) == before.map(\.id))
        #expect(after.map(\.title) == ["A", "B with a much better title"])
        #expect(after[0].path.hasSuffix("ä moved.flac"))
        #expect(after.map(\.durationSeconds) == before.map(\.durationSeconds))
        #expect(after.map(\.place) == before.map(\.place))
    }

    /// A library of before languages were kept opens, keeps all it knew, and the next scan reads tags and nothing else.
    @Test func aLibraryOfVersion4IsReadAgainOnceWithoutDecoding() throws {
        let folder = try ScanFolder()
        let hearing = try CountingHearing()
        try folder.write("a.flac", pitch: 300, title: "A", languages: ["Spanish", "Basque"])
        try folder.write("b.flac", pitch: 500, title: "B")
        _ = try folder.scan(hearing)
        #expect(hearing.count() == 2)
        let before = try folder.catalogue.tracks()
        try folder.catalogue.database.write { database in
            try database.execute(
                sql: """
                    ALTER TABLE track DROP COLUMN languages;
                    DELETE FROM grdb_migrations WHERE identifier = '5';
                    PRAGMA user_version = 4
                    """)
        }
        let catalogue = try Catalogue(folder.catalogue.location)
        #expect(try catalogue.tracks().map(\.languages) == [nil, nil])
        #expect(try catalogue.tracks().allSatisfy { !$0.labels.contains { $0.kind == "language" } })
        let revision = try catalogue.revision("tracks")
        let again = try folder.scan(hearing)
        #expect(again.unchanged == 2 && again.reread == 2 && again.updated == 0)
        #expect(hearing.count() == 0 && again.audioSeconds == 0)
        // Nothing that stages work from has changed.
        #expect(try catalogue.revision("tracks") == revision)
        let after = try catalogue.tracks()
        #expect(after == before && after.map(\.languages) == ["Spanish; Basque", ""])
        let languages = after[0].labels.filter { $0.kind == "language" }
        #expect(Set(languages.map(\.value)) == ["Spanish", "Basque"])
        let last = try folder.scan(hearing)
        #expect(last.unchanged == 2 && last.reread == 0)
    }

    @Test func changedAudioIsHeardAgain() throws {
        let folder = try ScanFolder()
        try folder.write("a.flac", pitch: 300)
        _ = try folder.scan()
        let before = try #require(try folder.catalogue.tracks().first)
        try folder.write("a.flac", pitch: 400, seconds: 5)
        #expect(try folder.scan().updated == 1)
        let after = try #require(try folder.catalogue.tracks().first)
        #expect(after.id == before.id && after.soundDigest != before.soundDigest)
        #expect(after.frames > before.frames)
    }

    @Test func copiesShareOneSpectrogramAndTitlesMergeNothing() throws {
        let folder = try ScanFolder()
        try folder.write("a.flac", pitch: 300, title: "Song")
        try folder.write("b.flac", pitch: 300, title: "Copy")
        try folder.write("c.flac", pitch: 700, title: "Song")
        #expect(try folder.scan().added == 3)
        let tracks = try folder.catalogue.tracks()
        #expect(tracks[0].place == tracks[1].place && tracks[0].place != tracks[2].place)
        #expect(Set(tracks.map(\.contentHash)).count == 2)
    }

    @Test func anotherExcerptHearsSongsAgainOnce() throws {
        let folder = try ScanFolder()
        let hearing = try CountingHearing()
        try folder.write("a.flac", pitch: 300, seconds: 8)
        _ = try folder.scan(hearing)
        let before = try #require(try folder.catalogue.tracks().first)
        #expect(try folder.scan(hearing, excerpt: .middle(seconds: 4)).updated == 1)
        #expect(hearing.count() == 2)
        // The library remembers.
        #expect(try folder.scan(hearing).unchanged == 1 && hearing.count() == 0)
        let after = try #require(try folder.catalogue.tracks().first)
        #expect(after.frames < before.frames && after.excerpt == "4")
        #expect(after.soundDigest != before.soundDigest)
    }

    @Test func aDecoderThatCrashesCostsOneFile() throws {
        struct Fragile: Hearing {
            let local: LocalHearing
            func hear(_ request: HearingRequest) throws -> HeardSong {
                if request.path.hasSuffix("b.flac") {
                    throw AudioError.decoderCrashed(ending: "signal 11")
                }
                return try local.hear(request)
            }
        }
        let folder = try ScanFolder()
        for name in ["a", "b", "c"] { try folder.write("\(name).flac", pitch: 300) }
        let report = try folder.scan(Fragile(local: LocalHearing()))
        #expect(report.added == 2 && report.failed.count == 1)
        #expect(report.failed[0].reason.contains("crashed"))
    }

    @Test func interludesAndSilenceAreMarked() throws {
        let folder = try ScanFolder()
        try folder.write("a.flac", pitch: 300, title: "Song", seconds: 12)
        try folder.write("b.flac", pitch: 400, title: "Intro (live)", seconds: 12)
        try folder.write("c.flac", pitch: 500, title: "Introspection", seconds: 12)
        try folder.write("d.flac", pitch: 600, title: "Snippet", seconds: 2)
        try folder.write("e.flac", pitch: 0, title: "4'33", seconds: 12)
        #expect(try folder.scan().interludes == 3)
        #expect(
            try folder.catalogue.tracks().map(\.kind) == [
                .song, .interlude, .song, .interlude, .silence,
            ])
    }

    @Test func longIntrosAreSongs() {
        func kind(_ title: String, _ duration: Double) -> SongKind {
            .of(title: title, duration: duration, audibleShare: 1, typical: 200)
        }
        #expect(kind("Intro", 128) == .song && kind("Intro", 40) == .interlude)
        #expect(kind("Fugue", 29) == .interlude && kind("Fugue", 31) == .song)
    }
}

@Suite struct HearingQueueTests {
    let never: @Sendable () -> Bool = { false }

    /// The later a file, the faster it is heard.
    struct Backwards: Hearing {
        let spectrogram: QuantizedSpectrogram
        func hear(_ request: HearingRequest) throws -> HeardSong {
            usleep(UInt32(max(0, 40 - (Int(request.path) ?? 0)) * 500))
            if request.path == "7" { throw AudioError.empty }
            var info = AudioInfo()
            info.contentHash = request.path
            return HeardSong(info: info, spectrogram: spectrogram)
        }
    }

    func queue(threads: Int) throws -> HearingQueue {
        let one = try #require(QuantizedSpectrogram(frames: 1, bands: 1, bytes: [0]))
        return HearingQueue(hearing: Backwards(spectrogram: one), threads: threads, batch: 4)
    }

    @Test(arguments: [1, 4]) func resultsComeInTheFilesOrder(threads: Int) throws {
        let requests = (0..<300).map { HearingRequest(path: String($0)) }
        var names: [String] = []
        let done = try queue(threads: threads).run(requests, shouldStop: never) { first, some in
            #expect(first == names.count)
            names += some.map { (try? $0.get().info.contentHash) ?? "failed" }
        }
        #expect(done == 300)
        #expect(names == (0..<300).map { $0 == 7 ? "failed" : String($0) })
    }

    @Test func stoppingKeepsWhatIsDone() throws {
        let requests = (0..<200).map { HearingRequest(path: String($0)) }
        let stop = Atomic<Bool>(false)
        var kept = 0
        let isStopped = { @Sendable in stop.load(ordering: .relaxed) }
        let done = try queue(threads: 3).run(requests, shouldStop: isStopped) { _, some in
            kept += some.count
            if kept > 20 { stop.store(true, ordering: .relaxed) }
        }
        #expect(done == kept && kept > 20 && kept < 200)
    }

    @Test func anErrorWhileKeepingEndsTheQueue() throws {
        struct Full: Error {}
        let requests = (0..<200).map { HearingRequest(path: String($0)) }
        #expect(throws: Full.self) {
            try queue(threads: 3).run(requests, shouldStop: never) { _, _ in throw Full() }
        }
    }

    @Test func nothingToHear() throws {
        #expect(try queue(threads: 2).run([], shouldStop: never) { _, _ in } == 0)
    }
}

@Suite struct FileNamesTests {
    /// "é" in one letter and in two are two files to the file system, though Swift's strings are equal.
    @Test func namesThatLookAlikeAreTwoFiles() throws {
        let folder = try ScanFolder()
        let tone = (0..<22050).map { Float(0.3 * sin(Double($0) / 10)) }
        for (name, gain) in [("caf\u{E9}.flac", Float(1)), ("cafe\u{301}.flac", 0.5)] {
            try AudioFileWriter.write(
                samples: tone.map { $0 * gain }, sampleRate: 22050, tags: AudioTags(),
                to: folder.music.path + "/" + name)
        }
        let report = try folder.scan()
        #expect(report.found == 2 && report.added == 2)
        let again = try folder.scan()
        #expect(again.unchanged == 2 && again.missing == 0)
        // One goes, the other stays.
        #expect(unlink(folder.music.path + "/cafe\u{301}.flac") == 0)
        let after = try folder.scan()
        #expect(after.unchanged == 1 && after.missing == 1)
    }

    @Test func namesThatAreNoTextAndLinksToNothingAreReported() throws {
        let folder = try ScanFolder()
        let latin =
            Array(folder.music.path.utf8) + Array("/caf".utf8) + [0xE9] + Array(".mp3".utf8) + [0]
        let file = open(latin.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o644)
        #expect(file >= 0)
        close(file)
        #expect(symlink("nowhere.mp3", folder.music.path + "/link.mp3") == 0)
        let report = try folder.scan()
        #expect(report.found == 0 && report.failed.count == 2)
        #expect(report.failed.contains { $0.reason.contains("UTF-8") })
    }
}
