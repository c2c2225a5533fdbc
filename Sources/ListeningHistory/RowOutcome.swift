/// What a row (a line, an element of a JSON array) came to.
enum RowOutcome {
    case item(HistoryItem)
    /// Left out on purpose.
    case filtered
    /// No play, but it says something of the song.
    case skipped(Skip)
    case broken(String)

    /// A listen with the date in `time`, which may be missing but not wrong.
    static func play(_ listener: String, _ reference: SongReference, time: String?) -> RowOutcome {
        guard reference.isUsable else { return .broken("no song") }
        switch HistoryTime.optional(time) {
        case .failure(let error): return .broken(error.reason)
        case .success(let date):
            return .item(.play(Play(listener: listener, reference: reference, time: date)))
        }
    }

    /// The same listen as one that was skipped.
    var asSkip: RowOutcome {
        guard case .item(.play(let play)) = self else { return self }
        return .skipped(
            Skip(listener: play.listener, reference: play.reference, time: play.time))
    }
}

/// Takes the rows of a file: what each came to, and its line from 1.
typealias TakeRow = (RowOutcome, Int) throws -> Void
