public import ClusterFormation
internal import ClusterFormationDNS
internal import ClusterFormationMulticast
public import ClusterFormationPostgres
internal import Foundation

#if KUBERNETES
    internal import ClusterFormationKubernetes
#endif

/// A strategy by one word on a command line.
public enum StrategyChoice {
    /// What can be written, for a program's help.
    public static let help = """
        local: (processes of this machine), local:/run/mesh; postgres://app@db/app; table:postgres://app@db/app; \
        dns:app.internal:7337 (addresses), srv:_mesh._tcp.app.internal; file:/etc/peers; static:host:port,host:port; \
        multicast: (a local network); kubernetes:service
        """

    /// A word that means no strategy.
    public struct Unknown: Error, CustomStringConvertible {
        /// What is wrong with it.
        public var description: String
    }

    /// Reads a word such as `local:` or `dns:app.internal:7337`.
    ///
    /// - Parameters:
    ///   - text: The word.
    ///   - key: The cluster's key, for strategies that announce; nil for an open cluster.
    /// - Returns: The strategy.
    /// - Throws: ``Unknown``, or what the strategy's initialiser throws.
    public static func strategy(_ text: String, key: ClusterKey? = nil) throws -> any ClusterStrategy {
        guard let colon = text.firstIndex(of: ":") else { throw self.unknown(text) }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "local":
            return rest.isEmpty ? LocalStrategy() : try LocalStrategy(directory: rest)
        case "postgres", "postgresql":
            return try PostgresNotifyStrategy(connection: text, key: key)
        case "table":
            var configuration = PostgresTableStrategy.Configuration()
            configuration.createsTable = true
            return try PostgresTableStrategy(connection: rest, key: key, configuration: configuration)
        case "dns":
            let endpoint = try Endpoint(parsing: rest)
            return try DNSStrategy(name: endpoint.host, port: endpoint.port, configuration: self.dns())
        case "srv":
            return try DNSStrategy(service: rest, configuration: self.dns())
        case "file":
            return try FileStrategy(path: rest)
        case "static":
            return try StaticStrategy(endpoints: rest.split(separator: ",").map { try Endpoint(parsing: String($0)) })
        case "multicast" where rest.isEmpty:
            return try MulticastStrategy(sealing: key.map { .key($0) } ?? .unsealed)
        case "kubernetes":
            return try self.kubernetes(rest)
        default:
            throw self.unknown(text)
        }
    }

    /// With the name server in the variable CLUSTER_NAME_SERVER, such as 127.0.0.1:8600, if it is set.
    private static func dns() throws -> DNSConfiguration {
        var configuration = DNSConfiguration()
        if let server = ProcessInfo.processInfo.environment["CLUSTER_NAME_SERVER"] {
            configuration.nameServers = [try Endpoint(parsing: server)]
        }
        return configuration
    }

    #if KUBERNETES
        private static func kubernetes(_ service: String) throws -> any ClusterStrategy {
            try KubernetesStrategy(service: service)
        }
    #else
        private static func kubernetes(_ service: String) throws -> any ClusterStrategy {
            throw Unknown(description: "Build the examples with EXAMPLES_KUBERNETES=1 in the environment for that.")
        }
    #endif

    private static func unknown(_ text: String) -> Unknown {
        Unknown(description: "'\(text)' is no strategy. There are: \(self.help).")
    }
}
