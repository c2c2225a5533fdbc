import Foundation
import Matrices

extension EpochLoss {
    /// The losses over the epochs as an SVG picture: training's as a solid line, validation's dashed. A dot marks the epoch that was kept.
    public static func writeSVG(_ losses: [EpochLoss], keptEpoch: Int, to url: URL) throws {
        try AtomicFile.write(Data(svg(losses, keptEpoch: keptEpoch).utf8), to: url)
    }

    static func svg(_ losses: [EpochLoss], keptEpoch: Int) -> String {
        let (width, height, margin) = (640.0, 360.0, 48.0)
        let values = losses.flatMap { [$0.train] + ($0.validation.map { [$0] } ?? []) }.filter(
            \.isFinite)
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let last = losses.map(\.epoch).max() ?? 1
        func x(_ epoch: Int) -> Double {
            margin + (width - 2 * margin) * Double(epoch - 1) / Double(max(1, last - 1))
        }
        func y(_ loss: Double) -> Double {
            height - margin - (height - 2 * margin) * (loss - low) / max(high - low, 1e-12)
        }
        func line(_ loss: (EpochLoss) -> Double?, _ style: String) -> String {
            let points = losses.compactMap { epoch in
                loss(epoch).flatMap {
                    $0.isFinite ? String(format: "%.1f,%.1f", x(epoch.epoch), y($0)) : nil
                }
            }
            return points.isEmpty
                ? ""
                : "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke-width=\"2\" \(style)/>\n"
        }
        func text(_ x: Double, _ y: Double, _ anchor: String, _ words: String) -> String {
            String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"", x, y)
                + "\(anchor)\">\(words)</text>\n"
        }
        var picture = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <path d="M \(margin) \(margin) V \(height - margin) H \(width - margin)" fill="none" stroke="black"/>

            """
        picture += line(\.train, "stroke=\"#1f5fa8\"")
        picture += line(\.validation, "stroke=\"#c2410c\" stroke-dasharray=\"6 4\"")
        if let kept = losses.first(where: { $0.epoch == keptEpoch }),
            case let loss = kept.validation ?? kept.train, loss.isFinite
        {
            picture += String(
                format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", x(kept.epoch), y(loss))
        }
        picture += text(margin - 6, y(high) + 4, "end", String(format: "%.3f", high))
        picture += text(margin - 6, y(low) + 4, "end", String(format: "%.3f", low))
        picture += text(x(1), height - margin + 18, "middle", "1")
        if last > 1 { picture += text(x(last), height - margin + 18, "middle", "\(last)") }
        picture += text(width / 2, height - 12, "middle", "epoch")
        let legend =
            losses.contains { $0.validation != nil }
            ? "loss: training (line), validation (dashed)" : "loss in training"
        picture += text(width / 2, margin - 16, "middle", legend)
        return picture + "</svg>\n"
    }
}
