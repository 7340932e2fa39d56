#if GRPC
    public import ClusterFormation
    public import GRPCNIOTransportHTTP2
    internal import Threads

    /// The peers of a cluster, as what a gRPC client calls.
    ///
    /// ```swift
    /// let transport = try HTTP2ClientTransport.Posix(target: .cluster(cluster), transportSecurity: .plaintext)
    /// ```
    ///
    /// Each target has a cluster of its own: one process may call several. Peers that are draining are left out as long as
    /// there is another one. The local node is no peer, and is not called.
    ///
    /// Calls wait while no peer is known; give them a timeout. When the last peer goes, the client keeps the last list.
    public struct ClusterTarget: ResolvableTarget, Sendable {
        /// Where a peer's gRPC server listens.
        public struct Port: Sendable, Hashable, CustomStringConvertible {
            enum Wrapped: Sendable, Hashable {
                case endpoint
                case metadata(String)
            }
            let wrapped: Wrapped

            /// At the node's own endpoint.
            public static let endpoint = Port(wrapped: .endpoint)

            /// At the node's host, with the port that its metadata tells under a key; a node that tells none, or none from 1 to
            /// 65535, is left out.
            public static func metadata(_ key: String) -> Port { Port(wrapped: .metadata(key)) }

            /// Where the port comes from.
            public var description: String {
                switch self.wrapped {
                case .endpoint: "endpoint"
                case .metadata(let key): "metadata \(key)"
                }
            }
        }

        let cluster: Cluster
        let port: Port
        let authority: String?
        var pace: ResolutionPace
        var clock: any Clock<Duration> = ContinuousClock()
        var lookUp: @Sendable (String) -> [String]? = { try? SystemResolver.addresses(of: $0).get() }

        /// The peers of a cluster.
        ///
        /// - Parameters:
        ///   - cluster: The cluster; it may be started before or after the client, and may have a connector or none.
        ///   - port: Where a peer's gRPC server listens. Default: at its endpoint.
        ///   - authority: The name that all servers are called by, in the `:authority` header and for TLS: their
        ///     certificates must be valid for it. Default: nil, each server's own address. What the transport's
        ///     `config.http2.authority` says comes first.
        ///   - repeatInterval: How often the client is given the list again, though it is the same: a server that has closed
        ///     its connection with GOAWAY is used again after that time at most. Default: 1 s; at least 100 ms. Each time
        ///     gRPC makes its retry throttle anew, so take a longer one if you throttle retries.
        /// - Throws: `ClusterError` with the code `invalidConfiguration`.
        public init(
            _ cluster: Cluster,
            port: Port = .endpoint,
            authority: String? = nil,
            repeatInterval: Duration = .seconds(1)
        ) throws {
            if case .metadata(let key) = port.wrapped, let flaw = NodeMetadata.flaw(in: [key: ""]) {
                throw ClusterError(code: .invalidConfiguration, message: flaw)
            }
            if let authority, !Self.isAuthority(authority) {
                throw ClusterError(
                    code: .invalidConfiguration,
                    message:
                        "The authority is no host name or host and port of 1 to 255 visible ASCII characters; give "
                        + "the name in the servers' certificates."
                )
            }
            guard repeatInterval >= .milliseconds(100) else {
                throw ClusterError(
                    code: .invalidConfiguration,
                    message: "A repeatInterval of \(repeatInterval) is too short; give 100 ms or more."
                )
            }
            self.cluster = cluster
            self.port = port
            self.authority = authority
            self.pace = ResolutionPace(repeatInterval: repeatInterval)
        }

        private static func isAuthority(_ text: String) -> Bool {
            (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        }

        /// The peers of a cluster: ``init(_:port:authority:repeatInterval:)``, as it reads at `target:`.
        ///
        /// - Throws: `ClusterError` with the code `invalidConfiguration`.
        public static func cluster(
            _ cluster: Cluster,
            port: Port = .endpoint,
            authority: String? = nil,
            repeatInterval: Duration = .seconds(1)
        ) throws -> ClusterTarget {
            try ClusterTarget(cluster, port: port, authority: authority, repeatInterval: repeatInterval)
        }
    }
#endif
