import CKernels
import Foundation
import Matrices

/// Mel-spectrograms by the fast kernel: equal to `librosa.feature.melspectrogram(center=True)`, transposed.
public struct MelSpectrogram: Sendable {
    public let configuration: MelConfiguration
    private let window: [Float]
    private let cosines: [Float]
    private let sines: [Float]
    private let halfCosines: [Float]
    private let halfSines: [Float]
    private let firstBins: [Int32]
    private let binCounts: [Int32]
    private let weights: [Float]

    /// - Throws: ``AudioError/badConfiguration(reason:)``.
    public init(_ configuration: MelConfiguration) throws {
        try configuration.check()
        self.configuration = configuration
        let half = configuration.fftSize / 2
        window = configuration.window().map(Float.init)
        cosines = (0..<half).map { Float(cos(2 * .pi * Double($0) / Double(half))) }
        sines = (0..<half).map { Float(-sin(2 * .pi * Double($0) / Double(half))) }
        halfCosines = (0...half).map { Float(cos(.pi * Double($0) / Double(half))) }
        halfSines = (0...half).map { Float(-sin(.pi * Double($0) / Double(half))) }
        var first: [Int32] = []
        var counts: [Int32] = []
        var all: [Float] = []
        for filter in configuration.filters() {
            let start = filter.firstIndex { $0 > 0 } ?? 0
            let end = (filter.lastIndex { $0 > 0 } ?? start - 1) + 1
            first.append(Int32(start))
            counts.append(Int32(end - start))
            all += filter[start..<end].map(Float.init)
        }
        firstBins = first
        binCounts = counts
        weights = all
    }

    /// Frames that a number of samples gives: `1 + samples / hop`.
    public func frameCount(samples: Int) -> Int {
        samples == 0 ? 0 : 1 + samples / configuration.hopLength
    }

    /// The mel-spectrogram of mono samples, `[frames, bands]`; frame `t` is centred on sample `t · hop`, with zeros before
    /// the start and after the end. No samples give no frames.
    public func transform(_ samples: [Float], threads: Int = 1) -> Matrix {
        let frames = frameCount(samples: samples.count)
        let (fft, hop, bands) = (
            configuration.fftSize, configuration.hopLength, configuration.melBands
        )
        var result = Matrix(rows: frames, columns: bands)
        guard frames > 0 else { return result }
        var padded = [Float](repeating: 0, count: samples.count + fft)
        padded.replaceSubrange(fft / 2..<fft / 2 + samples.count, with: samples)
        let lanes = Int(COLDWAVE_MEL_LANES)
        let blocks = (frames + lanes - 1) / lanes
        // Each piece of work is 64 blocks, so that scratch memory is made rarely.
        let pieces = (blocks + 63) / 64
        withPlan { plan in
            padded.withUnsafeBufferPointer { signal in
                result.storage.withUnsafeMutableBufferPointer { out in
                    let memory = MelMemory(plan: plan, signal: signal, out: out)
                    Parallel.forEach(pieces, threads: threads) { piece in
                        memory.withScratch { scratch in
                            for block in piece * 64..<min(blocks, (piece + 1) * 64) {
                                let frame = block * lanes
                                coldwave_mel_block(
                                    memory.plan, memory.signal.baseAddress! + frame * hop,
                                    Int32(min(lanes, frames - frame)), scratch,
                                    memory.out.baseAddress! + frame * bands)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func withPlan(_ body: (UnsafePointer<coldwave_mel_plan>) -> Void) {
        window.withUnsafeBufferPointer { window in
            cosines.withUnsafeBufferPointer { cosines in
                sines.withUnsafeBufferPointer { sines in
                    halfCosines.withUnsafeBufferPointer { halfCosines in
                        halfSines.withUnsafeBufferPointer { halfSines in
                            weights.withUnsafeBufferPointer { weights in
                                firstBins.withUnsafeBufferPointer { firstBins in
                                    binCounts.withUnsafeBufferPointer { binCounts in
                                        var plan = coldwave_mel_plan(
                                            fft: Int32(configuration.fftSize),
                                            hop: Int32(configuration.hopLength),
                                            bands: Int32(configuration.melBands),
                                            magnitude: configuration.power == 1 ? 1 : 0,
                                            window: window.baseAddress,
                                            cosines: cosines.baseAddress,
                                            sines: sines.baseAddress,
                                            half_cosines: halfCosines.baseAddress,
                                            half_sines: halfSines.baseAddress,
                                            first_bin: firstBins.baseAddress,
                                            bin_count: binCounts.baseAddress,
                                            weights: weights.baseAddress)
                                        body(&plan)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the threads of one transform share.
/// Sendable because plan and signal are only read, and every block writes rows of its own.
private struct MelMemory: @unchecked Sendable {
    let plan: UnsafePointer<coldwave_mel_plan>
    let signal: UnsafeBufferPointer<Float>
    let out: UnsafeMutableBufferPointer<Float>

    func withScratch(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: Int(coldwave_mel_scratch(plan)) * MemoryLayout<Float>.size, alignment: 64)
        defer { scratch.deallocate() }
        body(scratch.assumingMemoryBound(to: Float.self))
    }
}
