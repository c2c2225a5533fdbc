import Recommendation
import Testing

@Suite struct GroupScoresTests {
    @Test func oneMemberKeepsTheirScores() {
        #expect(GroupScores.blend([[3, 1, 2]]) == [3, 1, 2])
        #expect(GroupScores.blend([]).isEmpty)
    }

    @Test func aggregationsDoAsTheySay() {
        // The first song is one member's favourite and the other's last; the second suits both.
        let scores: [[Float]] = [[10, 6, 0, 1], [-4, 2, 3, -3]]
        func best(_ aggregation: GroupScores.Aggregation) -> Int? {
            let blend = GroupScores.blend(scores, by: aggregation)
            return blend.indices.max { blend[$0] < blend[$1] }
        }
        #expect(best(.mean) == 1 && best(.leastMisery) == 1 && best(.half) == 1)
        #expect(best(.mostPleasure) == 0)
        let turns = GroupScores.blend(scores, by: .turns)
        #expect(turns == [0, -1, 0, -2])
        let (mean, half) = (GroupScores.blend(scores), GroupScores.blend(scores, by: .half))
        let least = GroupScores.blend(scores, by: .leastMisery)
        for i in mean.indices { #expect(abs(half[i] - (mean[i] + least[i]) / 2) < 1e-6) }
    }

    /// A listener with a thousand times the plays decides no more than the other.
    @Test func scalesDoNotMatter() {
        let a: [Float] = [1, 2, 3, 5]
        let b: [Float] = [4, 1, 0, 2]
        let plain = GroupScores.blend([a, b])
        let scaled = GroupScores.blend([a.map { 1000 * $0 + 7 }, b])
        for i in plain.indices { #expect(abs(plain[i] - scaled[i]) < 1e-4) }
    }

    @Test func aMemberWithoutOpinionLeavesItToTheOther() {
        let blend = GroupScores.blend([[0, 0, 0], [1, 3, 2]])
        #expect(blend.indices.max { blend[$0] < blend[$1] } == 1)
    }
}
