import Foundation
import Matrices
import Recommendation
import Testing

/// Songs on a half circle, one every degree.
private let halfCircle = Matrix(
    rows: 181, columns: 2,
    storage: (0...180).flatMap { (degree: Int) -> [Float] in
        let angle = Double(degree) * Double.pi / 180
        return [Float(cos(angle)), Float(sin(angle))]
    })

@Suite struct SongPathTests {
    @Test func stepsAlongTheArcEvenly() {
        #expect(
            SongPath.between(0, 90, count: 7, items: halfCircle) == [0, 15, 30, 45, 60, 75, 90])
        #expect(SongPath.between(90, 0, count: 4, items: halfCircle) == [90, 60, 30, 0])
    }

    @Test func neverRepeatsASong() {
        let path = SongPath.between(10, 12, count: 20, items: halfCircle)
        #expect(path.count == 20 && Set(path).count == 20)
        #expect(path.first == 10 && path.last == 12)
    }

    @Test func stopsWhenSongsRunOut() {
        let items = halfCircle.selectingRows([0, 45, 90])
        #expect(SongPath.between(0, 2, count: 10, items: items) == [0, 1, 2])
    }

    @Test func edgesOfTheInput() {
        #expect(SongPath.between(5, 5, count: 10, items: halfCircle) == [5])
        #expect(SongPath.between(5, 9, count: 2, items: halfCircle) == [5, 9])
        #expect(SongPath.between(5, 9, count: 1, items: halfCircle) == [5])
        // Opposite directions: no arc is the shortest, but the path still has its length and ends.
        let path = SongPath.between(0, 180, count: 5, items: halfCircle)
        #expect(path.count == 5 && path.first == 0 && path.last == 180)
    }
}

@Suite struct PlaylistOrderTests {
    @Test func putsAShuffledArcInOrder() {
        var generator = SeededGenerator(seed: 1)
        let shuffled: [Int] = [0] + Array(1...60).shuffled(using: &generator)
        let order = PlaylistOrder.flow(halfCircle.selectingRows(shuffled)).map { shuffled[$0] }
        #expect(order == Array(0...60))
    }

    @Test func isAPermutationAndShorterThanTheInput() {
        var generator = SeededGenerator(seed: 2)
        let items = Matrix(
            rows: 40, columns: 8, storage: (0..<320).map { _ in Float(generator.normal()) }
        ).unitRows()
        func length(_ order: [Int]) -> Float {
            zip(order, order.dropFirst()).reduce(0) {
                $0 + 1 - dot(items.row($1.0), items.row($1.1))
            }
        }
        let order = PlaylistOrder.flow(items)
        #expect(order.sorted() == Array(0..<40))
        #expect(length(order) < 0.8 * length(Array(0..<40)))
        #expect(order == PlaylistOrder.flow(items))
    }

    @Test func smallSetsStayAsTheyAre() {
        for rows in 0...2 {
            let order = PlaylistOrder.flow(Matrix(rows: rows, columns: 3, repeating: 1))
            #expect(order == Array(0..<rows))
        }
        #expect(PlaylistOrder.flow(Matrix(rows: 5, columns: 3)).sorted() == Array(0..<5))
    }
}

@Suite struct MoodQueryTests {
    @Test func pullsTowardsPlusAndAwayFromMinus() throws {
        let near = MoodQuery(plus: [40, 50]).nearest(in: halfCircle, count: 3)
        #expect(near.map(\.index).sorted() == [44, 45, 46])
        let pushed = try #require(MoodQuery(plus: [60], minus: [90]).direction(in: halfCircle))
        #expect(dot(pushed[...], halfCircle.row(0)) > dot(halfCircle.row(60), halfCircle.row(0)))
    }

    @Test func givesNothingWhenNothingIsLeft() {
        #expect(MoodQuery(plus: [4], minus: [4]).direction(in: halfCircle) == nil)
        #expect(MoodQuery(plus: []).nearest(in: halfCircle, count: 3).isEmpty)
        #expect(MoodQuery(plus: [999]).direction(in: halfCircle) == nil)
        #expect(
            MoodQuery(plus: [0]).direction(in: Matrix(rows: 1, columns: 2, repeating: .nan)) == nil)
    }
}
