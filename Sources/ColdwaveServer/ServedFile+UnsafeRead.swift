import Foundation
import Hummingbird

extension ServedFile {
    /// Some bytes; fewer only at the end of the file.
    func read(at offset: Int64, count: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        var failure: Int32 = 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            var done = 0
            while done < count {
                guard let base = bytes.baseAddress else { break }
                let got = pread(descriptor, base + done, count - done, off_t(offset) + off_t(done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                done += got
            }
            return done
        }
        guard failure == 0 else {
            throw APIError.unavailable(
                "the file cannot be read: \(String(cString: strerror(failure)))")
        }
        return buffer
    }
}
