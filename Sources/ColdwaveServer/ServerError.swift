/// Why a server cannot start.
public enum ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    case openBeyondLoopback(host: String)
    case badPathPrefix(String)
    case noPage(folder: String)
    case cannotListen(host: String, port: Int, reason: String)
    case damagedAccounts(path: String, reason: String)

    public var description: String {
        switch self {
        case .openBeyondLoopback(let host):
            "--open lets everybody do everything, so it only goes with a loopback address, not with \(host). "
                + "Leave it out and make an account in the page, or use --host 127.0.0.1."
        case .badPathPrefix(let prefix):
            "\"\(prefix)\" is no path prefix: give letters, digits and -_.~ between slashes, such as /music."
        case .noPage(let folder):
            "the page's files are not in \(folder). Keep the folder coldwave_ColdwaveServer.resources beside the program."
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason). Stop what uses the port, or name another with --port."
        case .damagedAccounts(let path, let reason):
            "\(path) cannot be used: \(reason)."
        }
    }
}
