import CFFmpeg
import Foundation

/// One open audio file: FFmpeg's demuxer and decoder, and everything that must be freed again.
final class AudioStream {
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var decoder: UnsafeMutablePointer<AVCodecContext>?
    private var packet = av_packet_alloc()
    private var frame = av_frame_alloc()
    private var resampler: OpaquePointer?
    private let index: Int32
    private let timeBase: Double
    let codecName: String
    let channels: Int
    let sourceSampleRate: Int
    /// Nil when the file does not say.
    let durationSeconds: Double?
    let tags: AudioTags
    let hasCover: Bool

    /// What the container says; the hash, the warnings and what was heard are not known yet.
    var info: AudioInfo {
        var info = AudioInfo()
        info.durationSeconds = durationSeconds ?? 0
        info.tags = tags
        info.codec = codecName
        info.channels = channels
        info.sourceSampleRate = sourceSampleRate
        info.hasCover = hasCover
        return info
    }

    static var libraryVersion: String { String(cString: av_version_info()) }

    /// FFmpeg says nothing on standard error from now on.
    static func silenceLibrary() { coldwave_quiet() }

    init(path: String) throws {
        var opened: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_open_input(&opened, "file:" + path, nil, nil)
        guard status == 0, let opened else {
            throw AudioError.cannotOpen(reason: Self.describe(status))
        }
        format = opened
        var failure: AudioError?
        var found: Int32 = -1
        var codec: UnsafePointer<AVCodec>?
        if avformat_find_stream_info(opened, nil) < 0 {
            failure = .cannotOpen(reason: "its streams cannot be told apart")
        } else {
            found = av_find_best_stream(opened, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0)
        }
        guard failure == nil, found >= 0, let stream = opened.pointee.streams[Int(found)], let codec
        else {
            avformat_close_input(&format)
            av_packet_free(&packet)
            av_frame_free(&frame)
            throw failure
                ?? (found == coldwave_no_decoder
                    ? .unknownCodec(name: "an unknown format") : .noAudio)
        }
        index = found
        let parameters = stream.pointee.codecpar.pointee
        timeBase =
            Double(stream.pointee.time_base.num) / Double(max(1, stream.pointee.time_base.den))
        codecName = String(cString: codec.pointee.name)
        channels = Int(parameters.ch_layout.nb_channels)
        sourceSampleRate = Int(parameters.sample_rate)
        if stream.pointee.duration > 0 {
            durationSeconds = Double(stream.pointee.duration) * timeBase
        } else if opened.pointee.duration > 0 {
            durationSeconds = Double(opened.pointee.duration) / Double(AV_TIME_BASE)
        } else {
            durationSeconds = nil
        }
        // FFmpeg reads tags of every container, but not MP3's recording MBIDs, nor the second of two artists. Ogg keeps tags on the
        // stream, most others on the container. A stream's language is what the muxer wrote, mostly "eng" whatever is sung.
        tags = AudioTags(
            AudioTags.entries(path: path),
            Self.entries(opened.pointee.metadata)
                + Self.entries(stream.pointee.metadata).filter {
                    $0.key.lowercased() != "language"
                })
        hasCover = (0..<Int(opened.pointee.nb_streams)).contains {
            (opened.pointee.streams[$0]?.pointee.disposition ?? 0) & AV_DISPOSITION_ATTACHED_PIC
                != 0
        }
        // Cover art and other streams are dropped as early as possible.
        for other in 0..<Int(opened.pointee.nb_streams) where other != Int(found) {
            opened.pointee.streams[other]?.pointee.discard = AVDISCARD_ALL
        }
        decoder = avcodec_alloc_context3(codec)
        decoder?.pointee.thread_count = 1
        guard avcodec_parameters_to_context(decoder, stream.pointee.codecpar) >= 0,
            avcodec_open2(decoder, codec, nil) >= 0
        else {
            avcodec_free_context(&decoder)
            avformat_close_input(&format)
            av_packet_free(&packet)
            av_frame_free(&frame)
            throw AudioError.unknownCodec(name: codecName)
        }
        decoder?.pointee.pkt_timebase = stream.pointee.time_base
    }

    deinit {
        swr_free(&resampler)
        avcodec_free_context(&decoder)
        avformat_close_input(&format)
        av_packet_free(&packet)
        av_frame_free(&frame)
    }

