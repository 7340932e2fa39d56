import PostgresTesting

/// The database that the processes find each other through.
enum Database {
    /// A server of the demonstration's own.
    case throwaway(TemporaryPostgres)
    /// Somebody's; it is used and nothing else.
    case existing(String)

    var connectionString: String {
        switch self {
        case .throwaway(let server): server.connectionString()
        case .existing(let connectionString): connectionString
        }
    }

    /// The server, if it may be stopped.
    var server: TemporaryPostgres? {
        if case .throwaway(let server) = self { server } else { nil }
    }
}
