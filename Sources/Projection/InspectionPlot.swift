import Foundation

/// The pictures of an ``InspectionPage``, as SVG inside the page: its colours are the page's.
struct InspectionPlot {
    let page: InspectionPage
    static let left = 52.0
    static let width = 1130.0
    private let left = Self.left
    private let width = Self.width

    private func x(_ second: Double) -> String {
        MapSVG.number(left + width * second / max(page.seconds, 1e-9))
    }

    private func clock(_ second: Double) -> String {
        let whole = Int(second.rounded())
        return String(format: "%d:%02d", whole / 60, whole % 60)
    }

    /// Spectrogram, windows and peaks over one axis of time.
    func timeline() -> String {
        let (top, tall) = (12.0, 220.0)
        let (windowTop, windowTall) = (top + tall + 26, 90.0)
        let (peakTop, peakTall) = (windowTop + windowTall + 16, 54.0)
        let foot = peakTop + peakTall
        var lines = [
            #"<svg id="timeline" viewBox="0 0 1200 \#(Int(foot + 30))" role="img" aria-label="spectrogram, agreement of the windows and peaks over time">"#
        ]
        if page.spectrogram.rows > 0 {
            let png = SpectrogramStrip.png(
                page.spectrogram, frames: 0..<page.spectrogram.rows, width: 1130, height: 128)
            let shown = width * Double(page.spectrogram.rows) * page.frameSeconds / page.seconds
            lines.append(
                #"<image x="\#(left)" y="\#(top)" width="\#(MapSVG.number(shown))" height="\#(tall)" preserveAspectRatio="none" href="data:image/png;base64,\#(png.base64EncodedString())"/>"#
            )
        }
        for hertz in [200.0, 1000, 3000, 8000] {
            guard let above = page.bands.firstIndex(where: { $0 >= hertz }) else { continue }
            let y = top + tall * (1 - (Double(above) + 0.5) / Double(page.bands.count))
            lines.append(label(left - 6, y, hertz >= 1000 ? "\(Int(hertz / 1000)) kHz" : "200 Hz"))
        }
        // Cosines −1…1: most lie near 1, and the axis begins where the least needs it to.
        let least = page.windows.map { Double($0.agreement) }.min() ?? 0
        let floor = [0.99, 0.9, 0.5].first { $0 <= least } ?? 0
        func height(_ cosine: Double) -> Double {
            windowTop + windowTall * (1 - max(0, (cosine - floor) / (1 - floor)))
        }
        for cosine in [floor, (1 + floor) / 2, 1] {
            let y = height(cosine)
            lines.append(
                #"<path class="axis" d="M\#(left) \#(MapSVG.number(y))h\#(width)"/>"#
                    + label(left - 6, y, String(format: "%.3g", cosine)))
        }
        for window in page.windows {
            let end = min(page.seconds, window.second + page.windowSeconds)
            let y = height(Double(window.agreement)) - 2
            lines.append(
                #"<rect class="window" x="\#(x(window.second))" y="\#(MapSVG.number(y))" width="\#(MapSVG.number(width * (end - window.second) / page.seconds))" height="4" rx="2"><title>\#(clock(page.time(window.second))): cosine \#(String(format: "%.2f", window.agreement))</title></rect>"#
            )
        }
        lines += peaks(top: peakTop, tall: peakTall)
        for mark in page.marks {
            lines.append(
                #"<path class="mark" d="M\#(x(mark.second)) \#(MapSVG.number(top + tall + 3))v9"><title>\#(MapSVG.escaped(mark.name))</title></path>"#
            )
        }
        let step = [1.0, 2, 5, 10, 30, 60, 120].first { page.seconds / $0 <= 12 } ?? 300
        for second in stride(from: 0, through: page.seconds, by: step) {
            lines.append(
                #"<text x="\#(x(second))" y="\#(MapSVG.number(foot + 20))" text-anchor="middle">\#(clock(page.time(second)))</text>"#
            )
        }
        lines.append(
            #"<line id="head" x1="\#(left)" x2="\#(left)" y1="\#(top)" y2="\#(MapSVG.number(foot))"/>"#
        )
        return lines.joined(separator: "\n") + "</svg>"
    }

    /// Peaks in bars of at least two pixels.
    private func peaks(top: Double, tall: Double) -> [String] {
        let count = min(page.peaks.count, 280)
        guard count > 0 else { return [] }
        var bars = [Float](repeating: 0, count: count)
        for (i, share) in page.peaks.enumerated() { bars[i * count / page.peaks.count] += share }
        let most = Double(max(bars.max() ?? 0, .leastNormalMagnitude))
        let seconds = page.peakSeconds * Double(page.peaks.count) / Double(count)
        return [label(left - 6, top + 6, String(format: "%.0f %%", 100 * most))]
            + bars.enumerated().filter { $0.element > 0 }.map { i, share in
                let height = tall * Double(share) / most
                return
                    #"<rect class="peak" x="\#(x(Double(i) * seconds))" y="\#(MapSVG.number(top + tall - height))" width="\#(MapSVG.number(max(1.5, width * seconds / page.seconds - 1)))" height="\#(MapSVG.number(height))"/>"#
            } + [
                #"<path class="axis" d="M\#(left) \#(MapSVG.number(top + tall))h\#(width)"/>"#
            ]
    }

    private func label(_ x: Double, _ y: Double, _ text: String) -> String {
        #"<text x="\#(MapSVG.number(x))" y="\#(MapSVG.number(y))" text-anchor="end" dominant-baseline="central">\#(text)</text>"#
    }

    /// Two bars a factor: from sound, from plays.
    func factors() -> String {
        let (middle, tall) = (90.0, 80.0)
        let count = max(1, page.fromSound.count)
        let most = Double(
            max((page.fromSound + (page.fromPlays ?? [])).map(abs).max() ?? 0, 1e-6))
        let pitch = width / Double(count)
        let bar = pitch * (page.fromPlays == nil ? 0.7 : 0.38)
        var lines = [
            #"<svg viewBox="0 0 1200 200" role="img" aria-label="factors from sound and from plays"><path class="axis" d="M\#(left) \#(middle)h\#(width)"/>"#
        ]
        for (kind, values, shift) in [
            ("sound", page.fromSound, 0.0), ("plays", page.fromPlays ?? [], bar),
        ] {
            for (i, value) in values.enumerated() {
                let height = tall * abs(Double(value)) / most
                lines.append(
                    #"<rect class="\#(kind)" x="\#(MapSVG.number(left + Double(i) * pitch + shift))" y="\#(MapSVG.number(value > 0 ? middle - height : middle))" width="\#(MapSVG.number(bar))" height="\#(MapSVG.number(height))" rx="1"><title>factor \#(i), from \#(kind): \#(String(format: "%.2f", value))</title></rect>"#
                )
            }
        }
        for i in stride(from: 0, to: count, by: 5) {
            lines.append(
                #"<text x="\#(MapSVG.number(left + (Double(i) + 0.4) * pitch))" y="192" text-anchor="middle">\#(i)</text>"#
            )
        }
        lines.append(
            label(left - 6, middle - tall, String(format: "%.2f", most))
                + label(left - 6, middle + tall, String(format: "−%.2f", most)))
        return lines.joined(separator: "\n") + "</svg>"
    }
}
