import Foundation
import Hummingbird
import Library
import Projection
import Synchronization

/// The map of the songs, for a page that draws it.
struct MapRoutes: Sendable {
    let parts: ServerParts
    private let cache = Cache()

    init(_ parts: ServerParts) { self.parts = parts }

    private final class Cache: Sendable {
        private let kept = Mutex<(version: LibraryVersion, map: ServedMap)?>(nil)

        func map(_ snapshot: LibrarySnapshot) throws -> ServedMap {
            try kept.withLock { kept in
                if let kept, kept.version == snapshot.version { return kept.map }
                let map = try ServedMap(snapshot)
                kept = (snapshot.version, map)
                return map
            }
        }
    }

    private struct Lit: Encodable {
        let played: [Int64]
        let recommended: [Int64]
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "map",
                about: "What the map holds: x and y of songs and regions are in 0…1",
                answer: .json(
                    .object([
                        "run": .string(), "songs": .integer(), "genres": .array(.string()),
                        "artists": .array(.string()), "years": .array(.integer(), count: 2...2),
                        "regions": .array(
                            .object([
                                "name": .string(), "x": .number(), "y": .number(),
                                "size": .number(),
                            ])),
                    ])), failures: [404, 409]
            ) { _ in .json(try await parts.library.read { try cache.map($0).about }) },
            Endpoint(
                method: .get, path: "map/data",
                about:
                    "The songs of the map, little endian: `CWM1`, u32 n, f32 x[n], f32 y[n], u32 id[n], u32 artist[n] (index; 0xFFFFFFFF none), u32 plays[n], u16 genre[n] (index; 0xFFFF none), u16 year[n] (0 none)",
                answer: .bytes("application/octet-stream"),
                otherAnswers: [.init(status: 304, about: "It has not changed")],
                failures: [404, 409]
            ) { call in
                let map = try await parts.library.read { try cache.map($0) }
                let headers: HTTPFields = [
                    .contentType: "application/octet-stream", .eTag: map.tag,
                    .cacheControl: "private, no-cache",
                ]
                if call.request.headers[.ifNoneMatch] == map.tag {
                    return Response(status: .notModified, headers: headers)
                }
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: map.data))
            },
            Endpoint(
                method: .get, path: "map/lit",
                about: "What of the map a listener played, and what is recommended to them",
                parameters: [.text("listener", "Whose", required: true)],
                answer: .json(
                    .object([
                        "played": .array(.integer()), "recommended": .array(.integer()),
                    ])), failures: [403, 404, 409]
            ) { call in
                let name = call.required("listener")
                try call.requireListener(name)
                return .json(
                    try await parts.library.read { snapshot in
                        var request = RecommendationRequest()
                        request.count = 100
                        let list = try snapshot.requireRecommender().recommend(name, request)
                        let played = try snapshot.catalogue.history(of: name).compactMap { item in
                            if case .track(let id) = item.song { id } else { nil }
                        }
                        return Lit(played: played, recommended: list.map(\.track.id))
                    })
            },
        ]
    }
}

/// The map as it is sent.
private struct ServedMap: Sendable {
    struct About: Encodable, Sendable {
        struct Region: Encodable, Sendable {
            let name: String
            let x: Double
            let y: Double
            let size: Double
        }
        let run: String
        let songs: Int
        let genres: [String]
        let artists: [String]
        let years: [Int]
        let regions: [Region]
    }
    let about: About
    let data: ByteBuffer
    let tag: String

    /// - Throws: ``APIError/notFound(_:next:)`` where there is no map.
    init(_ snapshot: LibrarySnapshot) throws {
        guard let stored = try snapshot.catalogue.storedMap() else {
            throw APIError.notFound("there is no map yet", next: "coldwave build")
        }
        let recommender = try snapshot.requireRecommender()
        var ids: [Int64] = []
        var points: [MapPoint] = []
        for (row, id) in stored.tracks.enumerated() {
            guard let track = recommender.listed(id), !track.missing, track.kind == .song,
                UInt32(exactly: id) != nil
            else { continue }
            ids.append(id)
            points.append(
                MapPoint(
                    x: stored.positions[row, 0], y: stored.positions[row, 1], title: track.title,
                    artist: track.artist,
                    genres: track.genres.split(separator: ";").map {
                        $0.trimmingCharacters(in: .whitespaces)
                    }.filter { !$0.isEmpty }, year: track.year, plays: track.plays))
        }
        let scene = MapScene(points)
        // The most frequent first, so that colours go to what there is much of.
        func ranked(_ names: [String]) -> [String] {
            Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        }
        let genres = Array(ranked(points.compactMap(\.genres.first)).prefix(0xFFFF))
        let artists = ranked(points.map(\.artist))
        let genreIndex = Dictionary(uniqueKeysWithValues: zip(genres, 0...))
        let artistIndex = Dictionary(uniqueKeysWithValues: zip(artists, 0...))
        let years = points.compactMap(\.year).filter { (1...9999).contains($0) }
        about = About(
            run: stored.run, songs: points.count, genres: genres, artists: artists,
            years: [years.min() ?? 0, years.max() ?? 0],
            regions: scene.regions.map {
                .init(name: $0.name, x: $0.x, y: $0.y, size: $0.songs)
            })
        var data = ByteBuffer()
        data.reserveCapacity(8 + 24 * points.count)
        data.writeString("CWM1")
        func write(_ value: some FixedWidthInteger) {
            data.writeInteger(value, endianness: .little)
        }
        write(UInt32(points.count))
        for place in scene.places { write(Float(place.x).bitPattern) }
        for place in scene.places { write(Float(place.y).bitPattern) }
        for id in ids { write(UInt32(id)) }
        for point in points { write(UInt32(artistIndex[point.artist] ?? 0xFFFF_FFFF)) }
        for point in points { write(UInt32(clamping: point.plays)) }
        for point in points {
            write(UInt16(point.genres.first.flatMap { genreIndex[$0] } ?? 0xFFFF))
        }
        for point in points { write(UInt16(clamping: point.year ?? 0)) }
        self.data = data
        tag = "\"\(stored.run)-\(snapshot.version.tracks)-\(snapshot.version.plays)\""
    }
}
