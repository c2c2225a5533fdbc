import Crypto
import CryptoExtras
import Foundation

/// Passwords as they are kept: scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 3 (OWASP's recommendation for 32 MB), and a salt of 16 bytes each.
/// The text names the parameters, so that they can be raised without losing what was kept before.
enum PasswordHash {
    static let standardRounds = 1 << 15
    private static let blockSize = 8
    private static let parallelism = 3

    /// - Parameter rounds: N, a power of two; fewer only where nothing is at stake, as in tests.
    static func make(_ password: String, rounds: Int = standardRounds) throws -> String {
        let salt = Data(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        let hash = try derive(
            password, salt: salt, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return [
            "scrypt", String(rounds), String(blockSize), String(parallelism),
            salt.base64EncodedString(), hash.base64EncodedString(),
        ].joined(separator: "$")
    }

    /// Whether it is the password; takes the same time whichever byte differs.
    static func matches(_ password: String, _ kept: String) -> Bool {
        let parts = kept.split(separator: "$").map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]),
            let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            let salt = Data(base64Encoded: parts[4]), let hash = Data(base64Encoded: parts[5]),
            let own = try? derive(
                password, salt: salt, rounds: rounds, blockSize: blockSize,
                parallelism: parallelism)
        else { return false }
        return Secrets.areEqual(own, hash)
    }

    private static func derive(
        _ password: String, salt: Data, rounds: Int, blockSize: Int, parallelism: Int
    ) throws -> Data {
        // Letters are one password however they are composed.
        let text = Data(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: text, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize,
            parallelism: parallelism, maxMemory: 64 << 20)
        return key.withUnsafeBytes { Data($0) }
    }
}

/// Random tokens and their hashes. They hold 256 bits, so one round of SHA-256 keeps them.
enum Secrets {
    static func token() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    static func hash(_ token: String) -> Data { Data(SHA256.hash(data: Data(token.utf8))) }

    /// Takes the same time whichever byte differs.
    static func areEqual(_ a: Data, _ b: Data) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Encrypts what must be read again (AES-256-GCM), with a key in a file that only the server's user may read.
struct SecretBox: Sendable {
    private let key: SymmetricKey

    /// Reads the key, or makes it.
    /// - Throws: ``ServerError/damagedAccounts(path:reason:)``.
    init(keyFile: URL) throws {
        let path = keyFile.path
        if !FileManager.default.fileExists(atPath: path) {
            let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw ServerError.damagedAccounts(
                    path: path, reason: String(cString: strerror(errno)))
            }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: fresh)
            try handle.synchronize()
        }
        guard let data = try? Data(contentsOf: keyFile), data.count == 32 else {
            throw ServerError.damagedAccounts(
                path: path, reason: "it is not a key of 32 bytes; restore it from a backup")
        }
        let mode =
            (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            as? NSNumber)?.intValue ?? 0
        guard mode & 0o077 == 0 else {
            throw ServerError.damagedAccounts(
                path: path, reason: "others may read it; run `chmod 600` on it")
        }
        key = SymmetricKey(data: data)
    }

    func seal(_ text: String) throws -> Data {
        try AES.GCM.seal(Data(text.utf8), using: key).combined ?? Data()
    }

    func open(_ data: Data) throws -> String {
        String(decoding: try AES.GCM.open(.init(combined: data), using: key), as: UTF8.self)
    }
}
