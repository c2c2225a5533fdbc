import Foundation
import Testing

@testable import ListeningHistory

@Suite struct ArchiveTests {
    static let listens = (0..<3).map {
        #"{"listened_at": \#(1_700_000_000 + $0), "track_metadata": {"artist_name": "A", "track_name": "T\#($0)"}}"#
    }.joined(separator: "\n")
    static let export: [Sample.File] = [
        .init("user.json", #"{"user_id": 7, "username": "ann"}"#),
        .init("listens/2023/11.jsonl", listens + "\nbroken\n"),
        .init("listens/2023/12.jsonl", listens.replacingOccurrences(of: "17000", with: "17010")),
        .init(
            "feedback.jsonl",
            #"{"recording_mbid": "m1", "recording_msid": null, "score": -1, "created": 1700000000}"#
        ),
        .init("pinned_recording.jsonl", #"{"recording_mbid": "m1", "blurb_content": "x"}"#),
        .init("cover.png", Data([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1])),
    ]

    func check(_ read: Sample.Result) {
        #expect(read.plays.count == 6 && read.plays.allSatisfy { $0.listener == "ann" })
        #expect(read.feedback.map(\.score) == [-1] && read.feedback.first?.listener == "ann")
        #expect(
            read.rejected == [
                Rejection(member: "listens/2023/11.jsonl", line: 4, reason: "not a JSON object")
            ])
        #expect(read.summary.skipped == ["pinned_recording.jsonl", "cover.png"])
        #expect(read.summary.format == .listenbrainz)
        #expect(read.summary.parts.map(\.rows) == [3, 3, 1])
    }

    @Test(arguments: [false, true]) func exportsAreReadInsideZip(zip64: Bool) throws {
        check(try Sample.read(Sample.zip(Self.export, zip64: zip64)))
        let stored = Self.export.map { Sample.File($0.name, $0.data, stored: true) }
        check(try Sample.read(Sample.zip(stored, zip64: zip64)))
    }

    @Test func exportsAreReadInsideTar() throws {
        let long = Sample.File("dump/", "")
        let tar = Sample.tar([long] + Self.export)
        check(try Sample.read(tar))
        check(try Sample.read(Sample.deflated(tar, gzip: true)))
        check(try Sample.read(Sample.zstd(tar)))
        check(try Sample.read(Sample.xz(tar)))
        check(try Sample.read(Sample.bzip2(tar)))
        let name = String(repeating: "folder/", count: 20) + "1.listens"
        let deep = try Sample.read(Sample.tar([.init(name, Self.listens)]), .init(listener: "bob"))
        #expect(deep.summary.parts.map(\.member) == [name] && deep.plays.count == 3)
    }

    @Test func aNamedFormatPicksMembers() throws {
        let read = try Sample.read(
            Sample.zip(Self.export), .init(format: .listenbrainzFeedback, listener: "bob"))
        #expect(read.plays.isEmpty && read.feedback.map(\.listener) == ["bob"])
        #expect(read.summary.skipped.count == 4)
    }

    /// As MLHD comes: packed files in a tar, each named by its listener.
    @Test func packedFilesInsideArchivesAreUnpacked() throws {
        let (listener, song) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
        let rows = "1300000000\t\(song)\t\t\(song)\n1300000200\t\(song)\t\t\n"
        let read = try Sample.read(
            Sample.tar([.init("a/\(listener).txt.gz", Sample.gzip(rows))]))
        #expect(read.summary.format == .mlhd && read.summary.filtered == 1)
        #expect(read.plays.map(\.listener) == [listener])
        #expect(read.plays.first?.reference.recordingMBID == song)
    }

    @Test func archivesWithoutListensNameWhatIsInside() throws {
        let files = [Sample.File("letter.txt", "Dear diary"), .init("inner.zip", Sample.zip([]))]
        for data in [Sample.zip(files), Sample.tar(files)] {
            #expect {
                try Sample.read(data)
            } throws: {
                guard case .nothingInside(_, let members)? = $0 as? HistoryError else {
                    return false
                }
                return members == ["letter.txt", "inner.zip"]
            }
        }
    }

