import Foundation

/// What a `Range` header asks for.
enum ByteRange: Equatable {
    case whole
    case range(ClosedRange<Int64>)
    case outside

    init(_ header: String, size: Int64) {
        guard header.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let text = header.dropFirst(6).trimmingCharacters(in: .whitespaces)
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        func number(_ text: Substring) -> Int64? {
            text.allSatisfy { $0.isASCII && $0.isNumber } ? Int64(text) : nil
        }
        guard ends.count == 2, !text.contains(",") else {
            self = .whole
            return
        }
        switch (number(ends[0]), number(ends[1]), ends[0].isEmpty, ends[1].isEmpty) {
        case (nil, let last?, true, false):
            self = last == 0 || size == 0 ? .outside : .range(max(0, size - last)...size - 1)
        case (let first?, nil, false, true):
            self = first < size ? .range(first...size - 1) : .outside
        case (let first?, let last?, false, false):
            self =
                first > last
                ? .whole : first < size ? .range(first...min(last, size - 1)) : .outside
        default: self = .whole
        }
    }
}

/// Dates as HTTP has them: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static func formatter() -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }
    static func text(_ date: Date) -> String { formatter().string(from: date) }
    static func date(_ text: String) -> Date? { formatter().date(from: text) }
}
