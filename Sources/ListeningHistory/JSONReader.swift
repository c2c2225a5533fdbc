import Foundation

/// Reads JSON listening files: arrays, objects with an array inside, and lines of objects, each with bounded memory.
struct JSONReader {
    let member: HistoryMember
    let format: HistoryFormat
    /// Given by the user, or by the archive around the file.
    let listener: String?

    /// Rows that wait for the end of their document, where it says whose they are.
    private struct Waiting {
        var rows: [(path: String, bytes: [UInt8], number: Int)] = []
        var bytes = 0
        static let most = 64 << 20
    }

    /// - Throws: ``HistoryError``, and what `take` throws.
    func read(_ take: TakeRow) throws {
        if try member.stream.peek(3).elementsEqual([0xEF, 0xBB, 0xBF]) {
            _ = try member.stream.skip(3)
        }
        if try isLines() { try lines(take) } else { try documents(take) }
    }

    /// Whether the first line that begins like an object is a whole one.
    private func isLines() throws -> Bool {
        let head = try member.stream.peek(1 << 18)
        let isAll = head.count < 1 << 18
        guard head.first(where: { $0 > 32 }) != UInt8(ascii: "[") else { return false }
        var lines = head.split(separator: 10)
        if !isAll { lines = lines.dropLast() }
        lines.removeAll { $0.allSatisfy { $0 <= 32 } }
        // One line alone is one document, whose elements have numbers.
        if isAll, lines.count < 2 { return false }
        let first = lines.first { $0.first { $0 > 32 } == UInt8(ascii: "{") }
        return first.map { JSONFields(parsing: $0) != nil } ?? false
    }

    private func lines(_ take: TakeRow) throws {
        let history = JSONHistory(format: format)
        var reader = LineReader(member.stream, path: member.path)
        while let line = try reader.next() {
            if line.allSatisfy({ $0 <= 32 }) { continue }
            try autoreleasing {
                guard let fields = JSONFields(parsing: line) else {
                    return try take(.broken("not a JSON object"), reader.number)
                }
                try whole(fields, history, { reader.number }, take)
            }
        }
    }

    /// Takes the rows of a document that is whole in memory.
    private func whole(
        _ fields: JSONFields, _ history: JSONHistory, _ number: () -> Int, _ take: TakeRow
    ) throws {
        guard let (path, rows, document) = history.inside(fields) else {
            let row = history.row(
                fields.values, path: "", listener: listener, document: .init(), position: 0)
            return try take(row, number())
        }
        for (position, row) in rows.enumerated() {
            try take(
                history.row(
                    row, path: path, listener: listener, document: document, position: position),
                number())
        }
    }

    private func documents(_ take: TakeRow) throws {
        let history = JSONHistory(format: format)
        var splitter = JSONSplitter(path: member.path)
        var waiting = Waiting()
        var number = 0
        func part(_ part: JSONSplitter.Part) throws {
            switch part {
            case .element(let path, let bytes):
                number += 1
                if listener != nil, ["recenttracks.track", "scrobbles", "list"].contains(path) {
                    let row = history.row(
                        parsed(bytes), path: path, listener: listener, document: .init(),
                        position: 0)
                    return try take(row, number)
                }
                waiting.rows.append((path, bytes, number))
                waiting.bytes += bytes.count
                guard waiting.bytes <= Waiting.most else {
                    throw HistoryError.noListener(path: member.path, format: format.rawValue)
                }
            case .document(let bytes):
                defer { waiting = Waiting() }
                let fields = JSONFields(parsing: bytes)
                guard !waiting.rows.isEmpty else {
                    guard let fields else {
                        number += 1
                        return try take(.broken("not a JSON object"), number)
                    }
                    return try whole(
                        fields, history,
                        {
                            number += 1
                            return number
                        }, take)
                }
                let document = fields.flatMap { history.inside($0)?.document } ?? .init()
                for (position, row) in waiting.rows.enumerated() {
                    let outcome = history.row(
                        parsed(row.bytes), path: row.path, listener: listener, document: document,
                        position: position)
                    try take(outcome, row.number)
                }
            }
        }
        while case let piece = try member.stream.next(), !piece.isEmpty {
            try autoreleasing { try splitter.feed(piece, part) }
        }
        try splitter.finish(part)
    }

    private func parsed(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes))
    }

    /// On Apple systems Foundation's objects wait for a pool to drain; elsewhere there is none.
    private func autoreleasing(_ body: () throws -> Void) throws {
        #if canImport(ObjectiveC)
            try autoreleasepool { try body() }
        #else
            try body()
        #endif
    }
}
