import CBzip2
import CLzma
import CZlib
import CZstd
import Foundation

@testable import ListeningHistory

/// Small files for tests, and what reading them gives.
enum Sample {
    struct Result {
        var plays: [Play] = []
        var feedback: [Feedback] = []
        var entries: [PlaylistEntry] = []
        var skips: [Skip] = []
        var rejected: [Rejection] = []
        var summary = ReadSummary()
        var lines: [Int] { rejected.map(\.line) }
    }

    /// A folder of its own for each file, so that files beside it are only those that a test puts there.
    static func read(
        _ data: Data, _ options: HistoryOptions = HistoryOptions(), name: String = "sample.txt",
        beside: [String: String] = [:]
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in beside {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        var result = Result()
        result.summary = try HistoryReader(file, options).read { item in
            switch item {
            case .play(let play): result.plays.append(play)
            case .feedback(let feedback): result.feedback.append(feedback)
            case .playlistEntry(let entry): result.entries.append(entry)
            case .skip(let skip): result.skips.append(skip)
            }
        } rejected: {
            result.rejected.append($0)
        }
        return result
    }

    static func read(
        _ text: String, listener: String? = nil, format: HistoryFormat? = nil,
        name: String = "sample.txt"
    ) throws -> Result {
        try read(
            Data(text.utf8), HistoryOptions(format: format, listener: listener), name: name)
    }

    // MARK: Packing

    static func deflated(_ data: Data, gzip: Bool) -> Data {
        var stream = z_stream()
        deflateInit2_(
            &stream, 6, Z_DEFLATED, gzip ? 31 : -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = [UInt8](data)
        var output = [UInt8](repeating: 0, count: input.count + input.count / 100 + 1000)
        let count = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                _ = deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        return Data(output[..<count])
    }

    static func gzip(_ text: String) -> Data { deflated(Data(text.utf8), gzip: true) }

    static func zstd(_ data: Data) -> Data {
        let input = [UInt8](data)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(input.count))
        let count = ZSTD_compress(&output, output.count, input, input.count, 3)
        return Data(output[..<count])
    }

    static func xz(_ data: Data) -> Data {
        let input = [UInt8](data)
        var output = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(input.count))
        var count = 0
        _ = lzma_easy_buffer_encode(
            6, LZMA_CHECK_CRC64, nil, input, input.count, &output, &count, output.count)
        return Data(output[..<count])
    }

    static func bzip2(_ data: Data) -> Data {
        var input = data.map { CChar(bitPattern: $0) }
        var count = UInt32(input.count + input.count / 50 + 1000)
        var output = [CChar](repeating: 0, count: Int(count))
        _ = BZ2_bzBuffToBuffCompress(&output, &count, &input, UInt32(input.count), 9, 0, 0)
        return Data(output[..<Int(count)].map { UInt8(bitPattern: $0) })
    }

    struct File {
        var name: String
        var data: Data
        var isStored = false

        init(_ name: String, _ text: String, stored: Bool = false) {
            self.init(name, Data(text.utf8), stored: stored)
        }

        init(_ name: String, _ data: Data, stored: Bool = false) {
            (self.name, self.data, isStored) = (name, data, stored)
        }
    }

    private static func little(_ value: Int, _ bytes: Int) -> Data {
        Data((0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    /// - Parameters:
    ///   - zip64: write sizes and places in the ZIP64 way.
    ///   - claimed: the unpacked size that the directory claims, instead of the true one.
    static func zip(_ files: [File], zip64: Bool = false, flags: Int = 0, claimed: Int? = nil)
        -> Data
    {
        var archive = Data()
        var directory = Data()
        for file in files {
            let packed = file.isStored ? file.data : deflated(file.data, gzip: false)
            let checksum = Int(crc32(0, [UInt8](file.data), UInt32(file.data.count)))
            let size = claimed ?? file.data.count
            let start = archive.count
            let name = Data(file.name.utf8)
            let common =
                little(20, 2) + little(flags, 2) + little(file.isStored ? 0 : 8, 2) + little(0, 4)
                + little(checksum, 4)
            let sizes =
                zip64
                ? little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4)
                : little(packed.count, 4) + little(size, 4)
            archive += little(0x0403_4B50, 4) + common + sizes + little(name.count, 2)
            archive += little(0, 2) + name + packed
            let extra =
                zip64
                ? little(1, 2) + little(24, 2) + little(size, 8) + little(packed.count, 8)
                    + little(start, 8) : Data()
            directory += little(0x0201_4B50, 4) + little(20, 2) + common + sizes
            directory += little(name.count, 2) + little(extra.count, 2) + little(0, 2 + 2 + 2 + 4)
            directory += little(zip64 ? 0xFFFF_FFFF : start, 4) + name + extra
        }
        let place = archive.count
        archive += directory
        if zip64 {
            let record = archive.count
            archive += little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2)
            archive += little(0, 8) + little(files.count, 8) + little(files.count, 8)
            archive += little(directory.count, 8) + little(place, 8)
            archive += little(0x0706_4B50, 4) + little(0, 4) + little(record, 8) + little(1, 4)
        }
        let count = zip64 ? 0xFFFF : files.count
        return archive + little(0x0605_4B50, 4) + little(0, 4) + little(count, 2)
            + little(count, 2) + little(zip64 ? 0xFFFF_FFFF : directory.count, 4)
            + little(zip64 ? 0xFFFF_FFFF : place, 4) + little(0, 2)
    }

    static func tar(_ files: [File]) -> Data {
        var archive = Data()
        func block(_ name: String, _ data: Data, type: Character) {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at place: Int) {
                header.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
            }
            func octal(_ value: Int, _ digits: Int) -> String {
                let text = String(value, radix: 8)
                return String(repeating: "0", count: digits - text.count) + text
            }
            put(String(name.prefix(99)), at: 0)
            put(octal(0o644, 7), at: 100)
            put(octal(data.count, 11), at: 124)
            put(String(repeating: " ", count: 8), at: 148)
            put(String(type), at: 156)
            put("ustar", at: 257)
            put("00", at: 263)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0", at: 148)
            archive += Data(header) + data
            archive += Data(repeating: 0, count: (512 - data.count % 512) % 512)
        }
        for file in files {
            if file.name.hasSuffix("/") {
                block(file.name, Data(), type: "5")
                continue
            }
            if file.name.utf8.count > 99 { block("././@LongLink", Data(file.name.utf8), type: "L") }
            block(file.name, file.data, type: "0")
        }
        return archive + Data(repeating: 0, count: 1024)
    }
}
