import Evaluation
import Foundation
import Matrices

extension WarmingReport {
    /// AUC over plays shown, a curve a model with its 95 % intervals, as an SVG picture. Colours after Okabe & Ito, told apart by all eyes; the
    /// blend is the thick line.
    public func svg(title: String) -> String {
        let (width, height, left, right, top, bottom) = (720.0, 420.0, 64.0, 150.0, 48.0, 60.0)
        let models = levels.first?.rows.map(\.model) ?? []
        let colours = ["#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7", "#E69F00"]
        func interval(_ row: ModelRow) -> [Double] { row.ci95["auc"] ?? [row.auc, row.auc] }
        let values = levels.flatMap { $0.rows.flatMap(interval) }
        // Whole twentieths, so that the lines across have short names.
        let low = ((values.min() ?? 0.5) * 20).rounded(.down) / 20
        let high = max(low + 0.05, ((values.max() ?? 1) * 20).rounded(.up) / 20)
        func x(_ level: Int) -> Double {
            left + (width - left - right) * Double(level) / Double(max(1, levels.count - 1))
        }
        func y(_ auc: Double) -> Double {
            height - bottom - (height - top - bottom) * (auc - low) / (high - low)
        }
        func point(_ level: Int, _ auc: Double) -> String {
            String(format: "%.1f,%.1f", x(level), y(auc))
        }
        func text(_ x: Double, _ y: Double, _ anchor: String, _ words: String) -> String {
            String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"", x, y)
                + "\(anchor)\">\(words)</text>\n"
        }
        var picture = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>

            """
        for step in 0...Int(((high - low) * 20).rounded()) {
            let auc = low + Double(step) / 20
            picture += String(
                format: "<path d=\"M %.1f %.1f H %.1f\" stroke=\"#dddddd\"/>\n", left, y(auc),
                width - right)
            picture += text(left - 8, y(auc) + 4, "end", String(format: "%.2f", auc))
        }
        for (i, level) in levels.enumerated() {
            picture += text(x(i), height - bottom + 20, "middle", "\(level.plays)")
        }
        var ends: [(String, String, Double)] = []
        for (m, model) in models.enumerated() {
            let colour = colours[m % colours.count]
            let rows = levels.compactMap { $0.rows.first { $0.model == model } }
            guard rows.count == levels.count, let last = rows.last else { continue }
            let band =
                rows.indices.map { point($0, interval(rows[$0])[0]) }
                + rows.indices.reversed().map { point($0, interval(rows[$0])[1]) }
            let line = rows.indices.map { point($0, rows[$0].auc) }
            picture +=
                "<polygon points=\"\(band.joined(separator: " "))\" fill=\"\(colour)\" opacity=\"0.15\"/>\n"
                + "<polyline points=\"\(line.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" "
                + "stroke-width=\"\(model.hasPrefix("blend") ? 3 : 2)\"/>\n"
            ends.append((model, colour, y(last.auc)))
        }
        // Names beside the curves' ends, lower where they would lie on each other.
        var free = -Double.infinity
        for (model, colour, end) in ends.sorted(by: { $0.2 < $1.2 }) {
            let place = max(end, free)
            free = place + 16
            picture += text(
                width - right + 10, place + 4, "start", "<tspan fill=\"\(colour)\">\(model)</tspan>"
            )
        }
        picture += text((left + width - right) / 2, height - 16, "middle", "plays shown of a song")
        picture += text(left, top - 20, "start", title)
        return picture + "</svg>\n"
    }

    /// - Throws: what keeps the file from being written.
    public func writeSVG(title: String, to url: URL) throws {
        try AtomicFile.write(Data(svg(title: title).utf8), to: url)
    }
}
