/// Which part of a song is heard.
public enum Excerpt: Codable, Equatable, Hashable, Sendable {
    /// So many seconds from the middle (the paper's choice: 30).
    case middle(seconds: Double)
    /// All of it; of songs over ten minutes twenty pieces of 30 s, evenly spread.
    case whole
    /// Every sample of it, in memory, silence too.
    case everything

    public static let standard = Excerpt.middle(seconds: 30)
    /// Songs no longer than this (seconds) are heard from end to end by ``whole``.
    static let longestWhole = 600.0
    static let pieces = 20

    /// From `whole` or a number of seconds, 3…600; nil for anything else.
    public init?(text: String) {
        if text == "whole" {
            self = .whole
        } else if let seconds = Double(text), (3...Self.longestWhole).contains(seconds) {
            self = .middle(seconds: seconds)
        } else {
            return nil
        }
    }

    public var text: String {
        switch self {
        case .whole: "whole"
        case .everything: "everything"
        case .middle(let seconds):
            seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
        }
    }

    /// The stretches to hear of a song.
    /// - Parameter duration: seconds; nil when the file does not say.
    func spans(duration: Double?) -> [Span] {
        switch self {
        case .everything: return [.everything(.infinity)]
        case .middle(let seconds):
            guard let duration else { return [Span(start: 0, seconds: seconds)] }
            return [
                duration > seconds
                    ? Span(start: (duration - seconds) / 2, seconds: seconds) : .everything(seconds)
            ]
        case .whole:
            guard let duration, duration > Self.longestWhole else {
                return [.everything(Self.longestWhole)]
            }
            let length = Self.longestWhole / Double(Self.pieces)
            let stride = (duration - length) / Double(Self.pieces - 1)
            return (0..<Self.pieces).map { Span(start: Double($0) * stride, seconds: length) }
        }
    }
}

/// A stretch of a song, in seconds.
struct Span: Equatable, Sendable {
    var start: Double
    var seconds: Double

    /// A file's header may say too little: a little more than the length is allowed for.
    static func everything(_ limit: Double) -> Span { Span(start: 0, seconds: limit) }
}

extension Excerpt {
    /// Where in the file something lies that was heard so many seconds from the start of what was heard.
    /// - Parameters:
    ///   - start: seconds into the file at which hearing began.
    ///   - duration: of the file, seconds. Long songs are heard in pieces by ``whole``.
    public func second(ofHeard heard: Double, start: Double, duration: Double) -> Double {
        let spans = spans(duration: duration > 0 ? duration : nil)
        guard spans.count > 1, let length = spans.first?.seconds else { return start + heard }
        let piece = min(max(0, Int(heard / length)), spans.count - 1)
        return spans[piece].start + heard - Double(piece) * length
    }
}
