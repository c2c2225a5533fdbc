/// A stream's lines as bytes, without their ends; a BOM at the start and carriage returns are dropped.
struct LineReader {
    private let source: PeekStream
    private let path: String
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtStart = true
    private var isAtEnd = false
    /// The number of the line last returned, from 1.
    private(set) var number = 0

    init(_ source: PeekStream, path: String) {
        self.source = source
        self.path = path
    }

    /// The next line; nil at the end.
    /// - Throws: ``HistoryError/cannotRead(path:reason:)``, also for a line of over 16 million bytes.
    mutating func next() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[position...].firstIndex(of: 10) {
                let line = buffer[position..<end]
                position = end + 1
                number += 1
                return line.last == 13 ? line.dropLast() : line
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                let line = buffer[position...]
                position = buffer.count
                number += 1
                return line.last == 13 ? line.dropLast() : line
            }
            buffer.removeFirst(position)
            position = 0
            guard buffer.count < ChunkSupplier.longestLine else {
                throw HistoryError.cannotRead(
                    path: path,
                    reason: "line \(number + 1) has over \(buffer.count) bytes; it is no text")
            }
            let piece = try source.next()
            isAtEnd = piece.isEmpty
            buffer += piece
            if isAtStart, buffer.count >= 3 || isAtEnd {
                if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
                isAtStart = false
            }
        }
    }
}
