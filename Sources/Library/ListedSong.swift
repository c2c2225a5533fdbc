import Foundation

/// A song as lists show it, from memory.
public struct ListedSong: Sendable {
    /// Of the file that is there.
    public let id: Int64
    public let title: String
    public let artist: String
    public let album: String?
    /// Separated by "; ".
    public let genres: String
    public let path: String
    public let year: Int?
    /// To the millisecond.
    public let durationSeconds: Double
    public let hasCover: Bool
    public let kind: SongKind
    /// True when no file of the recording was there at the last scan.
    public let missing: Bool
    /// Plays by all listeners together, as of when they were counted.
    public let plays: Int
}

extension Recommender {
    /// - Returns: nil for a track that was not there when this was read.
    public func listed(_ id: Int64) -> ListedSong? {
        guard let place = table.place(of: id) else { return nil }
        let own = Int(table.shown[place])
        let flags = table.flags[own]
        return ListedSong(
            id: table.ids[own], title: table.title(place), artist: table.artist(place),
            album: table.album[own] < 0 ? nil : table.names[Int(table.album[own])],
            genres: table.names[Int(table.genres[own])], path: table.path(place),
            year: table.year[own] == .min ? nil : Int(table.year[own]),
            durationSeconds: Double(table.milliseconds[own]) / 1000,
            hasCover: flags.contains(.cover),
            kind: flags.contains(.silence)
                ? .silence : flags.contains(.interlude) ? .interlude : .song,
            missing: flags.contains(.missing), plays: plays(at: place))
    }

    func plays(at place: Int) -> Int { Int(counts.plays[Int(table.first[place])]) }

    /// Plays of a track by all listeners together, as of when they were counted.
    public func plays(of id: Int64) -> Int { table.place(of: id).map(plays) ?? 0 }

    /// What counting the plays took, seconds.
    public var countingSeconds: Double { counts.seconds }

    /// Listeners of a track, as of when they were counted.
    public func listeners(of id: Int64) -> Int {
        table.place(of: id).map { Int(counts.listeners[Int(table.first[$0])]) } ?? 0
    }
}
