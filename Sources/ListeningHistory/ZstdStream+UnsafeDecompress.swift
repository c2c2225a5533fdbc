import CZstd
import Foundation

/// Unpacks Zstandard, frame after frame.
final class ZstdStream: ByteStream {
    private let source: any ByteStream
    private let path: String
    private let budget: UnpackBudget
    private let stream: OpaquePointer
    private let input: UnsafeMutableRawBufferPointer
    private var available = 0
    private var position = 0
    /// 0 between frames, else what the decoder would like to have next.
    private var state = 0

    init(_ source: any ByteStream, path: String, budget: UnpackBudget) throws {
        self.source = source
        self.path = path
        self.budget = budget
        guard let stream = ZSTD_createDStream() else {
            throw HistoryError.cannotRead(path: path, reason: "zstd has no memory")
        }
        self.stream = stream
        input = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
    }

    deinit {
        ZSTD_freeDStream(stream)
        input.deallocate()
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        while output.pos == 0 {
            if position == available {
                available = try source.read(into: input)
                position = 0
                if available == 0 {
                    guard state == 0 else {
                        throw HistoryError.cannotRead(
                            path: path, reason: "its compressed data is cut off")
                    }
                    return 0
                }
            }
            var packed = ZSTD_inBuffer(src: input.baseAddress, size: available, pos: position)
            let code = ZSTD_decompressStream(stream, &output, &packed)
            guard ZSTD_isError(code) == 0 else {
                throw HistoryError.cannotRead(
                    path: path,
                    reason: "its compressed data is damaged or needs too large a window "
                        + "(\(String(cString: ZSTD_getErrorName(code))))")
            }
            position = packed.pos
            state = code
        }
        try budget.unpack(output.pos)
        return output.pos
    }
}
