extension TemporaryPostgres {
    /// How a temporary server is set up.
    public struct Configuration: Sendable {
        /// How many connections the server takes; the default is 100.
        public var maxConnections: Int = 100

        /// The TCP port on 127.0.0.1, 0 for any that is free, nil (the default) for none: then there is the socket alone.
        public var tcpPort: Int?

        /// The superuser's name; the default is `postgres`.
        public var superuser: String = "postgres"

        /// More lines of postgresql.conf, by name; they win over what the temporary server sets itself.
        public var settings: [String: String] = [:]

        /// The lines of pg_hba.conf; by default everybody is let in from this machine without a password.
        public var hostBasedAuthentication: [String] = [
            "local all,replication all trust",
            "host all,replication all 127.0.0.1/32 trust",
            "host all,replication all ::1/128 trust",
        ]

        /// The server's certificate; nil, the default, for a server without TLS.
        public var tls: TLS?

        /// Whether the server's clock can be set with ``TemporaryPostgres/setClock(aheadBy:)``; false unless set.
        ///
        /// It needs libfaketime, see ``TemporaryPostgres/canSetClocks``.
        public var hasSettableClock = false

        /// How long the server may take to start; the default is one minute, for machines that are busy.
        public var startTimeout: Duration = .seconds(60)

        /// Makes the default configuration: a private socket and nothing else.
        public init() {}
    }

    /// Files that give the server a name over TLS, all of them PEM.
    ///
    /// They are copied; the originals are left alone.
    public struct TLS: Sendable {
        /// The path of the server's certificate.
        public var certificate: String
        /// The path of its key.
        public var key: String
        /// The path of the authority for client certificates; nil for none.
        public var clientAuthority: String?

        /// Names the files.
        public init(certificate: String, key: String, clientAuthority: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    /// How the server is told to stop.
    public struct StopMode: Sendable {
        let signal: Signal

        /// Waits until every client has gone.
        public static let smart = StopMode(signal: .terminate)
        /// Ends the sessions, writes everything out and stops: what an operator does.
        public static let fast = StopMode(signal: .interrupt)
        /// Stops at once, without a shutdown checkpoint; the next start recovers.
        public static let immediate = StopMode(signal: .quit)
    }

    /// The way that a connection string leads to the server.
    public struct Transport: Sendable {
        enum Wrapped { case socket, tcp }
        let wrapped: Wrapped

        /// The private Unix-domain socket.
        public static let socket = Transport(wrapped: .socket)
        /// TCP on the loopback interface; the configuration must have a port.
        public static let tcp = Transport(wrapped: .tcp)
    }
}
