extension SpectrogramFormat {
    /// The log-mel's means over runs of `pool` frames, from stored bytes: `[steps · pool, bands]` → `[steps, bands]`. The bytes are
    /// added up as they are, so that one multiplication a mean remains.
    /// - Parameter means: what it holds says how many steps are decoded; the bytes must suffice.
    public func decodeMeans(
        _ bytes: UnsafeRawBufferPointer, of pool: Int, into means: UnsafeMutableBufferPointer<Float>
    ) {
        let bands = mel.melBands
        let steps = means.count / bands
        precondition(pool > 0 && bytes.count >= steps * pool * bands)
        guard steps > 0, let source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let target = means.baseAddress
        else { return }
        let unit = (high - low) / (255 * Float(pool))
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: bands) { sums in
            guard let sum = sums.baseAddress else { return }
            for step in 0..<steps {
                let first = source + step * pool * bands
                for band in 0..<bands { sum[band] = UInt32(first[band]) }
                for frame in 1..<max(1, pool) {
                    let row = first + frame * bands
                    for band in 0..<bands { sum[band] &+= UInt32(row[band]) }
                }
                let mean = target + step * bands
                for band in 0..<bands { mean[band] = low + unit * Float(sum[band]) }
            }
        }
    }
}
