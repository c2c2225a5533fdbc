import Evaluation
import Foundation
import Testing

@testable import Library

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct WarmingPictureTests {
    /// A report as `evaluate --json` writes it.
    func report(_ curves: [String: [Double]]) throws -> WarmingReport {
        let names = curves.keys.sorted()
        let levels = [0, 1, 10].enumerated().map { i, plays in
            let rows = names.map { name in
                let auc = curves[name]?[i] ?? 0
                return """
                    {"model": "\(name)", "map500": 0.1, "auc": \(auc), "ndcg10": 0.1, "ndcg20": 0.1, "recall20": 0.1, "recall50": 0.1,
                    "coverage": 1, "novelty": 1, "gini": 0, "longTail": 0, "ci95": {"auc": [\(auc - 0.01), \(auc + 0.01)]}}
                    """
            }
            return """
                {"plays": \(plays), "reaching": 5, "rows": [\(rows.joined(separator: ","))]}
                """
        }
        let text = """
            {"folds": 1, "songs": 5, "rankings": 9, "seconds": 1, "levels": [\(levels.joined(separator: ","))]}
            """
        return try JSONDecoder().decode(WarmingReport.self, from: Data(text.utf8))
    }

    @Test func everyModelHasACurveANameAndAnInterval() throws {
        let svg = try report([
            "blend": [0.6, 0.7, 0.8], "plays": [0.5, 0.65, 0.8], "sound": [0.6, 0.6, 0.6],
        ]).svg(title: "AUC of 5 songs")
        #expect(svg.components(separatedBy: "<polyline").count == 4)
        #expect(svg.components(separatedBy: "<polygon").count == 4)
        for name in ["blend", "plays", "sound", "AUC of 5 songs", "0.45", "0.85"] {
            #expect(svg.contains(">\(name)<"), "\(name)")
        }
        // Two curves end at the same place; their names do not.
        let places = svg.matches(of: /y="([0-9.]+)" text-anchor="start"><tspan/).compactMap {
            Double($0.1)
        }
        #expect(places.count == 3 && Set(places).count == 3)
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse())
    }
}
