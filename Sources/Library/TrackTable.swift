import AudioFeatures
import Recommendation

/// What lists need of every track, in columns: about 90 bytes a track, its title and its file's name; nothing is read from the catalogue
/// to show a song in a list.
///
/// A track's *place* is its position by id. Of several files of one recording the first stands for all: plays, factors and
/// predictions belong to it.
struct TrackTable: Sendable {
    /// Ascending.
    var ids: [Int64] = []
    /// The first file of the same recording.
    var first: [Int32] = []
    /// The track itself, or where its file is gone another one of the recording that is there.
    var shown: [Int32] = []
    var flags: [Flags] = []
    /// Places in `names`; -1 for none.
    var artist: [Int32] = []
    var album: [Int32] = []
    var genres: [Int32] = []
    var folder: [Int32] = []
    /// ``NameKey``s; 0 for none.
    var matchKey: [UInt64] = []
    var mbid: [UInt64] = []
    var milliseconds: [Int32] = []
    /// `Int16.min` for none.
    var year: [Int16] = []
    /// Title and file name of each track one after the other, and where each of them ends.
    var text: [UInt8] = []
    var ends: [UInt32] = []
    /// Names that many tracks share.
    var names: [String] = []
    /// Recordings' keys ascending, and the place of the first file of each.
    var recordings: [UInt64] = []
    var recordingPlaces: [Int32] = []

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        static let missing = Flags(rawValue: 1)
        static let silence = Flags(rawValue: 2)
        static let interlude = Flags(rawValue: 4)
        static let christmas = Flags(rawValue: 8)
        static let cover = Flags(rawValue: 16)
        static let unplayable: Flags = [.missing, .silence, .interlude]
    }

    var count: Int { ids.count }

    /// Nil for an unknown id.
    func place(of id: Int64) -> Int? {
        // Most libraries have all ids from 1 on.
        let likely = Int(clamping: id) &- 1
        if ids.indices.contains(likely), ids[likely] == id { return likely }
        let place = Self.firstIndex(in: ids, notBelow: id)
        return place < ids.count && ids[place] == id ? place : nil
    }

    /// The first file of a recording.
    func place(ofRecording recording: String) -> Int? {
        let key = NameKey.of(recording)
        let at = Self.firstIndex(in: recordings, notBelow: key)
        return at < recordings.count && recordings[at] == key ? Int(recordingPlaces[at]) : nil
    }

    func title(_ place: Int) -> String { string(2 * Int(shown[place])) }

    func artist(_ place: Int) -> String { names[Int(artist[Int(shown[place])])] }

    /// "Artist - Title".
    func name(_ place: Int) -> String { "\(artist(place)) - \(title(place))" }

    func path(_ place: Int) -> String {
        let own = Int(shown[place])
        return names[Int(folder[own])] + string(2 * own + 1)
    }

    /// What names the recording besides its sound, as numbers: the MusicBrainz id, and artist and title without notes such as
    /// "(Remastered)".
    func aliases(_ place: Int) -> [UInt64] {
        let own = Int(shown[place])
        return mbid[own] == 0 ? [matchKey[own]] : [matchKey[own], mbid[own]]
    }

    private func string(_ index: Int) -> String {
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return String(decoding: text[start..<Int(ends[index])], as: UTF8.self)
    }

    static func firstIndex<T: Comparable>(in values: [T], notBelow value: T) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
