import Foundation

/// Times as listening files write them, taken as UTC unless they say otherwise.
enum HistoryTime {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Seconds or milliseconds since 1970, `2019-12-31T23:59:00+01:00` with parts left out, or `31 Dec 2019, 23:59`;
    /// nil for anything else and outside 1990…2100.
    static func parse(_ text: some StringProtocol) -> Date? {
        guard text.utf8.count <= 40 else { return nil }
        if text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) {
            return Double(text).flatMap(date)
        }
        return (iso(Array(text.utf8)) ?? worded(String(text))).flatMap(date)
    }

    /// Over 1e11 they are milliseconds.
    static func date(_ seconds: Double) -> Date? {
        let seconds = seconds > 1e11 ? seconds / 1000 : seconds
        guard seconds >= 631_152_000, seconds <= 4_102_444_800 else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    /// The time a field holds: nothing where it is empty or 0, as players without a clock write.
    /// - Returns: failure for what is no time.
    static func optional(_ text: String?) -> Result<Date?, RowError> {
        guard let text, !text.isEmpty, text != "0", text != "\\N" else { return .success(nil) }
        guard let date = parse(text) else { return .failure(.time(text)) }
        return .success(date)
    }

    private static func iso(_ text: [UInt8]) -> Double? {
        func digits(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= text.count else { return nil }
            var value = 0
            for byte in text[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10),
            text[4] == text[7], text[4] == 45 || text[4] == 47
        else { return nil }
        guard let days = days(year, month, day) else { return nil }
        var seconds = Double(days * 86400)
        var place = 10
        if place == text.count { return seconds }
        guard text[place] == 84 || text[place] == 32, let hour = digits(11..<13),
            let minute = digits(14..<16), text[13] == 58, hour < 24, minute < 60
        else { return nil }
        seconds += Double(hour * 3600 + minute * 60)
        place = 16
        if place < text.count, text[place] == 58 {
            guard let second = digits(17..<19), second <= 60 else { return nil }
            seconds += Double(second)
            place = 19
            if place < text.count, text[place] == 46 {
                place += 1
                while place < text.count, (48...57).contains(text[place]) { place += 1 }
            }
        }
        guard let offset = zone(String(decoding: text[place...], as: UTF8.self)) else { return nil }
        return seconds - Double(offset)
    }

    /// Seconds east of Greenwich of "", "Z", " UTC", "+0200", "-03:30"; nil for anything else.
    static func zone(_ text: String) -> Int? {
        let name = text.trimmingCharacters(in: .whitespaces).uppercased()
        if ["", "Z", "UTC", "GMT"].contains(name) { return 0 }
        guard let sign = name.first, sign == "+" || sign == "-" else { return nil }
        let digits = name.dropFirst().filter { $0 != ":" }
        guard digits.allSatisfy(\.isASCII), let number = Int(digits) else { return nil }
        let (hours, minutes) = digits.count <= 2 ? (number, 0) : (number / 100, number % 100)
        guard hours <= 15, minutes < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// "31 Dec 2019 23:59", "31 Dec 2019, 23:59:00".
    private static func worded(_ text: String) -> Double? {
        let parts = text.lowercased().split { $0 == " " || $0 == "," || $0 == ":" }
        guard parts.count == 3 || parts.count == 5 || parts.count == 6, let day = Int(parts[0]),
            let month = months.firstIndex(where: { parts[1].hasPrefix($0) }),
            let year = Int(parts[2]), let days = days(year, month + 1, day)
        else { return nil }
        let clock = parts.dropFirst(3).map { Int($0) ?? -1 }
        guard zip(clock, [23, 59, 60]).allSatisfy({ $0 >= 0 && $0 <= $1 }) else { return nil }
        return Double(days * 86400)
            + zip(clock, [3600, 60, 1]).reduce(0) { $0 + Double($1.0 * $1.1) }
    }

    /// Days from 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1900...2200).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let before = year - 1
        let leaps = (before / 4 - before / 100 + before / 400) - 477
        return (year - 1970) * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + day - 1
    }
}
