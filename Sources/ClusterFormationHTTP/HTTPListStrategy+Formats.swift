internal import ClusterFormation
internal import HTTPExchange
internal import Locking

extension HTTPListStrategy {
    init(
        url: String,
        defaultPort: Int?,
        configuration: HTTPListConfiguration,
        transport: @escaping @Sendable () async throws -> any HTTPTransport
    ) throws {
        let address = try WebAddress(url)
        if let defaultPort { try Self.require(port: defaultPort) }
        let lookup = HTTPLookup(address: address, maximumBytes: configuration.maximumBytes)
        let request = Self.request(address.url(), configuration)
        try self.init(name: "http", configuration: configuration, transport: transport) {
            { transport in
                try await lookup.nodes(request, by: transport) {
                    try TargetGroups.nodes(json: $0.body, defaultPort: defaultPort)
                }
            }
        }
    }

    static func consul(
        service: String,
        server: String,
        passingOnly: Bool,
        wait: Duration,
        configuration: HTTPListConfiguration?,
        transport: @escaping @Sendable () async throws -> any HTTPTransport
    ) throws -> HTTPListStrategy {
        guard (1...256).contains(service.utf8.count), service.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The name of a service of Consul has 1 to 256 characters without spaces."
            )
        }
        guard wait >= .seconds(1), wait <= .seconds(600) else {
            throw ClusterError(code: .invalidConfiguration, message: "wait is \(wait); choose a second to ten minutes.")
        }
        var used = configuration ?? HTTPListConfiguration()
        if configuration == nil { used.polling.interval = .seconds(1) }
        // Consul adds up to a sixteenth, so that queries that began together do not end together.
        used.polling.timeout = wait + wait / 16 + .seconds(5)
        let address = try WebAddress(server)
        let configuration = used
        let lookup = HTTPLookup(address: address, maximumBytes: configuration.maximumBytes)
        let passing = passingOnly ? [("passing", "true")] : []
        return try HTTPListStrategy(name: "consul", configuration: configuration, transport: transport) {
            let index = Locked(ConsulIndex())
            return { transport in
                let waiting = index.withLock { $0.waiting }
                let blocking = waiting.map { [("index", "\($0)"), ("wait", "\(wait.components.seconds)s")] } ?? []
                let url = address.url(["v1", "health", "service", service], parameters: passing + blocking)
                do {
                    return try await lookup.nodes(Self.request(url, configuration), by: transport) { answer in
                        let nodes = try ConsulHealth.nodes(json: answer.body)
                        index.withLock { $0.answered(answer.head.headers["x-consul-index"]) }
                        return nodes
                    }
                } catch {
                    index.withLock { $0.failed() }
                    throw error
                }
            }
        }
    }

    static func rancher(
        port: Int,
        server: String,
        configuration: HTTPListConfiguration,
        transport: @escaping @Sendable () async throws -> any HTTPTransport
    ) throws -> HTTPListStrategy {
        try self.require(port: port)
        let address = try WebAddress(server)
        let lookup = HTTPLookup(address: address, maximumBytes: configuration.maximumBytes)
        let request = self.request(address.url(["latest", "self", "service", "containers"]), configuration)
        return try HTTPListStrategy(name: "rancher", configuration: configuration, transport: transport) {
            { transport in
                try await lookup.nodes(request, by: transport) {
                    try RancherContainers.nodes(json: $0.body, port: port)
                }
            }
        }
    }

    private static func request(_ url: String, _ configuration: HTTPListConfiguration) -> HTTPRequest {
        let own = ["Accept": "application/json", "User-Agent": "swift-cluster-formation"]
        let given = Set(configuration.headers.keys.map { $0.lowercased() })
        // A field that the user gives goes before ours, however it is spelt.
        return HTTPRequest(
            url: url,
            headers: configuration.headers.merging(own.filter { !given.contains($0.key.lowercased()) }) { first, _ in
                first
            }
        )
    }

    private static func require(port: Int) throws {
        guard (1...65_535).contains(port) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "\(port) is not a port; give a number from 1 to 65535."
            )
        }
    }
}
