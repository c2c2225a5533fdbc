import Foundation
import Matrices
import Recommendation
import Testing

@Suite struct RadioTests {
    /// Songs on a circle, one every two degrees, by 30 artists in turn.
    private let circle = Matrix(
        rows: 180, columns: 2,
        storage: (0..<180).flatMap { (step: Int) -> [Float] in
            let angle = Double(step) * Double.pi / 90
            return [Float(cos(angle)), Float(sin(angle))]
        })
    private let artists = (0..<180).map { "artist \($0 % 30)" }

    private func radio(seed: UInt64 = 0, start: Int = 0) -> Radio {
        Radio(
            items: circle, start: Array(circle.row(start)), artists: artists, excluding: [start],
            seed: seed)
    }

    @Test func playsEverythingOnceAndEnds() {
        let songs = Array(radio())
        #expect(songs.count == 179 && Set(songs).count == 179 && !songs.contains(0))
    }

    @Test func driftsWithoutJumping() {
        let songs = Array(radio().prefix(20))
        let steps = zip(songs, songs.dropFirst()).map { a, b in
            min(abs(a - b), 180 - abs(a - b))
        }
        // Twelve choices around what was played already; far less than the 45 of a song at random.
        #expect(steps.allSatisfy { $0 <= 24 }, "\(steps)")
        #expect(min(songs[0], 180 - songs[0]) <= 7)
        // It gets away from where it began.
        #expect(songs.contains { min($0, 180 - $0) > 8 })
    }

    @Test func anArtistRests() {
        let songs = radio().prefix(60).map { artists[$0] }
        for i in songs.indices.dropFirst() {
            #expect(!songs[max(0, i - 4)..<i].contains(songs[i]))
        }
    }

    @Test func theSeedDecides() {
        #expect(Array(radio(seed: 1).prefix(20)) == Array(radio(seed: 1).prefix(20)))
        #expect(Array(radio(seed: 1).prefix(20)) != Array(radio(seed: 2).prefix(20)))
    }

    @Test func oneArtistOrNothingIsNoTrouble() {
        let same = Radio(
            items: circle, start: [1, 0],
            artists: circle.storage.indices.prefix(180).map { _ in "A" })
        #expect(Array(same.prefix(50)).count == 50)
        let none = Radio(
            items: circle, start: [1, 0], artists: artists, where: { _ in false })
        #expect(Array(none).isEmpty)
        let lost = Radio(items: circle, start: [.nan, 0], artists: artists)
        #expect(Array(lost).isEmpty)
    }
}
