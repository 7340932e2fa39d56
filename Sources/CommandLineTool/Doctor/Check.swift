#if CommandLine
    /// What the doctor looks at, in the order in which one thing needs the other.
    enum Check: String, CaseIterable, Sendable, Encodable {
        /// Whether the connection string is one.
        case connectionString = "connection_string"
        /// Whether somebody answers at the address.
        case reachable
        /// Whether TLS, where it is asked for, can be agreed on.
        case tls
        /// Whether the server lets this role in, into this database.
        case login
        /// Whether a statement is answered.
        case answers
        /// Whether it is a primary.
        case primary
        /// Whether a pooler stands between that notifications do not pass.
        case pooler
        /// Whether the server knows LISTEN and NOTIFY.
        case listen
        /// Whether notifications arrive, one's own and those of other sessions.
        case delivery
        /// How long they take.
        case roundTrip = "round_trip"
        /// Whether a session can show that it lives.
        case rights
        /// Whether a sender's bytes can do harm to a listener.
        case encoding
        /// How full the notification queue is, and whose fault it is.
        case queue
        /// How many more sessions the server takes.
        case connections
        /// Whether this machine's clock and the server's agree.
        case clocks
        /// Whether two nodes claim one address.
        case addresses
        /// Whether the cluster's messages are sealed with the given key.
        case keys
        /// Whether all speak the same version.
        case versions
        /// Whether strangers or relays are on the channel.
        case strangers

        var title: String {
            switch self {
            case .connectionString: "connection string"
            case .roundTrip: "round trip"
            case .reachable, .tls, .login, .answers, .primary, .pooler, .listen, .delivery, .rights, .encoding, .queue,
                .connections, .clocks, .addresses, .keys, .versions, .strangers:
                self.rawValue
            }
        }
    }
#endif
