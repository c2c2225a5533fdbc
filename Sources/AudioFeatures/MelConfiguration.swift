import Foundation

/// How a mel-spectrogram is made; names and meaning as in `librosa.feature.melspectrogram(center=True)`.
public struct MelConfiguration: Codable, Equatable, Sendable {
    /// How frequencies map to mels: Slaney's (linear below 1 kHz, librosa's default) or HTK's.
    public enum Scale: String, Codable, CaseIterable, Sendable { case slaney, htk }
    /// Slaney's norm gives every band the same area; none leaves the triangles' peaks at 1.
    public enum Norm: String, Codable, CaseIterable, Sendable { case slaney, none }

    /// Hz.
    public var sampleRate = 22050
    /// Samples of a frame; a power of two, 16…65,536.
    public var fftSize = 1024
    /// Samples between frames: 110 at 22.05 kHz is 4.99 ms.
    public var hopLength = 110
    public var melBands = 128
    /// 2 for power, 1 for magnitude.
    public var power = 2
    public var scale = Scale.slaney
    public var norm = Norm.slaney
    /// Hz.
    public var lowFrequency = 0.0
    /// Hz; nil for half the sample rate.
    public var highFrequency: Double?

    public init() {}

    /// - Throws: ``AudioError/badConfiguration(reason:)``.
    func check() throws {
        func require(_ condition: Bool, _ reason: String) throws {
            if !condition { throw AudioError.badConfiguration(reason: reason) }
        }
        try require(
            sampleRate > 0 && sampleRate <= 768_000,
            "the sample rate must be 1…768000 Hz, got \(sampleRate)")
        try require(
            fftSize >= 16 && fftSize <= 65536 && fftSize & (fftSize - 1) == 0,
            "the FFT size must be a power of two, 16…65536, got \(fftSize)")
        try require(hopLength >= 1, "the hop must be at least 1 sample, got \(hopLength)")
        try require(
            melBands >= 1 && melBands <= 4096, "the number of bands must be 1…4096, got \(melBands)"
        )
        try require(power == 1 || power == 2, "the power must be 1 or 2, got \(power)")
        try require(
            lowFrequency >= 0 && lowFrequency < highFrequency ?? Double(sampleRate) / 2,
            "the lowest frequency must be below the highest")
    }

    /// The frequency each band is most sensitive to, Hz, ascending, `[bands]`.
    public var bandPeaks: [Double] { Array(edges().dropFirst().dropLast()) }

    /// Where the bands start, peak and end, Hz: band b spans `edges[b]…edges[b + 2]`, `[bands + 2]`.
    private func edges() -> [Double] {
        func toMel(_ hz: Double) -> Double {
            switch scale {
            case .htk: return 2595 * log10(1 + hz / 700)
            case .slaney: return hz < 1000 ? hz * 3 / 200 : 15 + log(hz / 1000) / (log(6.4) / 27)
            }
        }
        func toHertz(_ mel: Double) -> Double {
            switch scale {
            case .htk: return 700 * (pow(10, mel / 2595) - 1)
            case .slaney: return mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15))
            }
        }
        let low = toMel(lowFrequency)
        let high = toMel(highFrequency ?? Double(sampleRate) / 2)
        return (0..<melBands + 2).map {
            toHertz(low + (high - low) * Double($0) / Double(melBands + 1))
        }
    }

    /// Triangular filters over the spectrum's bins, `[bands][fftSize / 2 + 1]`, as `librosa.filters.mel`.
    func filters() -> [[Double]] {
        let edges = edges()
        return (0..<melBands).map { band in
            let (left, peak, right) = (edges[band], edges[band + 1], edges[band + 2])
            let scale = norm == .slaney ? 2 / (right - left) : 1
            return (0...fftSize / 2).map { bin in
                let hz = Double(bin) * Double(sampleRate) / Double(fftSize)
                return max(0, min((hz - left) / (peak - left), (right - hz) / (right - peak)))
                    * scale
            }
        }
    }

    /// A periodic Hann window, as SciPy's `get_window("hann", fftSize)`.
    func window() -> [Double] {
        (0..<fftSize).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(fftSize)) }
    }
}
