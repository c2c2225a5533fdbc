import Foundation
import Matrices

/// What one thread makes of the chunks it is handed: entries by its own numbers of listeners and songs.
/// Owned by one thread at a time.
final class TripletParser {
    let listeners = StringTable()
    let songs = StringTable()
    /// Where each listener and song first came: `chunk << 32 | line in it`, ascending.
    private(set) var firstListener: [Int] = []
    private(set) var firstSong: [Int] = []
    private(set) var blocks: [(chunk: Int, lines: Int, entries: CoordinateBlock)] = []
    private(set) var rejected: [(chunk: Int, line: Int, reason: String)] = []
    private(set) var rejectedCount = 0
    private var lastListener = -1

    /// Entries of the chunk being parsed.
    private var entries = EntryBuffer()

    func takeBlocks() -> [(chunk: Int, lines: Int, entries: CoordinateBlock)] {
        defer { blocks = [] }
        return blocks
    }

    /// Parses whole lines. Rows of another form than `listener<TAB>song<TAB>digits` go the slow way through ``Triplet``,
    /// which also says what is wrong with them.
    func parse(_ bytes: UnsafeBufferPointer<UInt8>, chunk: Int) {
        guard var start = bytes.baseAddress else { return }
        let end = start + bytes.count
        // The shortest row has six bytes.
        entries.reset(capacity: bytes.count / 6 + 1)
        var line = 0
        while start < end {
            line += 1
            if let next = fast(start, end, chunk << 32 | line) {
                start = next
                continue
            }
            let newline = memchr(start, 10, end - start)?.assumingMemoryBound(to: UInt8.self)
            let stop = newline.map { UnsafePointer($0) } ?? end
            slow(start, stop > start && stop[-1] == 13 ? stop - 1 : stop, chunk, line)
            start = newline == nil ? end : stop + 1
        }
        blocks.append((chunk, line, entries.block()))
    }

    /// The start of the next row; nil, and nothing done, for a row that is not of the plain form or near the end.
    @inline(__always) private func fast(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ place: Int
    ) -> UnsafePointer<UInt8>? {
        // Files are grouped by listener as a rule.
        var row = -1
        var song: UnsafePointer<UInt8>
        let known = lastListener >= 0 ? listeners.bytes(lastListener) : .init(start: nil, count: 0)
        if let name = known.baseAddress, known.count < end - start, start[known.count] == 9,
            memcmp(name, start, known.count) == 0
        {
            row = lastListener
            song = start + known.count + 1
        } else {
            guard let tab = Self.control(from: start, end), tab.pointee == 9, tab > start else {
                return nil
            }
            song = tab + 1
        }
        // A song's id of up to 24 bytes is found, cut and compared in three words.
        guard end - song > 40 else { return nil }
        let (prefix, length) = Self.prefix(song)
        guard length > 0, song[length] == 9 else { return nil }
        var digit = song + length + 1
        let first = digit
        var value: Int32 = 0
        while true {
            let next = Int32(digit.pointee) - 48
            guard next >= 0, next <= 9 else { break }
            value = value &* 10 &+ next
            digit += 1
            guard digit < end, digit - first < 10 else { return nil }
        }
        if digit.pointee == 13, digit + 1 < end { digit += 1 }
        guard digit.pointee == 10, value > 0, digit - first <= 10 else { return nil }
        if row < 0 { row = listener(start, song - 1 - start, place) }
        let before = songs.count
        let column = songs.number(song, length, prefix)
        if Int(column) == before { firstSong.append(place) }
        entries.append(Int32(row), column, Float(value))
        return digit + 1
    }

