import Foundation
import Testing

@testable import AudioNetwork

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct LossPictureTests {
    private func lines(_ losses: [EpochLoss], kept: Int) throws -> [String] {
        let text = EpochLoss.svg(losses, keptEpoch: kept)
        #expect(XMLParser(data: Data(text.utf8)).parse())
        return text.split(separator: "\n").map(String.init)
    }

    @Test func everyEpochHasItsPlace() throws {
        let losses = (1...3).map {
            EpochLoss(epoch: $0, train: 1 / Double($0), validation: $0 == 2 ? nil : 1)
        }
        let lines = try lines(losses, kept: 3)
        let curves = lines.filter { $0.contains("<polyline") }
        #expect(curves.count == 2)
        #expect(curves[0].contains("48.0,48.0 320.0,246.0 592.0,312.0"))
        #expect(curves[1].contains("48.0,48.0 592.0,48.0"))
        #expect(lines.contains { $0.contains("<circle cx=\"592.0\" cy=\"48.0\"") })
    }

    @Test func nothingAndNotANumberAreNoCurves() throws {
        #expect(try !lines([], kept: 0).contains { $0.contains("<polyline") })
        let broken = [EpochLoss(epoch: 1, train: .nan, validation: nil)]
        #expect(try !lines(broken, kept: 1).contains { $0.contains("nan") })
    }
}
