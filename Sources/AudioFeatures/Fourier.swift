import Foundation

/// The discrete Fourier transform of a power of two, for measures of a stretch or two; ``MelSpectrogram`` has a faster one of its own.
struct Fourier: Sendable {
    let size: Int
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]

    /// - Parameter size: a power of two.
    init(size: Int) {
        self.size = size
        cosines = (0..<size / 2).map { cos(2 * .pi * Double($0) / Double(size)) }
        sines = (0..<size / 2).map { -sin(2 * .pi * Double($0) / Double(size)) }
        var reversed = [Int](repeating: 0, count: size)
        for i in 1..<max(2, size) where i < size {
            reversed[i] = reversed[i / 2] / 2 + (i % 2 == 1 ? size / 2 : 0)
        }
        self.reversed = reversed
    }

    /// `|X_k|²` for k = 0 … size / 2 of real values, zeros after their end.
    func power(_ values: [Double]) -> [Double] {
        var real = values + [Double](repeating: 0, count: size - values.count)
        var imaginary = [Double](repeating: 0, count: size)
        transform(&real, &imaginary)
        return (0...size / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }

    /// What has this power, `[size / 2 + 1]`, times itself shifted by 0 ..< lags samples, summed (Wiener–Khinchin).
    func autocorrelation(_ power: [Double], lags: Int) -> [Double] {
        var real = power + power.dropFirst().dropLast().reversed()
        var imaginary = [Double](repeating: 0, count: size)
        transform(&real, &imaginary)
        return real.prefix(lags).map { $0 / Double(size) }
    }

    /// Cooley & Tukey 1965, in place, decimation in time.
    private func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
        for i in 0..<size where i < reversed[i] {
            real.swapAt(i, reversed[i])
            imaginary.swapAt(i, reversed[i])
        }
        var half = 1
        while half < size {
            let stride = size / (2 * half)
            for start in Swift.stride(from: 0, to: size, by: 2 * half) {
                for k in 0..<half {
                    let (c, s) = (cosines[k * stride], sines[k * stride])
                    let (a, b) = (start + k, start + k + half)
                    let r = c * real[b] - s * imaginary[b]
                    let i = c * imaginary[b] + s * real[b]
                    (real[b], imaginary[b]) = (real[a] - r, imaginary[a] - i)
                    real[a] += r
                    imaginary[a] += i
                }
            }
            half *= 2
        }
    }
}