    /// The first byte below 14 (tab and line ends are) before `end`.
    @inline(__always) private static func control(
        from start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var place = start
        while end - place >= 8 {
            let found = low(UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
            if found != 0 { return place + found.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < end, place.pointee >= 14 { place += 1 }
        return place < end ? place : nil
    }

    /// Marks the top bit of bytes below 14; exact up to and including the lowest of them.
    @inline(__always) private static func low(_ word: UInt64) -> UInt64 {
        (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080
    }

    /// The bytes before the first one below 14, and how many; length 0 if there are over 24.
    @inline(__always) private static func prefix(_ name: UnsafePointer<UInt8>) -> (NamePrefix, Int)
    {
        let raw = UnsafeRawPointer(name)
        let first = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        if case let mark = low(first), mark != 0 {
            return (NamePrefix(first & below(mark), 0, 0), mark.trailingZeroBitCount / 8)
        }
        let second = UInt64(
            littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        if case let mark = low(second), mark != 0 {
            return (NamePrefix(first, second & below(mark), 0), 8 + mark.trailingZeroBitCount / 8)
        }
        let third = UInt64(
            littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        if case let mark = low(third), mark != 0 {
            return (
                NamePrefix(first, second, third & below(mark)), 16 + mark.trailingZeroBitCount / 8
            )
        }
        if raw.loadUnaligned(fromByteOffset: 24, as: UInt8.self) == 9 {
            return (NamePrefix(first, second, third), 24)
        }
        return (NamePrefix(0, 0, 0), 0)
    }

    /// All bits of the bytes under the lowest marked one.
    @inline(__always) private static func below(_ mark: UInt64) -> UInt64 {
        ((mark & (0 &- mark)) >> 7) &- 1
    }

    private func slow(
        _ start: UnsafePointer<UInt8>, _ stop: UnsafePointer<UInt8>, _ chunk: Int, _ line: Int
    ) {
        let bytes = UnsafeBufferPointer(start: start, count: stop - start)
        if bytes.allSatisfy({ $0 == 32 || $0 == 9 }) { return }
        switch Triplet.parse(bytes) {
        case .success(let triplet):
            let place = chunk << 32 | line
            let row = Array(triplet.listener.utf8).withUnsafeBufferPointer {
                listener($0.baseAddress!, $0.count, place)
            }
            let before = songs.count
            let column = songs.number(triplet.song.utf8)
            if Int(column) == before { firstSong.append(place) }
            entries.append(Int32(row), column, Float(triplet.count))
        case .failure(let error):
            rejectedCount += 1
            // Chunks come in order, so these include the file's first ones.
            if rejected.count < 100 { rejected.append((chunk, line, error.reason)) }
        }
    }

    @inline(__always) private func listener(
        _ name: UnsafePointer<UInt8>, _ length: Int, _ place: Int
    ) -> Int {
        let before = listeners.count
        lastListener = Int(listeners.number(name, length))
        if lastListener == before { firstListener.append(place) }
        return lastListener
    }
}

/// Room for one chunk's entries, used again for the next.
private final class EntryBuffer {
    private var rows: UnsafeMutablePointer<Int32>
    private var columns: UnsafeMutablePointer<Int32>
    private var values: UnsafeMutablePointer<Float>
    private var capacity = 1
    private var count = 0

    init() {
        rows = .allocate(capacity: capacity)
        columns = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity)
    }

    deinit { free() }

    private func free() {
        rows.deallocate()
        columns.deallocate()
        values.deallocate()
    }

    func reset(capacity needed: Int) {
        count = 0
        guard needed > capacity else { return }
        free()
        capacity = needed
        rows = .allocate(capacity: capacity)
        columns = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity)
    }

    @inline(__always) func append(_ row: Int32, _ column: Int32, _ value: Float) {
        assert(count < capacity)
        rows[count] = row
        columns[count] = column
        values[count] = value
        count += 1
    }

    func block() -> CoordinateBlock {
        CoordinateBlock(
            rows: Array(UnsafeBufferPointer(start: rows, count: count)),
            columns: Array(UnsafeBufferPointer(start: columns, count: count)),
            values: Array(UnsafeBufferPointer(start: values, count: count)))
    }
}
