import Testing
import Torch

@testable import AudioNetwork

struct LossMeterTests {
    func loss(_ value: Float) throws -> Tensor { try Tensor.from([value], shape: []) }

    @Test(arguments: [0.0, 1000]) func theMeanIsOverAllBatchesHoweverOftenItIsRead(seconds: Double)
        throws
    {
        var meter = LossMeter(
            device: "cpu", from: LossTotal(sum: 8, count: 4), secondsBetweenReads: seconds)
        #expect(try meter.add(loss(1), 2, isLast: false))
        #expect(meter.mean == (seconds == 0 ? 10.0 / 6 : 2))
        #expect(try meter.add(loss(4), 1, isLast: false))
        #expect(try meter.total() == LossTotal(sum: 14, count: 7))
        #expect(try meter.add(loss(2), 1, isLast: true))
        #expect(meter.mean == 2)
    }

    @Test func aLossThatIsNoNumberIsTold() throws {
        var meter = LossMeter(device: "cpu", secondsBetweenReads: 1000)
        #expect(try meter.add(loss(.nan), 1, isLast: false))
        #expect(try !meter.add(loss(1), 1, isLast: true))
    }
}
