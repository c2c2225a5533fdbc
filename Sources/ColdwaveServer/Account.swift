import Foundation

/// Somebody who may log in.
public struct Account: Equatable, Sendable {
    public let name: String
    public let role: AuthContext.Role
    /// The listener of the library whose plays and lists are theirs; nil for none.
    public let listener: String?

    func auth(_ means: AuthContext.Means) -> AuthContext {
        AuthContext(user: name, role: role, listener: listener, means: means)
    }
}

/// What an account owns to let programs in; the key itself is shown once and kept only as a hash.
struct KeyInfo: Encodable, Sendable {
    let id: Int64
    let label: String
    let created: String
    let lastUsed: String?
}
