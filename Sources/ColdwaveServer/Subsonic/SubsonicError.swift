import Library

/// What a request fails with. The codes are OpenSubsonic's; the HTTP status is 200 all the same, as players expect.
struct SubsonicError: Error, Equatable {
    enum Code: Int {
        case generic = 0
        case missingParameter = 10
        case clientTooOld = 20
        case serverTooOld = 30
        case wrongCredentials = 40
        case tokensNotSupported = 41
        case authenticationNotSupported = 42
        case conflictingAuthentication = 43
        case invalidAPIKey = 44
        case notAllowed = 50
        case trialOver = 60
        case notFound = 70
    }
    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func missing(_ name: String) -> SubsonicError {
        .init(.missingParameter, "the parameter \(name) is missing")
    }
    static func wrong(_ name: String, _ what: String) -> SubsonicError {
        .init(.generic, "\(name) must be \(what)")
    }
    static func unknown(_ what: String, _ id: String) -> SubsonicError {
        .init(.notFound, "there is no \(what) \(id)")
    }

    /// - Returns: nil for what nobody foresaw.
    init?(_ error: any Error) {
        switch error {
        case let error as SubsonicError: self = error
        default:
            guard let error = APIError(error) else { return nil }
            let next = error.next.map { ". " + $0 } ?? ""
            switch error {
            case .notFound: self.init(.notFound, error.message)
            case .unauthorized: self.init(.wrongCredentials, error.message)
            case .tooManyRequests: self.init(.wrongCredentials, error.message)
            case .forbidden: self.init(.notAllowed, error.message)
            default: self.init(.generic, error.message + next)
            }
        }
    }

    var node: SubsonicNode { ["code": .int(code.rawValue), "message": .text(message)] }
}
