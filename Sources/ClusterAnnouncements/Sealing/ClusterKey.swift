internal import ClusterFormation
internal import Crypto
internal import CryptoExtras

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The secret that the nodes of a cluster share, so that nobody without it can place a node among them.
///
/// It is 32 random bytes. Make one with `openssl rand -base64 32` and hand it to every node, for instance in the
/// environment:
///
/// ```swift
/// let key = try ClusterKey(environment: "CLUSTER_KEY")
/// ```
///
/// Several clusters may share a key: each derives its own from it and the cluster's name, and opens no other's messages.
/// To change a key, see ``ClusterKeyRing``. A key is never printed: not in a description, not by `dump`.
public struct ClusterKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The length of a key.
    private static let byteCount = 32

    /// Where the key is; zeroed when the last copy is gone.
    let secret: SymmetricKey

    /// Makes a key from its 32 bytes.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration` when they are not 32, or all the same.
    public init(bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else {
            throw Self.invalid("A cluster's key has \(Self.byteCount) bytes, this one has \(bytes.count).")
        }
        guard Set(bytes).count > 1 else {
            throw Self.invalid("All bytes of the cluster's key are the same: it was never filled.")
        }
        self.secret = SymmetricKey(data: bytes)
    }

    /// Reads a key from its text: base64 (either alphabet, with or without padding) or 64 hexadecimal digits.
    ///
    /// White space around it is ignored.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration`; its message does not repeat the text.
    public init(text: String) throws {
        guard let bytes = KeyText.decode(text) else {
            throw Self.invalid(
                """
                A cluster's key is \(Self.byteCount) bytes in base64 or hexadecimal; this text is neither. \
                Make one with: openssl rand -base64 32
                """
            )
        }
        try self.init(bytes: bytes)
    }

    /// Reads a key's text from an environment variable, as ``init(text:)`` does.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration` when the variable is not set or is not a key.
    public init(environment name: String) throws {
        guard let text = ProcessInfo.processInfo.environment[name] else {
            throw Self.invalid("The environment variable \(name), which should hold the cluster's key, is not set.")
        }
        try self.init(text: text)
    }

    /// Reads a key's text from a file, as ``init(text:)`` does.
    ///
    /// The file's mode is not checked, since the secrets that Kubernetes mounts are readable for all by default: see to
    /// it that nobody else can read the file.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration` when the file can't be read or is not a key.
    public init(contentsOfFile path: String) throws {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw Self.invalid("The file \(path), which should hold the cluster's key, can't be read as text.")
        }
        try self.init(text: text)
    }

    /// Derives a key from a passphrase with scrypt, for when people must be able to remember it.
    ///
    /// It takes about 0.2 s of CPU time and 32 MiB for a moment (N = 2^15, r = 8, p = 3): that is what each guess costs
    /// an attacker, who can try any number of them against a recorded message. Prefer random bytes; make the key once
    /// and keep it.
    ///
    /// - Parameters:
    ///   - passphrase: At least 16 bytes of UTF-8; the same for every node, to the byte.
    ///   - salt: Not secret, the same for every node, best the cluster's name: equal passphrases of different clusters
    ///     then give different keys.
    /// - Throws: `ClusterError` with the code `invalidConfiguration` when the passphrase is too short, or one
    ///     character repeated.
    public init(passphrase: String, salt: String) throws {
        guard passphrase.utf8.count >= 16 else {
            throw Self.invalid("The passphrase of a cluster has at least 16 bytes; this one has fewer.")
        }
        guard Set(passphrase).count > 1 else {
            throw Self.invalid("The passphrase of a cluster is more than one character repeated.")
        }
        do {
            self.secret = try KDF.Scrypt.deriveKey(
                from: Array(passphrase.utf8),
                salt: Array("swift-cluster-formation key v1\0\(salt)".utf8),
                outputByteCount: Self.byteCount,
                rounds: 1 << 15,
                blockSize: 8,
                parallelism: 3
            )
        } catch {
            throw Self.invalid("The key could not be derived from the passphrase; is there too little memory?")
        }
    }

    /// The type's name, and nothing of the key.
    public var description: String { "ClusterKey(redacted)" }

    /// The type's name, and nothing of the key.
    public var debugDescription: String { self.description }

    /// A mirror without children: nothing of the key can be dumped.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    private static func invalid(_ message: String) -> ClusterError {
        ClusterError(code: .invalidConfiguration, message: message)
    }
}
