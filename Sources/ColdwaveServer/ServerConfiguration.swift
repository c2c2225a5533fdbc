import Foundation
import Library

/// How a server is to run.
public struct ServerConfiguration: Sendable {
    public var library: LibraryLocation
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 4533
    /// Everything lies below this path, such as `/music`; empty for none.
    public var pathPrefix = ""
    /// No accounts, everybody may do everything; on a loopback address only.
    public var isOpen = false
    /// The folder with the page's files; nil for those that come with the program.
    public var webFolder: URL?
    /// The program that jobs are started with; nil where there is none, and no jobs then.
    public var executable: URL?
    public var version = "0"
    public var limits = ServerLimits()

    public init(library: LibraryLocation) { self.library = library }

    /// - Throws: ``ServerError/openBeyondLoopback(host:)``, ``ServerError/badPathPrefix(_:)``.
    func checked() throws -> ServerConfiguration {
        var checked = self
        if isOpen, !["127.0.0.1", "::1", "localhost"].contains(host) {
            throw ServerError.openBeyondLoopback(host: host)
        }
        let parts = pathPrefix.split(separator: "/").map(String.init)
        let allowed = CharacterSet(
            charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
        guard
            parts.allSatisfy({
                $0 != "." && $0 != ".." && $0.unicodeScalars.allSatisfy(allowed.contains)
            })
        else { throw ServerError.badPathPrefix(pathPrefix) }
        checked.pathPrefix = parts.map { "/" + $0 }.joined()
        return checked
    }
}

/// What one client, or all of them together, may ask for.
public struct ServerLimits: Sendable {
    /// Bytes of a request's body.
    public var body = 1 << 20
    /// Bytes of a request's path and query.
    public var address = 8 << 10
    /// Requests that are worked on at once; those beyond are answered with 503.
    public var requests = 256
    /// Connections at once.
    public var connections = 1024
    /// Connections at once from one address that is not this machine's.
    public var connectionsPerAddress = 256
    /// Seconds after which a connection without traffic is closed, and within which a request's head must have come.
    public var idleSeconds = 60
    /// Seconds within which a request's body must have come.
    public var bodySeconds = 30
    /// Seconds after which a connection is closed that takes nothing of an answer. A player may pause for some minutes.
    public var stallSeconds = 600
    /// Logins that may fail for one name or from one address within ``loginSeconds``.
    public var failedLogins = 8
    public var loginSeconds = 300.0
    /// scrypt's N for new passwords.
    var passwordRounds = PasswordHash.standardRounds
    /// Files transcoded at once.
    public var transcodings = 4
    /// Seconds between looks for new artefacts.
    public var pollSeconds = 1.0

    public init() {}
}
