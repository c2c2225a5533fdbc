import AudioFeatures
import CollaborativeFiltering
import Foundation
import Matrices
import Projection
import Recommendation

/// Answers from a built library. What all lists need is read once; what a listener did is read when a list is made, so that it counts
/// at once. Safe to use from several threads.
public final class Recommender: Sendable {
    let catalogue: Catalogue
    let predictions: StoredPredictions
    let table: TrackTable
    let counts: PlayCounts
    /// The place of the first file of each of the predictions' rows; -1 for a track that is not in the catalogue any more.
    let placeOfRow: [Int32]
    /// What is known of the rows' songs, beside each other: every search asks about a thousand of them.
    let flagsOfRow: [TrackTable.Flags]
    /// The predictions' rows by the place of a recording's first file; -1 for none.
    let rowOfPlace: [Int32]
    /// The factors of what is played, and the rows of the library's songs (by place) and of others (by reference) in them.
    let songFactors: Matrix
    let factorRow: [Int32]
    let factorRowOfReference: [Int64: Int32]
    let configuration: FactorizationConfiguration
    /// Where listeners lie on average.
    let meanListener: [Float]
    /// The predictions' rows of songs that may be played; nil without an index.
    let playable: RowSet?
    /// `YᵀY` of the songs' factors, the same for every listener.
    let gram: [Double]
    /// What stands out in the songs' sound; nil until `filters` was run with the network of the predictions.
    let highlights: StoredHighlights?
    /// The songs' places, by dot product for listeners and by cosine for songs.
    let search: PlaceSearch

    /// - Throws: ``LibraryError`` naming the command that comes first.
    public init(_ catalogue: Catalogue) throws {
        self.catalogue = catalogue
        predictions = try catalogue.storedPredictions(for: "recommend")
        let factors = try catalogue.storedFactors(for: "recommend")
        guard predictions.factorsRun == factors.run,
            predictions.blended.columns == factors.factors.songs.columns
        else {
            throw LibraryError.staleArtefact(
                path: catalogue.location.run(.predictions, predictions.run).path,
                reason: "it was made from an earlier factorisation, whose space is another one",
                next: "Run `coldwave build`.")
        }
        let table = try catalogue.trackTable()
        self.table = table
        counts = try catalogue.playCounts(table)
        placeOfRow = predictions.tracks.map { id in
            table.place(of: id).map { table.first[$0] } ?? -1
        }
        flagsOfRow = placeOfRow.map { place in
            place < 0 ? .missing : table.flags[Int(table.shown[Int(place)])]
        }
        var rows = [Int32](repeating: -1, count: table.count)
        for (row, place) in placeOfRow.enumerated() where place >= 0 && rows[Int(place)] < 0 {
            rows[Int(place)] = Int32(row)
        }
        rowOfPlace = rows
        songFactors = factors.factors.songs
        var own = [Int32](repeating: -1, count: table.count)
        var others: [Int64: Int32] = [:]
        for (row, song) in factors.songs.enumerated() {
            switch song {
            case .track(let id):
                if let place = table.place(of: id) { own[Int(table.first[place])] = Int32(row) }
            case .reference(let id): others[id] = Int32(row)
            }
        }
        factorRow = own
        factorRowOfReference = others
        configuration = factors.configuration
        meanListener = Self.mean(factors.factors.listeners)
        highlights = StoredHighlights(
            catalogue.location.run(.networks, predictions.networkRun))
        gram = Explanation.gram(songFactors)
        search = PlaceSearch(predictions.blended)
        let flags = flagsOfRow
        playable = predictions.index.map { _ in
            RowSet(rows: flags.count) { flags[$0].isDisjoint(with: .unplayable) }
        }
    }

    /// The same with the plays of now counted beside songs.
    public init(recounting old: Recommender) throws {
        catalogue = old.catalogue
        predictions = old.predictions
        table = old.table
        counts = try old.catalogue.playCounts(old.table)
        placeOfRow = old.placeOfRow
        flagsOfRow = old.flagsOfRow
        rowOfPlace = old.rowOfPlace
        songFactors = old.songFactors
        factorRow = old.factorRow
        factorRowOfReference = old.factorRowOfReference
        configuration = old.configuration
        meanListener = old.meanListener
        playable = old.playable
        gram = old.gram
        highlights = old.highlights
        search = old.search
    }

    private static func mean(_ listeners: Matrix) -> [Float] {
        var sum = [Double](repeating: 0, count: listeners.columns)
        for row in 0..<listeners.rows {
            for (k, value) in listeners.row(row).enumerated() { sum[k] += Double(value) }
        }
        return sum.map { Float($0 / Double(max(1, listeners.rows))) }
    }

    /// A track as the catalogue has it now; where its file is gone, another one of its recording that is there. Nil for an unknown one.
    /// - Throws: what the catalogue's database says.
    public func track(_ id: Int64) throws -> Track? {
        guard let place = table.place(of: id) else { return nil }
        return try catalogue.tracks(ids: [table.ids[Int(table.shown[place])]]).first
    }

    /// Where the predictions have a track, or another file of its recording.
    func row(_ track: Track) -> Int? { table.place(ofRecording: track.recording).flatMap(row) }

    /// - Parameter place: of a recording's first file.
    func row(_ place: Int) -> Int? { rowOfPlace[place] < 0 ? nil : Int(rowOfPlace[place]) }
}
