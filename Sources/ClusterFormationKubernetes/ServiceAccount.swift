internal import ClusterFormation
internal import HTTPExchange

/// What Kubernetes puts into a pod so that it can ask the API.
struct ServiceAccount: Sendable, Hashable {
    var directory: String

    var tokenPath: String { "\(self.directory)/token" }
    var authorityPath: String { "\(self.directory)/ca.crt" }
    var namespacePath: String { "\(self.directory)/namespace" }

    /// Refuses what can't work: it may block, and is for initialisers.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    func validate() throws {
        let authority: [UInt8]
        do {
            _ = try Self.token(SmallFile.read(self.tokenPath))
            authority = try SmallFile.read(self.authorityPath)
        } catch {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "\(error) A pod has the files token and ca.crt of its service account unless "
                    + "automountServiceAccountToken is false; outside of a pod, set serviceAccountDirectory."
            )
        }
        guard String(decoding: authority, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw ClusterError(
                code: .invalidConfiguration,
                message:
                    "\(self.authorityPath) holds no certificate; without one the API server can't be told from others."
            )
        }
    }

    /// The namespace that the pod runs in; it may block.
    func namespace() throws -> String {
        do {
            return Self.trimmed(try SmallFile.read(self.namespacePath))
        } catch {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The namespace is not known: \(error) Set it in the configuration."
            )
        }
    }

    /// The token in a file, fit for a header field.
    static func token(_ contents: [UInt8]) throws -> String {
        let token = self.trimmed(contents)
        guard (1...16_384).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw HTTPFailure(.unprepared, "The service account's token is empty, too long, or has spaces in it.")
        }
        return token
    }

    private static func trimmed(_ contents: [UInt8]) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        let text = contents.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(decoding: text, as: UTF8.self)
    }
}