    @Test func damagedArchivesAreRefused() throws {
        let zip = Sample.zip(Self.export)
        let tar = Sample.tar(Self.export)
        for cut in [30, 200, zip.count / 2, zip.count - 30] {
            #expect(throws: HistoryError.self) { try Sample.read(zip.prefix(cut)) }
        }
        #expect(throws: HistoryError.self) { try Sample.read(tar.prefix(700)) }
        #expect(throws: HistoryError.self) { try Sample.read(Sample.zstd(tar).dropLast(20)) }
        #expect(throws: HistoryError.self) {
            try Sample.read(Sample.deflated(tar, gzip: true).dropLast(5))
        }
        for packed in [Sample.xz(tar), Sample.bzip2(tar)] {
            for cut in [12, 40, packed.count / 2, packed.count - 5] {
                #expect(throws: HistoryError.self) { try Sample.read(packed.prefix(cut)) }
            }
            var damaged = packed
            damaged[damaged.count / 2] ^= 0x55
            #expect(throws: HistoryError.self) { try Sample.read(damaged) }
        }
        #expect(throws: HistoryError.self) {
            try Sample.read(Sample.deflated(tar, gzip: true).dropLast(20))
        }
        // One changed letter of a stored member.
        var changed = Sample.zip([.init("a.jsonl", Self.listens, stored: true)])
        changed[changed.startIndex + 60] ^= 1
        #expect(throws: HistoryError.self) { try Sample.read(changed, .init(listener: "a")) }
        #expect(throws: HistoryError.self) { try Sample.read(Sample.zip(Self.export, flags: 1)) }
    }

    @Test func severalGzipMembersAreOneFile() throws {
        let data =
            Sample.gzip("a\ts\t1\n") + Sample.gzip("b\ts\t2\n") + Data(repeating: 0, count: 9)
        #expect(try Sample.read(data).plays.map(\.count) == [1, 2])
        #expect(throws: HistoryError.self) { try Sample.read(data + Data("tail".utf8)) }
    }

    /// One packed file after another is one file, as `cat` and parallel packers make them.
    @Test func xzAndBzip2StreamsAreOneFile() throws {
        for pack in [Sample.xz, Sample.bzip2] {
            let parts = ["a\ts\t1\n", "", "b\ts\t2\n"].map { pack(Data($0.utf8)) }
            let data = parts.reduce(Data(), +)
            #expect(try Sample.read(data).plays.map(\.count) == [1, 2])
            #expect(throws: HistoryError.self) { try Sample.read(data + Data("tail".utf8)) }
            // Larger than any buffer on the way.
            let rows = (0..<40_000).map { "l\($0)\tsong\($0 &* 7919 % 10007)\t3\n" }.joined()
            #expect(try Sample.read(pack(Data(rows.utf8))).plays.count == 40_000)
        }
        // Inside a ZIP, and one in the other.
        let twice = Sample.bzip2(Sample.xz(Data("a\ts\t4\n".utf8)))
        #expect(try Sample.read(Sample.zip([.init("x.bz2", twice)])).plays.map(\.count) == [4])
        // A text may begin as bzip2 does.
        #expect(try Sample.read("BZh9\ts\t2\nann\ts\t1\n").plays.count == 2)
    }

    /// 100 MB of spaces shrink a thousand times and more.
    @Test func bombsAreRefused() throws {
        let blank = String(repeating: " ", count: 1 << 20) + "\n"
        let rows = Data(("ann\ts1\t1\n" + String(repeating: blank, count: 100)).utf8)
        func refusal(_ data: Data) -> HistoryError? {
            do {
                _ = try Sample.read(data)
                return nil
            } catch {
                return error as? HistoryError
            }
        }
        for bomb in [
            Sample.deflated(rows, gzip: true), Sample.zstd(rows), Sample.xz(rows),
            Sample.bzip2(rows),
            Sample.zip([.init("a.tsv", rows)]),
            Sample.zip([.init("a.tsv", rows)], zip64: true, claimed: 1 << 40),
        ] {
            guard case .bomb(_, let packed, let unpacked)? = refusal(bomb) else {
                Issue.record("not refused as a bomb")
                continue
            }
            #expect(packed <= bomb.count && unpacked < 90 << 20)
        }
        // What claims to be small is held to it.
        let small = Sample.zip([.init("a.tsv", rows)], claimed: 1000)
        guard case .cannotRead? = refusal(small) else {
            Issue.record("not refused")
            return
        }
    }
}
