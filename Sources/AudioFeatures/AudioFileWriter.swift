import CFFmpeg
import Foundation

/// Writes mono audio as FLAC, WAV (16 bit) or Opus with tags, for composed songs, montages and tests.
public enum AudioFileWriter {
    /// Whether this FFmpeg can write Opus, which takes libopus.
    public static var canWriteOpus: Bool { avcodec_find_encoder_by_name("libopus") != nil }

    /// The format follows the path's extension, `.flac`, `.wav` or `.opus`. The file appears whole or not at all.
    /// - Parameters:
    ///   - samples: mono; what lies beyond ±1 is clipped.
    ///   - sampleRate: Hz; of Opus 48,000, 24,000, 16,000, 12,000 or 8,000.
    /// - Throws: ``AudioError/cannotWrite(path:reason:)``.
    public static func write(samples: [Float], sampleRate: Int, tags: AudioTags, to path: String)
        throws
    {
        coldwave_quiet()
        let file = URL(fileURLWithPath: path)
        let temporary = file.deletingLastPathComponent()
            .appendingPathComponent(".\(UUID().uuidString).\(file.pathExtension)").path
        do {
            let encoder = try AudioEncoder(path: temporary, sampleRate: sampleRate, tags: tags)
            try encoder.encode(samples)
        } catch let error as AudioEncoderFailure {
            unlink(temporary)
            throw AudioError.cannotWrite(path: path, reason: error.reason)
        }
        guard rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw AudioError.cannotWrite(path: path, reason: reason)
        }
    }
}

struct AudioEncoderFailure: Error { let reason: String }

/// FFmpeg's muxer and encoder for one file, and everything that must be freed again.
final class AudioEncoder {
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var encoder: UnsafeMutablePointer<AVCodecContext>?
    private var frame = av_frame_alloc()
    private var packet = av_packet_alloc()
    private var stream: UnsafeMutablePointer<AVStream>?

    init(path: String, sampleRate: Int, tags: AudioTags) throws {
        guard avformat_alloc_output_context2(&format, nil, nil, path) >= 0, let format else {
            throw AudioEncoderFailure(
                reason: "no format has this extension (use .flac, .wav or .opus)")
        }
        let id = format.pointee.oformat.pointee.audio_codec
        // FFmpeg's own Opus encoder is experimental and takes no 16-bit samples.
        let codec =
            id == AV_CODEC_ID_OPUS
            ? avcodec_find_encoder_by_name("libopus") : avcodec_find_encoder(id)
        encoder = avcodec_alloc_context3(codec)
        stream = avformat_new_stream(format, codec)
        guard let encoder, let stream else {
            throw AudioEncoderFailure(reason: "this FFmpeg has no such encoder")
        }
        encoder.pointee.sample_fmt = AV_SAMPLE_FMT_S16
        encoder.pointee.sample_rate = Int32(sampleRate)
        av_channel_layout_default(&encoder.pointee.ch_layout, 1)
        encoder.pointee.time_base = AVRational(num: 1, den: Int32(sampleRate))
        if format.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
            encoder.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_GLOBAL_HEADER))
        }
        guard avcodec_open2(encoder, codec, nil) >= 0,
            avcodec_parameters_from_context(stream.pointee.codecpar, encoder) >= 0
        else { throw AudioEncoderFailure(reason: "the encoder refuses these settings") }
        for (key, value) in Self.entries(tags) {
            av_dict_set(&format.pointee.metadata, key, value, 0)
        }
        guard avio_open(&format.pointee.pb, path, AVIO_FLAG_WRITE) >= 0 else {
            throw AudioEncoderFailure(reason: "it cannot be created")
        }
        guard avformat_write_header(format, nil) >= 0 else {
            throw AudioEncoderFailure(reason: "the header failed")
        }
    }

    deinit {
        if let format { avio_closep(&format.pointee.pb) }
        avcodec_free_context(&encoder)
        av_frame_free(&frame)
        av_packet_free(&packet)
        avformat_free_context(format)
    }

    func encode(_ samples: [Float]) throws {
        guard let encoder, let frame, let format else { return }
        let size = encoder.pointee.frame_size > 0 ? Int(encoder.pointee.frame_size) : 4096
        var start = 0
        while start < samples.count {
            let count = min(size, samples.count - start)
            frame.pointee.nb_samples = Int32(count)
            frame.pointee.format = AV_SAMPLE_FMT_S16.rawValue
            frame.pointee.sample_rate = encoder.pointee.sample_rate
            av_channel_layout_default(&frame.pointee.ch_layout, 1)
            guard av_frame_get_buffer(frame, 0) >= 0 else {
                throw AudioEncoderFailure(reason: "out of memory")
            }
            frame.pointee.data.0!.withMemoryRebound(to: Int16.self, capacity: count) { out in
                for i in 0..<count {
                    let value = samples[start + i]
                    out[i] = Int16(max(-32768, min(32767, (value.isFinite ? value : 0) * 32767)))
                }
            }
            frame.pointee.pts = Int64(start)
            defer { av_frame_unref(frame) }
            try push(frame)
            start += count
        }
        try push(nil)
        guard av_write_trailer(format) >= 0 else {
            throw AudioEncoderFailure(reason: "writing the end failed")
        }
    }

    private func push(_ frame: UnsafeMutablePointer<AVFrame>?) throws {
        guard avcodec_send_frame(encoder, frame) >= 0 else {
            throw AudioEncoderFailure(reason: "encoding failed")
        }
        while true {
            let status = avcodec_receive_packet(encoder, packet)
            if status == coldwave_again || status == coldwave_end { return }
            guard status >= 0, let encoder, let stream else {
                throw AudioEncoderFailure(reason: "encoding failed")
            }
            av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
            packet?.pointee.stream_index = stream.pointee.index
            guard av_interleaved_write_frame(format, packet) >= 0 else {
                throw AudioEncoderFailure(reason: "writing failed; is the disk full?")
            }
        }
    }

    private static func entries(_ tags: AudioTags) -> [(String, String)] {
        let all: [(String, String?)] = [
            ("title", tags.title),
            ("artist", tags.artists.isEmpty ? nil : tags.artists.joined(separator: "; ")),
            ("album_artist", tags.albumArtist), ("album", tags.album),
            ("track", tags.trackNumber.map(String.init)),
            ("disc", tags.discNumber.map(String.init)), ("date", tags.year.map(String.init)),
            ("genre", tags.genres.isEmpty ? nil : tags.genres.joined(separator: "; ")),
            ("language", tags.languages.isEmpty ? nil : tags.languages.joined(separator: "; ")),
            ("MUSICBRAINZ_TRACKID", tags.recordingMBID), ("MUSICBRAINZ_ALBUMID", tags.releaseMBID),
            ("ISRC", tags.isrc), ("SPOTIFY_URI", tags.spotifyURI),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
    }
}
