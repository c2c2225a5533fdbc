/// One row of `listener, song, count`, by tab or else by comma.
struct Triplet {
    let listener: String
    let song: String
    let count: Int

    /// Nil when the row is not of that form or the count is no whole number from 1 to 1,000,000,000.
    init?(_ line: some Collection<UInt8>) {
        guard case .success(let triplet) = Self.parse(line) else { return nil }
        self = triplet
    }

    private init(listener: String, song: String, count: Int) {
        self.listener = listener
        self.song = song
        self.count = count
    }

    /// The row, or what is wrong with it.
    static func parse(_ line: some Collection<UInt8>) -> Result<Triplet, RowError> {
        let separator: UInt8 = line.contains(9) ? 9 : 44
        let fields = line.split(separator: separator, omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            return .failure(
                RowError("\(fields.count) fields where listener, song and count are expected"))
        }
        if fields[0].isEmpty { return .failure(RowError("no listener")) }
        if fields[1].isEmpty { return .failure(RowError("no song")) }
        guard let count = Self.count(fields[2]) else {
            return .failure(.count(String(decoding: fields[2].prefix(40), as: UTF8.self)))
        }
        return .success(
            Triplet(
                listener: String(decoding: fields[0], as: UTF8.self),
                song: String(decoding: fields[1], as: UTF8.self), count: count))
    }

    /// Digits, perhaps with a fraction of zeros ("3.0"), perhaps with spaces around.
    static func count(_ field: some Collection<UInt8>) -> Int? {
        var value = 0
        var digits = 0
        var isFraction = false
        for byte in field {
            switch byte {
            case 48...57 where !isFraction:
                value = value * 10 + Int(byte - 48)
                digits += 1
                if value > 1_000_000_000 { return nil }
            case 48 where isFraction: break
            case 46 where digits > 0 && !isFraction: isFraction = true
            case 32, 13: break
            default: return nil
            }
        }
        return digits > 0 && value >= 1 ? value : nil
    }
}

/// Why a row could not be read.
struct RowError: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }

    static func count(_ text: String) -> RowError {
        RowError("the count \"\(text.prefix(40))\" is not a whole number from 1 to 1,000,000,000")
    }
    static func time(_ text: String) -> RowError {
        RowError("the time \"\(text.prefix(40))\" cannot be read or is not from 1990 to 2100")
    }
}
