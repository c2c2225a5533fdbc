import Foundation

/// Who sends a request. Every handler sees it as `context.auth`; nil: nobody we know.
public struct AuthContext: Equatable, Sendable {
    public enum Role: String, Codable, Sendable { case admin, listener }
    public enum Means: Sendable {
        /// There are no accounts: `--open`.
        case open
        /// A cookie: state-changing requests must prove that our page sent them.
        case session
        /// An API key, or a name and password with the request itself.
        case credentials
    }

    /// The account's name; nil with ``Means/open``.
    public let user: String?
    public let role: Role
    /// The listener of the library whose lists this user sees; nil for none of their own.
    public let listener: String?
    public let means: Means

    public init(user: String?, role: Role, listener: String?, means: Means) {
        self.user = user
        self.role = role
        self.listener = listener
        self.means = means
    }

    public static let open = AuthContext(user: nil, role: .admin, listener: nil, means: .open)

    public var isAdmin: Bool { role == .admin }

    /// Admins see everybody's lists, listeners their own.
    public func maySee(listener name: String) -> Bool {
        isAdmin
            || listener.map {
                $0.precomposedStringWithCanonicalMapping
                    == name.precomposedStringWithCanonicalMapping
            } ?? false
    }
}