    /// Reads the file forwards once: every packet goes into the hash (up to `hashing` bytes), those near the span are
    /// decoded. Memory does not grow with the file's length; what lies far ahead is jumped to once the hash is done.
    /// - Parameter wanted: nil to hash alone.
    func read(_ wanted: Span?, sampleRate: Int, hashing: Int = 0) throws -> Heard {
        var heard = Heard()
        var hash = PacketHash()
        let span = wanted ?? Span(start: .infinity, seconds: 0)
        var reader = SpanReader(span: span, sampleRate: sampleRate)
        var mayJump = wanted != nil
        var damaged = 0
        let first = format?.pointee.streams[Int(index)]?.pointee.start_time ?? coldwave_no_time
        let origin = first == coldwave_no_time ? 0 : Double(first) * timeBase
        while true {
            let status = av_read_frame(format, packet)
            if status == coldwave_again { continue }
            if status < 0 {
                if status != coldwave_end {
                    heard.warnings.append("reading stopped: \(Self.describe(status))")
                }
                break
            }
            defer { av_packet_unref(packet) }
            guard let current = packet?.pointee, current.stream_index == index else { continue }
            if hash.bytes < hashing, let data = current.data {
                hash.add(UnsafeBufferPointer(start: data, count: Int(current.size)))
            }
            if reader.isComplete || wanted == nil {
                if hash.bytes >= hashing { break }
                continue
            }
            let stamp = current.pts != coldwave_no_time ? current.pts : current.dts
            let time = stamp == coldwave_no_time ? nil : Double(stamp) * timeBase - origin
            // Decoders need a run-up (bit reservoir, overlap): one second.
            if let time, time < span.start - 1, !reader.hasStarted {
                if mayJump, hash.bytes >= hashing, span.start - time > 30 {
                    mayJump = false
                    jump(to: span.start - 2 + origin)
                }
                continue
            }
            if avcodec_send_packet(decoder, packet) < 0 { damaged += 1 }
            damaged += drain(&reader, origin: origin, fallback: time)
        }
        if !reader.isComplete, wanted != nil {
            avcodec_send_packet(decoder, nil)
            damaged += drain(&reader, origin: origin, fallback: nil)
            flushResampler(&reader)
        }
        if damaged > 0 { heard.warnings.append("\(damaged) damaged packets") }
        heard.samples = reader.result()
        heard.hash = hash.hex(codec: codecName)
        return heard
    }

    /// Where the file cannot be jumped in, reading simply goes on.
    private func jump(to seconds: Double) {
        _ = av_seek_frame(format, index, Int64(seconds / timeBase), AVSEEK_FLAG_BACKWARD)
    }

    /// Takes decoded frames until the decoder wants more; gives the number of errors.
    private func drain(_ reader: inout SpanReader, origin: Double, fallback: Double?) -> Int {
        guard let frame else { return 0 }
        while true {
            let status = avcodec_receive_frame(decoder, frame)
            if status == coldwave_again || status == coldwave_end { return 0 }
            if status < 0 { return 1 }
            defer { av_frame_unref(frame) }
            guard frame.pointee.nb_samples > 0, frame.pointee.sample_rate > 0 else { continue }
            if !reader.hasStarted {
                let stamp = frame.pointee.best_effort_timestamp
                reader.begin(
                    at: stamp == coldwave_no_time
                        ? fallback ?? 0 : Double(stamp) * timeBase - origin)
            }
            if resampler == nil || !reader.fits(frame) {
                flushResampler(&reader)
                swr_free(&resampler)
                resampler = coldwave_resampler(frame, Int32(reader.sampleRate))
                reader.remember(frame)
            }
            guard let resampler else { return 1 }
            let capacity = Int(swr_get_out_samples(resampler, frame.pointee.nb_samples)) + 32
            reader.append(capacity: capacity) { coldwave_resample(resampler, frame, $0, Int32($1)) }
        }
    }

    private func flushResampler(_ reader: inout SpanReader) {
        guard let resampler else { return }
        let capacity = Int(swr_get_out_samples(resampler, 0)) + 32
        reader.append(capacity: capacity) { coldwave_resample(resampler, nil, $0, Int32($1)) }
    }

    private static func entries(_ dictionary: OpaquePointer?) -> [AudioTags.Entry] {
        var entries: [AudioTags.Entry] = []
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while true {
            entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)
            guard let entry, let key = entry.pointee.key, let value = entry.pointee.value else {
                return entries
            }
            entries.append((String(cString: key), String(cString: value)))
        }
    }

    private static func describe(_ status: Int32) -> String {
        var text = [CChar](repeating: 0, count: 256)
        coldwave_describe(status, &text, text.count)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
