import Foundation
import Matrices

/// A song under the microscope, as one page that needs nothing from outside.
public struct InspectionPage: Sendable {
    public struct Row: Sendable {
        public let name: String
        public let detail: String
        /// 0…1, drawn as a bar; nil for none.
        public let share: Double?
        /// What a click plays, an address, and from which second; nil for nothing.
        public let sound: Sound?

        public init(name: String, detail: String, share: Double? = nil, sound: Sound? = nil) {
            self.name = name
            self.detail = detail
            self.share = share
            self.sound = sound
        }
    }

    /// Something to play.
    public struct Sound: Sendable {
        public let path: String
        /// Seconds into the file.
        public let second: Double

        public init(path: String, second: Double) {
            self.path = path
            self.second = second
        }

        var url: String { URL(fileURLWithPath: path).absoluteString }
    }

    public struct Mark: Sendable {
        /// Seconds from the start of what was heard.
        public let second: Double
        public let name: String

        public init(second: Double, name: String) {
            self.second = second
            self.name = name
        }
    }

    public var title = ""
    /// What is known of the song, a line each.
    public var about: [String] = []
    /// Log-mel, `[frames, bands]`, and the bands' frequencies, Hz.
    public var spectrogram = Matrix(rows: 0, columns: 0)
    public var bands: [Double] = []
    public var frameSeconds = 0.0
    /// The song's own file; nil where there is nothing to play.
    public var path: String?
    /// Seconds into the file at each whole second of what was heard, the first one at 0.
    public var times: [Double] = [0]
    /// Windows: first second heard, and cosine of its prediction to the song's.
    public var windows: [(second: Double, agreement: Float)] = []
    public var windowSeconds = 0.0
    /// Share of the last convolution's units that peak in each of its steps.
    public var peaks: [Float] = []
    public var peakSeconds = 0.0
    public var marks: [Mark] = []
    public var near: [Row] = []
    public var units: [Row] = []
    /// Directions of length 1; the second is nil where there are no plays.
    public var fromSound: [Float] = []
    public var fromPlays: [Float]?

    public init() {}

    /// Seconds into the file of a moment heard.
    func time(_ heard: Double) -> Double {
        let whole = min(max(0, Int(heard)), times.count - 1)
        return times.isEmpty ? heard : times[whole] + heard - Double(whole)
    }

    var seconds: Double { max(Double(spectrogram.rows) * frameSeconds, windowSeconds) }

    public func draw() -> String {
        let lines = about.map { "<p>\(MapSVG.escaped($0))</p>" }.joined(separator: "\n")
        return PageStyle.head(title: MapSVG.escaped(title), style: Self.style) + """
            <header><h1>\(MapSVG.escaped(title))</h1>\(lines)</header>
            <h2>What is heard, and when</h2>
            <p class="note">Top: the log-mel spectrogram, low notes at the foot. Middle: each window of the network as a bar, the higher the more its prediction agrees with the whole song's (cosine). Foot: where the units of the last convolution peak, which is what the pooling's maximum goes by; \(marks.isEmpty ? "" : "ticks: the moments below.")</p>
            \(path == nil ? "" : "<p class=\"note\">A click on the spectrogram plays the song from there. \(Self.button("listen", path.map { Sound(path: $0, second: time(0)) }))</p>")
            <div class="card plot">\(InspectionPlot(page: self).timeline())</div>
            <div class="columns"><section><h2>Nearest songs</h2><div class="card">\(Self.table(near))</div></section>
            <section><h2>Units it excites like few other songs</h2><div class="card">\(Self.table(units))</div></section></div>
            <h2>Its factors</h2>
            <p class="note">\(fromPlays == nil ? "From its sound alone: nobody's plays place it yet." : "The direction in the taste space that its sound predicts (blue) beside the one its plays give (orange). Cosine \(String(format: "%.2f", cosine)).")</p>
            <div class="card plot">\(InspectionPlot(page: self).factors())</div>
            <audio id="audio"></audio>
            <script>const page = \(PageScript.json(Script(url: path.map { Sound(path: $0, second: 0).url }, times: times, left: InspectionPlot.left, width: InspectionPlot.width, seconds: seconds)));</script>
            <script>\(Self.script)</script></body></html>

            """
    }

    var cosine: Double {
        Double(zip(fromSound, fromPlays ?? []).reduce(Float(0)) { $0 + $1.0 * $1.1 })
    }

    /// What the script needs to know.
    private struct Script: Encodable {
        let url: String?
        let times: [Double]
        /// The plot's axis of time, in its units, and its seconds.
        let left: Double
        let width: Double
        let seconds: Double
    }

