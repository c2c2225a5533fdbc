/// Which tenths of a second of a signal are no silence: a level above −60 dB of full scale.
struct Audibility: Equatable {
    static let blockSeconds = 0.1
    static let quietest: Float = 0.001
    let blocks: [Bool]

    init(blocks: [Bool]) { self.blocks = blocks }

    init(_ samples: [Float], sampleRate: Int) {
        let size = max(1, Int(Double(sampleRate) * Self.blockSeconds))
        blocks = stride(from: 0, to: samples.count, by: size).map { start in
            let block = samples[start..<min(samples.count, start + size)]
            let power = block.reduce(Float(0)) { $0 + $1 * $1 } / Float(block.count)
            return power > Self.quietest * Self.quietest
        }
    }

    /// 0…1.
    var share: Double {
        blocks.isEmpty ? 0 : Double(blocks.lazy.filter { $0 }.count) / Double(blocks.count)
    }

    /// From the first to the last audible block; nil when there is none.
    var extent: Range<Int>? {
        guard let first = blocks.firstIndex(of: true), let last = blocks.lastIndex(of: true) else {
            return nil
        }
        return first..<last + 1
    }

    /// Where `length` blocks should start to be as audible as can be, and then as near to the middle of the song without the
    /// silence at its ends.
    func best(length: Int) -> (start: Int, share: Double)? {
        guard let extent, length > 0 else { return nil }
        var audible = 0
        var sums = [0]
        for block in blocks {
            audible += block ? 1 : 0
            sums.append(audible)
        }
        let middle = (extent.lowerBound + extent.upperBound - length) / 2
        let last = max(0, blocks.count - length)
        let start = (0...last).min { a, b in
            let (x, y) = (
                sums[min(blocks.count, a + length)] - sums[a],
                sums[min(blocks.count, b + length)] - sums[b]
            )
            return x != y ? x > y : abs(a - middle) < abs(b - middle)
        }
        return start.map {
            ($0, Double(sums[min(blocks.count, $0 + length)] - sums[$0]) / Double(length))
        }
    }
}
