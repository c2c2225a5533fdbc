import ArgumentParser
import Library

/// What a list for listeners may contain.
struct SelectionOptions: ParsableArguments {
    @Flag(name: .customLong("new"), help: "Only songs without a single play.")
    var onlyNew = false

    @Flag(help: "Also songs they have played.")
    var includePlayed = false

    @Flag(help: "Also intros, skits and the like.")
    var includeInterludes = false

    @Option(help: "Songs by one artist; 0 for any number.")
    var maxPerArtist = 2

    @Option(help: "Songs of one album; 0 for any number.")
    var maxPerAlbum = 0

    @Option(help: "From 0 (what fits) to 1 (what is little known).")
    var discovery: Float = 0

    @Option(
        help: "Any text or number; another list, nearly as good, for each (such as today's date).")
    var seed: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Christmas songs: in or out (default: only in December).")
    var seasonal: Bool?

    @Option(
        help: ArgumentHelp(
            """
            Leave out genre:NAME, artist:NAME, album:NAME, longer:M:SS, shorter:M:SS, before:YEAR, after:YEAR, or an artist or \
            genre by its name alone; may be given several times.
            """, valueName: "rule"))
    var exclude: [String] = []

    /// Whether anything is asked for that only a list for a listener heeds.
    var isForListeners: Bool {
        onlyNew || includePlayed || includeInterludes || discovery > 0 || seasonal != nil
            || !exclude.isEmpty
    }

    func validate() throws {
        guard maxPerArtist >= 0 else {
            throw ValidationError("--max-per-artist must not be negative.")
        }
        guard maxPerAlbum >= 0 else {
            throw ValidationError("--max-per-album must not be negative.")
        }
        guard (0...1).contains(discovery) else { throw ValidationError("--discovery must be 0…1.") }
        do {
            _ = try exclude.map { try Exclusion($0) }
        } catch {
            throw ValidationError("--exclude: \(error)")
        }
    }

    func request(count: Int) throws -> RecommendationRequest {
        var request = RecommendationRequest()
        request.count = count
        request.onlyNew = onlyNew
        request.includePlayed = includePlayed
        request.includeInterludes = includeInterludes
        request.maxPerArtist = maxPerArtist
        request.maxPerAlbum = maxPerAlbum
        request.discovery = discovery
        request.seed = seed.map { UInt64($0) ?? Recommender.seed($0) }
        request.seasonal = seasonal
        request.exclude = try exclude.map { try Exclusion($0) }
        return request
    }
}
