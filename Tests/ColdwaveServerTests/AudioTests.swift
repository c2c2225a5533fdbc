import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ColdwaveServer
@testable import Library

@Suite struct AudioTests {
    @Test(arguments: [
        ("bytes=0-9", ByteRange.range(0...9)), ("bytes=90-", .range(90...99)),
        ("bytes=-5", .range(95...99)), ("bytes=-500", .range(0...99)),
        ("bytes=95-500", .range(95...99)), ("bytes=100-", .outside), ("bytes=-0", .outside),
        ("bytes=9-3", .whole), ("bytes=0-1,5-6", .whole), ("items=0-9", .whole),
        ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=+1-2", .whole),
        ("bytes=99999999999999999999-", .whole),
    ]) func ranges(header: String, expected: ByteRange) {
        #expect(ByteRange(header, size: 100) == expected)
    }

    @Test func partsOfAFile() async throws {
        let library = try ServedLibrary()
        let track = try #require(try library.catalogue.track(id: 1))
        let file = try Data(contentsOf: URL(fileURLWithPath: track.path))
        try await library.server().application().test(.router) { client in
            func get(_ headers: HTTPFields, _ method: HTTPRequest.Method = .get) async throws
                -> TestResponse
            {
                try await client.ask(method, "tracks/1/audio", headers: headers)
            }
            let whole = try await get([:])
            #expect(whole.status == .ok && Data(whole.body.readableBytesView) == file)
            #expect(whole.headers[.contentType] == "audio/flac")
            let tag = try #require(whole.headers[.eTag])
            let date = try #require(whole.headers[.lastModified])
            let head = try await get([:], .head)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.contentLength] == String(file.count))
            let part = try await get([.range: "bytes=100-199"])
            #expect(part.status == .partialContent)
            #expect(Data(part.body.readableBytesView) == file[100..<200])
            #expect(part.headers[.contentRange] == "bytes 100-199/\(file.count)")
            let outside = try await get([.range: "bytes=\(file.count)-"])
            #expect(outside.status == .rangeNotSatisfiable)
            #expect(outside.headers[.contentRange] == "bytes */\(file.count)")
            #expect(try await get([.ifNoneMatch: tag]).status == .notModified)
            #expect(try await get([.ifModifiedSince: date]).status == .notModified)
            for condition in [tag, date] {
                let same = try await get([.range: "bytes=0-9", .ifRange: condition])
                #expect(same.status == .partialContent)
            }
            #expect(try await get([.range: "bytes=0-9", .ifRange: "\"other\""]).status == .ok)
        }
    }

    /// A link inside the music folder must not lead out of it, nor may what is no file be read.
    @Test func nothingOutsideTheRootsIsServed() async throws {
        let library = try ServedLibrary()
        let server = try library.server()
        let secret = library.folder.appendingPathComponent("secret.flac")
        try Data("secret".utf8).write(to: secret)
        let paths = try [Int64(1), 2, 3, 4].map {
            try #require(try library.catalogue.track(id: $0)).path
        }
        for path in paths { try FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createSymbolicLink(
            atPath: paths[0], withDestinationPath: secret.path)
        try FileManager.default.createSymbolicLink(
            atPath: paths[1], withDestinationPath: "/etc/passwd")
        #expect(mkfifo(paths[2], 0o600) == 0)
        let inside = try #require(try library.catalogue.track(id: 5)).path
        try FileManager.default.createSymbolicLink(atPath: paths[3], withDestinationPath: inside)
        try await server.application().test(.router) { client in
            for id in 1...3 {
                for query in ["", "?format=opus"] {
                    let reply = try await client.ask(.get, "tracks/\(id)/audio\(query)")
                    #expect(reply.status == .notFound, "\(id)\(query)")
                }
                #expect(try await client.ask(.get, "tracks/\(id)/cover").status == .notFound)
            }
            // A link to another song of the library is one.
            #expect(try await client.ask(.get, "tracks/4/audio").status == .ok)
        }
    }

    @Test(.enabled(if: Programs.find("ffmpeg") != nil), arguments: ["opus", "mp3"])
    func transcoding(format: String) async throws {
        let library = try ServedLibrary()
        let server = try library.server { $0.limits.transcodings = 1 }
        try await server.application().test(.router) { client in
            // One after the other: the only slot is given back each time.
            for _ in 0..<2 {
                let reply = try await client.ask(.get, "tracks/1/audio?format=\(format)")
                #expect(reply.status == .ok)
                let head = reply.body.getString(at: 0, length: 4) ?? ""
                let bytes = Array(reply.body.readableBytesView.prefix(2))
                #expect(head == "OggS" || head.hasPrefix("ID3") || bytes[0] == 0xFF)
                #expect(reply.body.readableBytes > 5000)
            }
        }
    }

    @Test(.enabled(if: Programs.find("ffmpeg") != nil))
    func aPictureBesideTheSongIsItsCover() async throws {
        let library = try ServedLibrary()
        let picture = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4])
        try picture.write(to: library.music.appendingPathComponent("cover.png"))
        try await library.server().application().test(.router) { client in
            let reply = try await client.ask(.get, "tracks/1/cover")
            #expect(reply.status == .ok && reply.headers[.contentType] == "image/png")
            #expect(Data(reply.body.readableBytesView) == picture)
        }
        // What only calls itself a picture is not sent as one.
        try Data("<script>".utf8).write(to: library.music.appendingPathComponent("cover.png"))
        try await library.server().application().test(.router) { client in
            let reply = try await client.ask(.get, "tracks/1/cover")
            #expect(reply.status == .notFound)
        }
    }
}
