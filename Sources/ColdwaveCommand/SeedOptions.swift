import ArgumentParser
import AudioFeatures
import Library

/// Songs to start from other than by naming each.
struct SeedOptions: ParsableArguments {
    @Option(help: "All songs of this artist.")
    var artist: String?

    @Option(help: "All songs of this album; its title, or \"Artist - Album\".")
    var album: String?

    func seeds(_ recommender: Recommender, tracks: [String]) throws -> [SeedSongs] {
        let pool = Workers.pool()
        return try tracks.map { try recommender.seed($0, hearing: pool) }
            + (artist.map { [try recommender.seeds(artist: $0)] } ?? [])
            + (album.map { [try recommender.seeds(album: $0)] } ?? [])
    }
}

extension Sequence<SeedSongs> {
    /// All of them as one; nil for none.
    var joined: SeedSongs? {
        reduce(nil as SeedSongs?) { all, next in all?.adding(next) ?? next }
    }
}
