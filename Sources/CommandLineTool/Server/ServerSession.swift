#if CommandLine
    internal import ClusterFormation

    /// One session, as the server's list of sessions shows it.
    struct ServerSession: Hashable, Sendable {
        var processID: Int32
        /// What it calls itself; any role may call itself as it likes.
        var name: String
        var user: String
        /// Nil on a socket, and where the server does not show it to this role.
        var clientAddress: String?
        /// For how long it has been there; nil where the server does not show it to this role.
        var age: Duration?

        /// The address and the cluster that a node's session has in its name: `10.0.0.7:7337 orders`.
        ///
        /// The server cuts a name after 63 bytes, so that the cluster's may be a part of it.
        var claim: (endpoint: Endpoint, cluster: String)? {
            guard let blank = self.name.firstIndex(of: " "),
                let endpoint = try? Endpoint(parsing: String(self.name[..<blank]))
            else { return nil }
            return (endpoint, String(self.name[self.name.index(after: blank)...]))
        }

        /// The address that it claims in a cluster, if it claims one.
        func endpoint(inCluster cluster: String) -> Endpoint? {
            guard let claim = self.claim, Self.names(claim.cluster, cluster, of: self.name) else { return nil }
            return claim.endpoint
        }

        private static let longestName = 63

        private static func names(_ shown: String, _ cluster: String, of name: String) -> Bool {
            let isCut = name.utf8.count > self.longestName - self.longestCharacter && !shown.isEmpty
            return self.forms(of: cluster).contains { shown == $0 || isCut && $0.hasPrefix(shown) }
        }

        /// What is cut is cut between characters, however they are written.
        private static let longestCharacter = 4

        /// What PostgreSQL makes of a name: what is not printable ASCII becomes a question mark, and from version 16 on
        /// `\x` and two digits (its manual, "application_name").
        private static func forms(of name: String) -> [String] {
            func form(_ replacement: (UInt8) -> String) -> String {
                name.utf8.map { (0x20...0x7e).contains($0) ? String(Unicode.Scalar($0)) : replacement($0) }.joined()
            }
            return [form { _ in "?" }, form { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }]
        }
    }
#endif
