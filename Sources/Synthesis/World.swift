import Foundation
import Matrices

/// The composed world's size and seed.
public struct WorldConfiguration: Codable, Equatable, Sendable {
    public var songs = 320
    /// Of them, released today: nobody has played them.
    public var newSongs = 40
    public var artists = 72
    public var listeners = 2500
    public var seconds = 30.0
    public var sampleRate = 22050
    public var seed: UInt64 = 0

    public init() {}
}

/// An imaginary artist.
public struct Artist: Sendable {
    public let name: String
    public let style: Int
    public let region: Int
    /// Log-normal fame; it draws listeners and cannot be heard.
    let fame: Double
    /// What sets the artist's sound apart within the style, −1…1 each.
    let tempoLeaning: Double
    let brightness: Double
    /// Released nothing before today.
    public let isNew: Bool
}

/// A song to be rendered.
public struct SongPlan: Sendable {
    public let title: String
    public let album: String
    public let artist: Int
    public let style: Int
    public let year: Int
    /// Released today: nobody has played it.
    public let isNew: Bool
    public let seconds: Double
    let seed: UInt64
    let fame: Double
    /// Beats a minute.
    public let tempo: Double
    /// −1 (dark) … 1 (bright).
    public let brightness: Double
}

/// A listener's plays of a song.
public struct PlayCount: Equatable, Sendable {
    public let listener: Int
    public let song: Int
    public let count: Int
}

/// A small world of music: styles, artists, songs, listeners and what they play. All of it is made up.
public struct World: Sendable {
    public static let regions = ["Northreach", "Saltmarsh", "Highvale", "Old Harbour", "Sunward"]
    public let configuration: WorldConfiguration
    public let styles: [Style]
    public let artists: [Artist]
    public let songs: [SongPlan]
    public let listeners: [ImaginaryListener]
    public let plays: [PlayCount]

    /// Composes the plans; the same configuration gives the same world.
    public static func compose(_ configuration: WorldConfiguration = WorldConfiguration()) -> World
    {
        let styles = Style.all
        var generator = SeededGenerator(seed: configuration.seed, stream: 11)
        var names = Names(seed: configuration.seed)
        let newArtists = max(1, configuration.newSongs / 4)
        let artists = (0..<configuration.artists).map { index in
            Artist(
                name: names.artist(), style: index % styles.count,
                region: generator.integer(below: regions.count),
                fame: exp(generator.normal() * 0.8), tempoLeaning: generator.uniform(-1...1),
                brightness: generator.uniform(-1...1),
                isNew: index >= configuration.artists - newArtists)
        }
        let established = artists.indices.filter { !artists[$0].isNew }
        let unknown = artists.indices.filter { artists[$0].isNew }
        let old = configuration.songs - configuration.newSongs
        let songs = (0..<configuration.songs).map { index -> SongPlan in
            let isNew = index >= old
            // Of the new songs every second one is by an artist nobody has heard of.
            let place = isNew ? index - old : index
            let artist =
                isNew && place % 2 == 0
                ? unknown[place / 2 % unknown.count]
                : established[
                    isNew ? generator.integer(below: established.count) : place % established.count]
            let maker = artists[artist]
            let style = styles[maker.style]
            let middle = 0.5 + 0.3 * maker.tempoLeaning + generator.uniform(-0.2...0.2)
            let tempo =
                style.tempo.lowerBound + (style.tempo.upperBound - style.tempo.lowerBound)
                * min(1, max(0, middle))
            return SongPlan(
                title: names.title(), album: names.title(), artist: artist, style: maker.style,
                year: isNew ? 2026 : 1990 + generator.integer(below: 36), isNew: isNew,
                seconds: configuration.seconds, seed: generator.next(),
                fame: exp(generator.normal() * 0.7),
                tempo: tempo,
                brightness: max(-1, min(1, 0.7 * maker.brightness + generator.uniform(-0.4...0.4))))
        }
        let listeners = (0..<configuration.listeners).map {
            ImaginaryListener.draw($0, styles: styles, artists: artists, seed: configuration.seed)
        }
        let plays = listeners.indices.flatMap { listener in
            listeners[listener].plays(
                listener, songs: songs, artists: artists, seed: configuration.seed)
        }
        return World(
            configuration: configuration, styles: styles, artists: artists, songs: songs,
            listeners: listeners,
            plays: plays)
    }

    /// How much a listener likes what can be heard of a song; the same scale for old songs and new.
    public func affinity(of listener: Int, for song: Int) -> Double {
        listeners[listener].affinity(for: songs[song])
    }
}
