import PostgresTesting

/// The database that the processes find each other through.
enum Database {
    /// A server of the demonstration's own.
    case throwaway(TemporaryPostgres)
    /// A server of one's own, behind a proxy on a port of the loopback interface.
    case relayed(TemporaryPostgres, port: Int)
    /// Somebody's; it is used and nothing else.
    case existing(String)

    var connectionString: String {
        switch self {
        case .throwaway(let server): server.connectionString()
        case .relayed(let server, let port): server.connectionString(throughPort: port)
        case .existing(let connectionString): connectionString
        }
    }

    /// The server, if it may be stopped.
    var server: TemporaryPostgres? {
        switch self {
        case .throwaway(let server), .relayed(let server, _): server
        case .existing: nil
        }
    }
}