    private static func button(_ text: String, _ sound: Sound?) -> String {
        guard let sound else { return "<span>\(MapSVG.escaped(text))</span>" }
        return
            "<button data-url=\"\(MapSVG.escaped(sound.url))\" data-second=\"\(MapSVG.number(sound.second))\">\(MapSVG.escaped(text))</button>"
    }

    private static func table(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "<p class=\"none\">none</p>" }
        let lines = rows.map { row in
            let bar =
                row.share.map {
                    "<i style=\"width:\(Int(100 * min(1, max(0, $0))))%\"></i>"
                } ?? ""
            return
                "<li>\(button(row.name, row.sound))<em>\(MapSVG.escaped(row.detail))</em>\(bar)</li>"
        }
        return "<ul>\(lines.joined())</ul>"
    }

    static let style = """
        .plot{padding:14px;overflow-x:auto}.plot svg{display:block;width:100%;min-width:720px;height:auto}
        svg text{fill:var(--faint);font-size:11.5px}.axis{stroke:color-mix(in srgb,var(--ink) 14%,transparent)}
        .window{fill:var(--blue);fill-opacity:.75}.peak{fill:var(--green)}.mark{stroke:var(--orange);stroke-width:2}
        .sound{fill:var(--blue)}.plays{fill:var(--orange)}
        .columns{display:grid;grid-template-columns:1fr 1fr;gap:24px}.columns section{min-width:0}
        ul{list-style:none;margin:0;padding:6px 16px}li{position:relative;padding:8px 0 9px;border-bottom:1px solid color-mix(in srgb,var(--ink) 8%,transparent);display:flex;gap:12px;justify-content:space-between;align-items:baseline}
        li:last-child{border:0}li span{min-width:0}li em{font-style:normal;color:var(--faint);font-size:13px;flex:none;max-width:55%;text-align:right;font-variant-numeric:tabular-nums}
        li i{position:absolute;left:0;bottom:2px;height:3px;border-radius:2px;background:var(--blue);opacity:.8}
        button{border:0;background:none;padding:0;text-align:left;cursor:pointer;min-width:0}button:hover{color:var(--blue)}button::before{content:"▸ ";color:var(--faint)}button.on::before{content:"■ ";color:var(--orange)}
        .note button{text-decoration:underline}#timeline{cursor:pointer}#head{stroke:#fff;stroke-width:1.5;pointer-events:none;visibility:hidden}
        li{line-height:1.35}.none{padding:12px 16px;margin:0;color:var(--faint)}
        @media (max-width:760px){.columns{grid-template-columns:1fr;gap:0}}
        """

    static let script = """
        const audio = document.getElementById('audio'), head = document.getElementById('head'), plot = document.getElementById('timeline'); let on = null, own = false;
        function stop() { audio.pause(); if (on) on.classList.remove('on'); on = null; own = false; head.style.visibility = 'hidden'; }
        function play(url, second, button) {
          stop(); on = button; if (on) on.classList.add('on'); own = url === page.url; audio.src = url;
          audio.onloadedmetadata = () => { audio.currentTime = second; audio.play().catch(() => {}); if (own) follow(); };
        }
        // Where in what was heard a second of the file lies, and the other way round.
        const heard = s => { let i = page.times.findLastIndex(t => t <= s + 1e-6); return i < 0 ? -1 : i + s - page.times[i]; };
        const time = h => { const i = Math.min(Math.max(0, Math.floor(h)), page.times.length - 1); return page.times[i] + h - i; };
        function follow() {
          if (!own) return; const h = heard(audio.currentTime);
          if (h >= 0 && h <= page.seconds) { const x = page.left + page.width * h / page.seconds; head.setAttribute('x1', x); head.setAttribute('x2', x); head.style.visibility = 'visible'; } else head.style.visibility = 'hidden';
          requestAnimationFrame(follow);
        }
        audio.onended = audio.onerror = stop;
        for (const b of document.querySelectorAll('button[data-url]')) b.onclick = () => b === on ? stop() : play(b.dataset.url, +b.dataset.second, b);
        if (page.url) plot.onclick = e => { const box = plot.getBoundingClientRect(), h = ((e.clientX - box.left) * 1200 / box.width - page.left) / page.width * page.seconds; if (h >= 0 && h <= page.seconds) play(page.url, time(h), null); };
        addEventListener('keydown', e => { if (e.key === 'Escape') stop(); });
        """
}
