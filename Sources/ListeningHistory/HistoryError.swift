/// What can go wrong with a listening file as a whole.
public enum HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case unknownFormat(path: String)
    case nothingInside(path: String, members: [String])
    case notUTF8(path: String)
    case empty(path: String)
    case noListener(path: String, format: String)
    case notJSON(path: String, reason: String)
    case notXML(path: String, reason: String)
    case badHeader(path: String, got: [String])
    case badColumns(text: String, reason: String)
    case tooLarge(path: String, bytes: Int)
    case bomb(path: String, packed: Int, unpacked: Int)

    private static var formats: String {
        HistoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
    }

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)."
        case .unknownFormat(let path):
            "\(path) is in no listening format Coldwave knows (tried \(Self.formats)). "
                + "If it is one of them, name it with --format; if it is a table, name its columns with --columns."
        case .nothingInside(let path, let members):
            "\(path) is an archive without listening history: \(members.prefix(5).joined(separator: ", "))"
                + (members.count > 5 ? " and \(members.count - 5) more" : "")
                + " are in no format Coldwave knows (tried \(Self.formats))."
        case .notUTF8(let path): "\(path) is UTF-16 text; save or convert it as UTF-8."
        case .empty(let path): "\(path) is empty."
        case .noListener(let path, let format):
            "\(path) (\(format)) does not say whose history it is; add --listener NAME."
        case .notJSON(let path, let reason):
            "\(path) is not whole JSON: \(reason). Export or copy it again."
        case .notXML(let path, let reason):
            "\(path) is not a whole XSPF playlist: \(reason). Export it again."
        case .badHeader(let path, let got):
            "\(path) has the columns \(got.joined(separator: ", ")); needed are a song (song, track, item, id, or artist and "
                + "title) and, unless --listener is given, a listener (listener, user). Name them with "
                + "--columns listener=…,artist=…,title=…"
        case .badColumns(let text, let reason):
            "--columns \(text): \(reason). It takes MEANING=COLUMN by comma; a meaning is one of "
                + TableColumn.allCases.map(\.rawValue).joined(separator: ", ")
                + ", a column is a name of the header or a number from 1."
        case .tooLarge(let path, let bytes):
            "\(path) holds one piece of over \(bytes >> 20) million bytes, which no listen has. Is it whole?"
        case .bomb(let path, let packed, let unpacked):
            "\(path) unpacks to absurdly much: over \(unpacked) bytes from \(packed); no listening history packs so well. "
                + "If it is one, unpack it yourself and import what comes out."
        }
    }
}
