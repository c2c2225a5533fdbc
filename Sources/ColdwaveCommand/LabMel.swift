import ArgumentParser
import AudioFeatures
import Foundation
import Matrices

extension MelConfiguration.Scale: ExpressibleByArgument {}
extension MelConfiguration.Norm: ExpressibleByArgument {}
extension LogCompression: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}

struct LabMel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mel",
        abstract: "The mel-spectrogram of a file or of samples, float32 [frames, bands].",
        discussion:
            "Equal to librosa.feature.melspectrogram(center=True) on the same samples, transposed.")

    @Argument(help: "IN.audio OUT.npy, or with --samples only OUT.npy.")
    var files: [String]

    @Option(help: "Mono float32 samples (.npy) instead of an audio file.")
    var samples: String?

    @Option(help: "Also write the samples that were heard (.npy).")
    var samplesOut: String?

    @Option(help: "Hz.") var sampleRate = 22050
    @Option(help: "Samples a frame; a power of two.") var fft = 1024
    @Option(help: "Samples between frames.") var hop = 512
    @Option(help: "Mel bands.") var bands = 128
    @Option(help: "2 for power, 1 for magnitude.") var power = 2
    @Option(help: "slaney or htk.") var scale = MelConfiguration.Scale.slaney
    @Option(help: "slaney or none.") var norm = MelConfiguration.Norm.slaney
    @Option(help: "none, log1p:C or db.") var log = LogCompression.none
    @Option(help: "Threads.") var threads = Parallel.defaultThreads
    @Option(help: "Compute so many times and report the median time.") var repeats = 1
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard repeats >= 1 else { throw ValidationError("--repeats must be at least 1.") }
        guard files.count == (samples == nil ? 2 : 1) else {
            throw ValidationError("Give IN.audio OUT.npy, or --samples IN.npy OUT.npy.")
        }
    }

    func run() throws {
        var configuration = MelConfiguration()
        configuration.sampleRate = sampleRate
        configuration.fftSize = fft
        configuration.hopLength = hop
        configuration.melBands = bands
        configuration.power = power
        configuration.scale = scale
        configuration.norm = norm
        let mel = try MelSpectrogram(configuration)
        let started = Date()
        let mono: [Float]
        if let samples {
            mono = try ArrayFile.readVector(URL(fileURLWithPath: samples))
        } else {
            do {
                mono = try AudioDecoder(sampleRate: sampleRate, excerpt: .everything).decode(
                    path: files[0]
                ).samples
            } catch let error as AudioError {
                throw FileFailure(path: files[0], reason: error.description)
            }
        }
        let decoded = Date()
        var result = Matrix(rows: 0, columns: bands)
        var times: [Double] = []
        for _ in 0..<repeats {
            let start = Date()
            result = log.apply(mel.transform(mono, threads: threads))
            times.append(Date().timeIntervalSince(start))
        }
        if let samplesOut {
            try ArrayFile.write(mono, to: URL(fileURLWithPath: samplesOut))
        }
        try ArrayFile.write(result, to: URL(fileURLWithPath: files[files.count - 1]))
        struct Report: Encodable {
            let frames: Int
            let bands: Int
            let decodeSeconds: Double
            let melSeconds: Double
        }
        let report = Report(
            frames: result.rows, bands: result.columns,
            decodeSeconds: decoded.timeIntervalSince(started),
            melSeconds: times.sorted()[times.count / 2])
        try output.print(report) {
            "[\(report.frames), \(report.bands)] → \(files[files.count - 1])"
        }
    }
}
