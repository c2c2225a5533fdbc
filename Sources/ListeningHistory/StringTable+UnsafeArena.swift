#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Up to 24 bytes of a name in three words, zeros behind them: they are compared in registers.
struct NamePrefix: Equatable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    static let bytes = 24

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64) {
        (self.first, self.second, self.third) = (first, second, third)
    }

    init(_ name: UnsafePointer<UInt8>, _ length: Int) {
        if length > 16 {
            third = Self.word(name + 16, min(8, length - 16))
        }
        if length > 8 { second = Self.word(name + 8, min(8, length - 8)) }
        first = Self.word(name, min(8, length))
    }

    private static func word(_ name: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        var word: UInt64 = 0
        for i in 0..<length { word |= UInt64(name[i]) << UInt64(8 * i) }
        return word
    }
}

/// Numbers byte strings from 0 in the order in which they first come: open addressing with linear probing over one
/// arena of bytes. Looking up a name of up to 24 bytes touches one slot (one miss of the cache) and allocates nothing.
final class StringTable {
    private struct Slot {
        /// The number + 1, above it the length (255 for more), above that 24 bits of the hash; 0 is free.
        var head: UInt64
        var prefix: NamePrefix
    }
    private(set) var count = 0
    /// A power of two, at most two thirds full.
    private var slots: UnsafeMutablePointer<Slot>
    private var slotCount = 1 << 10
    /// `count + 1` offsets into the arena.
    private var starts: UnsafeMutablePointer<Int>
    private var startCapacity = 1 << 10
    private var arena: UnsafeMutablePointer<UInt8>
    private var arenaCapacity = 1 << 15

    init() {
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: Slot(head: 0, prefix: NamePrefix(0, 0, 0)), count: slotCount)
        starts = .allocate(capacity: startCapacity)
        starts[0] = 0
        arena = .allocate(capacity: arenaCapacity)
    }

    deinit {
        slots.deallocate()
        starts.deallocate()
        arena.deallocate()
    }

    /// The bytes of a number; valid until the next new name.
    @inline(__always) func bytes(_ number: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: arena + starts[number], count: starts[number + 1] - starts[number])
    }

    func name(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

    /// The number of a name; a new one equals the `count` from before.
    @inline(__always) func number(_ name: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        number(name, length, NamePrefix(name, length))
    }

    /// - Parameter prefix: of this name.
    @inline(__always) func number(
        _ name: UnsafePointer<UInt8>, _ length: Int, _ prefix: NamePrefix
    ) -> Int32 {
        let hash = Self.hash(name, length, prefix)
        let (slot, found) = slot(name, length, prefix, hash)
        return found >= 0
            ? Int32(truncatingIfNeeded: found) : add(name, length, prefix, hash, slot: slot)
    }

    func number(_ name: some Collection<UInt8>) -> Int32 {
        withBytes(name) { number($0, $1) }
    }

    /// Nil for a name that never came.
    func find(_ name: some Collection<UInt8>) -> Int? {
        withBytes(name) { bytes, length in
            let prefix = NamePrefix(bytes, length)
            let found = slot(bytes, length, prefix, Self.hash(bytes, length, prefix)).found
            return found >= 0 ? found : nil
        }
    }

    private func withBytes<Result>(
        _ name: some Collection<UInt8>, _ body: (UnsafePointer<UInt8>, Int) -> Result
    ) -> Result {
        Array(name).withUnsafeBufferPointer {
            body($0.baseAddress ?? UnsafePointer(arena), $0.count)
        }
    }

    /// Where a name is (its number) or belongs (-1).
    @inline(__always) private func slot(
        _ name: UnsafePointer<UInt8>, _ length: Int, _ prefix: NamePrefix, _ hash: UInt64
    ) -> (slot: Int, found: Int) {
        let tag = Self.tag(length, hash)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while true {
            let entry = slots[slot]
            if entry.head == 0 { return (slot, -1) }
            if entry.head >> 32 == tag, entry.prefix == prefix {
                let number = Int(UInt32(truncatingIfNeeded: entry.head)) - 1
                if length <= NamePrefix.bytes { return (slot, number) }
                let known = bytes(number)
                if known.count == length, memcmp(known.baseAddress!, name, length) == 0 {
                    return (slot, number)
                }
            }
            slot = (slot + 1) & (slotCount - 1)
        }
    }

    @inline(never) private func add(
        _ name: UnsafePointer<UInt8>, _ length: Int, _ prefix: NamePrefix, _ hash: UInt64, slot: Int
    ) -> Int32 {
        precondition(count < Int(Int32.max) - 1, "StringTable: too many names")
        let number = count
        let start = starts[number]
        if start + length > arenaCapacity {
            let larger = max(start + length, arenaCapacity * 3 / 2)
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            moved.update(from: arena, count: start)
            arena.deallocate()
            (arena, arenaCapacity) = (moved, larger)
        }
        (arena + start).update(from: name, count: length)
        if number + 2 > startCapacity {
            let moved = UnsafeMutablePointer<Int>.allocate(capacity: startCapacity * 2)
            moved.update(from: starts, count: number + 1)
            starts.deallocate()
            (starts, startCapacity) = (moved, startCapacity * 2)
        }
        starts[number + 1] = start + length
        slots[slot] = Slot(
            head: UInt64(number + 1) | Self.tag(length, hash) << 32, prefix: prefix)
        count += 1
        if count * 3 > slotCount * 2 { grow() }
        return Int32(number)
    }

    private func grow() {
        let old = UnsafeBufferPointer(start: slots, count: slotCount)
        slotCount *= 2
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: Slot(head: 0, prefix: NamePrefix(0, 0, 0)), count: slotCount)
        for entry in old where entry.head != 0 {
            let name = bytes(Int(UInt32(truncatingIfNeeded: entry.head)) - 1)
            let hash = Self.hash(name.baseAddress!, name.count, entry.prefix)
            var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
            while slots[slot].head != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = entry
        }
        old.deallocate()
    }

    @inline(__always) private static func tag(_ length: Int, _ hash: UInt64) -> UInt64 {
        UInt64(min(length, 255)) | (hash >> 40) << 8
    }

    /// Words multiplied to 128 bits and folded, as in wyhash.
    @inline(__always) private static func hash(
        _ name: UnsafePointer<UInt8>, _ length: Int, _ prefix: NamePrefix
    ) -> UInt64 {
        var hash = fold(
            prefix.first ^ 0xA076_1D64_78BD_642F, prefix.second ^ 0xE703_7ED1_A0B4_28DB)
        hash = fold(hash ^ prefix.third, UInt64(length) ^ 0x8EBC_6AF0_9C88_C6E3)
        if length > NamePrefix.bytes {
            let raw = UnsafeRawPointer(name)
            var i = NamePrefix.bytes
            while i < length {
                // The last word overlaps the one before.
                let word = raw.loadUnaligned(fromByteOffset: min(i, length - 8), as: UInt64.self)
                hash = fold(hash ^ word, 0xD6E8_FEB8_6659_FD93)
                i += 8
            }
        }
        return hash
    }

    @inline(__always) private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
