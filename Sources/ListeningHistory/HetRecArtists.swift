import Foundation

/// The names that HetRec's `artists.dat` gives to the artists of `user_artists.dat`.
struct HetRecArtists {
    private var names: [String: String] = [:]

    /// Reads what is named in `options`, or else lies beside the file (plain or packed).
    /// - Throws: ``HistoryError``.
    init(beside member: HistoryMember, _ options: HistoryOptions) throws {
        guard let url = options.artists ?? member.neighbor("artists.dat") else { return }
        var reader = LineReader(try HistoryFile.unpacked(url), path: url.path)
        while let line = try reader.next() {
            // id, name, address, picture; the first line may be a header, whose "id" is nobody's.
            let fields = line.split(separator: 9, omittingEmptySubsequences: false)
            guard fields.count >= 2 else {
                if line.allSatisfy({ $0 <= 32 }) { continue }
                throw HistoryError.cannotRead(
                    path: url.path, reason: "line \(reader.number) is not id<TAB>artist<TAB>…")
            }
            let name = String(decoding: fields[1], as: UTF8.self).trimmingCharacters(
                in: .whitespaces)
            if !name.isEmpty { names[String(decoding: fields[0], as: UTF8.self)] = name }
        }
    }

    /// Nil for an artist that the file does not know.
    func name(_ id: String) -> String? { names[id] }
}
