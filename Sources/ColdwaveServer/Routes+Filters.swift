import Foundation
import Hummingbird
import Library
import Projection
import Synchronization

/// What the network hears: its units, and the moments that excite them. Shows what `coldwave filters` has heard; nothing is computed with
/// the network here, so the server runs where libtorch does not.
struct FilterRoutes: Sendable {
    let parts: ServerParts
    private let cache = Cache()

    init(_ parts: ServerParts) { self.parts = parts }

    /// The last answer, for as long as the library does not change. Whoever comes meanwhile waits for it rather than making it too.
    private final class Cache: Sendable {
        private let kept = Mutex<(version: LibraryVersion, heard: Heard)?>(nil)

        func heard(_ snapshot: LibrarySnapshot) throws -> Heard {
            try kept.withLock { kept in
                // Plays change nothing of it.
                if let kept, kept.version.runs == snapshot.version.runs,
                    kept.version.tracks == snapshot.version.tracks
                {
                    return kept.heard
                }
                let stage = FilterStage(snapshot.catalogue, context: StageContext(threads: 1))
                guard let found = try stage.kept() else {
                    throw APIError.notFound(
                        "what excites the network's units was not heard yet",
                        next: "coldwave filters")
                }
                let heard = Heard(run: found.run, units: found.units)
                kept = (snapshot.version, heard)
                return heard
            }
        }
    }

    private struct Heard: Sendable {
        let run: String
        let units: HeardUnits
        /// Where a track is among the units' songs.
        let songOfRecording: [String: Int]

        init(run: String, units: HeardUnits) {
            self.run = run
            self.units = units
            songOfRecording = Dictionary(
                units.tracks.enumerated().map { ($1.recording, $0) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    private struct FilterList: Encodable {
        struct Layer: Encodable {
            let name: String
            let units: [Unit]
        }
        struct Unit: Encodable {
            let unit: Int
            let label: String
            let evidence: [String]
        }
        let run: String
        let layers: [Layer]
    }
    private struct UnitView: Encodable {
        struct Moment: Encodable {
            let track: SongView
            let second: Double
            let seconds: Double
            let activation: Float
        }
        let label: String
        let evidence: [String]
        let top: [Moment]
    }
    private struct SongUnits: Encodable {
        struct Unit: Encodable {
            let layer: String
            let unit: Int
            let label: String
            let second: Double
            let activation: Float
            let share: Float
        }
        let filters: [Unit]
    }

    var endpoints: [Endpoint] { [list, picture, unit, ofSong] }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "filters", about: "The network's layers and what their units hear",
            answer: .json(
                .object([
                    "run": .string(),
                    "layers": .array(
                        .object([
                            "name": .string(),
                            "units": .array(
                                .object([
                                    "unit": .integer(), "label": .string(),
                                    "evidence": .array(.string()),
                                ])),
                        ])),
                ])), failures: [404]
        ) { _ in
            .json(
                try await parts.library.read { snapshot in
                    let heard = try cache.heard(snapshot)
                    return FilterList(
                        run: heard.run,
                        layers: heard.units.layers.map { layer in
                            .init(
                                name: layer.name,
                                units: layer.units.map {
                                    .init(unit: $0.index, label: $0.label, evidence: $0.evidence)
                                })
                        })
                })
        }
    }

    private var picture: Endpoint {
        Endpoint(
            method: .get, path: "filters/picture", about: "The first layer's filters as a picture",
            answer: .bytes("image/png"), failures: [404, 409]
        ) { _ in
            let png = try await parts.library.read { snapshot in
                PNGFile.encode(try snapshot.catalogue.filterPicture().raster())
            }
            return Response(
                status: .ok,
                headers: [.contentType: "image/png", .cacheControl: "private, max-age=300"],
                body: .init(byteBuffer: ByteBuffer(bytes: png)))
        }
    }

    private var unit: Endpoint {
        Endpoint(
            method: .get, path: "filters/{layer}/{unit}",
            about: "A unit, and the moments of songs that excite it most",
            answer: .json(
                .object([
                    "label": .string(), "evidence": .array(.string()),
                    "top": .array(
                        .object([
                            "track": .song, "second": .number(), "seconds": .number(),
                            "activation": .number(),
                        ])),
                ])), failures: [404]
        ) { call in
            let (name, index, auth) = (
                call.required("layer"), Int(call.id("unit")), call.context.auth
            )
            return .json(
                try await parts.library.read { snapshot in
                    let heard = try cache.heard(snapshot)
                    guard let layer = heard.units.layers.first(where: { $0.name == name }),
                        layer.units.indices.contains(index)
                    else { throw APIError.notFound("the network has no unit \(name)/\(index)") }
                    let unit = layer.units[index]
                    let seconds = heard.units.seconds(layer)
                    return UnitView(
                        label: unit.label, evidence: unit.evidence,
                        top: try unit.moments.map { moment in
                            .init(
                                track: try snapshot.view(
                                    heard.units.tracks[moment.song], for: auth),
                                second: heard.units.second(moment, reach: layer.reach),
                                seconds: seconds, activation: moment.activation)
                        })
                })
        }
    }

    private var ofSong: Endpoint {
        Endpoint(
            method: .get, path: "tracks/{id}/filters",
            about:
                "The units that this song excites like few others of the library: `share` is of the most that any song does",
            parameters: [.count],
            answer: .json(
                .object([
                    "filters": .array(
                        .object([
                            "layer": .string(), "unit": .integer(), "label": .string(),
                            "second": .number(), "activation": .number(), "share": .number(),
                        ]))
                ])), failures: [404]
        ) { call in
            let (id, count) = (call.id("id"), call.int("count", or: 20))
            return .json(
                try await parts.library.read { snapshot in
                    let track = try snapshot.requireTrack(id)
                    let heard = try cache.heard(snapshot)
                    guard let song = heard.songOfRecording[track.recording] else {
                        return SongUnits(filters: [])
                    }
                    let found = heard.units.layers.flatMap { layer in
                        layer.units.compactMap { unit -> (isNamed: Bool, SongUnits.Unit)? in
                            guard let moment = unit.moments.first(where: { $0.song == song }),
                                let best = unit.moments.first?.activation, best > 0
                            else { return nil }
                            return (
                                unit.isNamed,
                                SongUnits.Unit(
                                    layer: layer.name, unit: unit.index, label: unit.label,
                                    second: heard.units.second(moment, reach: layer.reach),
                                    activation: moment.activation,
                                    share: moment.activation / best)
                            )
                        }
                    }
                    // Units with a name first: the others say less.
                    let order = found.sorted {
                        $0.isNamed != $1.isNamed ? $0.isNamed : $0.1.share > $1.1.share
                    }
                    return SongUnits(filters: order.prefix(count).map(\.1))
                })
        }
    }
}
