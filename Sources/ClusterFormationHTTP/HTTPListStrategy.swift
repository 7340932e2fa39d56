public import ClusterFormation
internal import HTTPExchange
internal import Locking

/// Peers from a list over HTTP: Prometheus' http_sd format, Consul's health endpoint, Rancher's metadata.
///
/// ```swift
/// let strategy = try HTTPListStrategy(url: "https://registry.internal/peers")
/// ```
///
/// The answer is `[{"targets": ["10.0.3.7:7337"], "labels": {"zone": "eu-1a"}}]`; labels become metadata. For Consul there
/// is ``consul(service:server:passingOnly:wait:configuration:)``, for Rancher ``rancher(port:server:configuration:)``.
///
/// An error changes nothing, whatever it is, and an answer that can't be read in whole is one: who was known stays known.
/// An empty list counts when it was repeated, and who is missing is lost after a grace (`PollingConfiguration`).
/// Redirects are not followed, so that header fields go to nobody else.
///
/// | code | what has happened |
/// |---|---|
/// | `timeout` | The answer took longer than the deadline. |
/// | `unreachable` | There was no connection, or it broke. |
/// | `untrusted` | The server's certificate is not vouched for. |
/// | `unauthorized`, `forbidden`, `not_found`, `throttled` | The status was 401, 403, 404 or 429. |
/// | `server_error` | The status was another one, a redirect among them. |
/// | `bad_answer` | The answer is not of the format; the message says where. |
/// | `too_long`, `list_too_long` | The answer is longer than ``HTTPListConfiguration/maximumBytes``, or lists more than 16,384. |
/// | `unprepared` | The file with the authorities can't be read. |
/// | `empty_unconfirmed` | Nobody is listed although peers were before, and that was not said often enough yet. |
public struct HTTPListStrategy: ClusterStrategy {
    /// What is asked and how the answer is read; one for each life of the strategy.
    typealias Session = @Sendable (any HTTPTransport) async throws -> [Node]

    /// The strategy's name in logs, status and metrics: `http`, `consul` or `rancher`.
    public let name: String

    private let configuration: HTTPListConfiguration
    private let makeTransport: @Sendable () async throws -> any HTTPTransport
    private let makeSession: @Sendable () -> Session

    #if HTTP
        /// A list in Prometheus' http_sd format.
        ///
        /// - Parameters:
        ///   - url: Where the list is, `http://…` or `https://…`.
        ///   - defaultPort: The port of targets that have none; nil if a target without a port is a fault.
        ///   - configuration: Headers, how often it is asked for, and when its answers are believed.
        /// - Throws: `ClusterError` with the code `ClusterError.Code.invalidConfiguration`.
        public init(url: String, defaultPort: Int? = nil, configuration: HTTPListConfiguration = .init()) throws {
            try self.init(
                url: url,
                defaultPort: defaultPort,
                configuration: configuration,
                transport: Self.client(configuration)
            )
        }

        /// The instances of a service that Consul knows, by its health endpoint.
        ///
        /// Queries are held by the server until something has changed, so that a change is known at once and a quiet
        /// service costs little. For a token, set the header `X-Consul-Token`.
        ///
        /// - Parameters:
        ///   - service: The service's name.
        ///   - server: Consul's HTTP interface, with `?dc=…` for another datacenter. Default: `http://127.0.0.1:8500`.
        ///   - passingOnly: Whether only instances count whose checks pass. Default: true.
        ///   - wait: For how long a query may be held. Default: 30 s; one second to ten minutes.
        ///   - configuration: Headers, and when answers are believed. Its interval is at least the wait between two
        ///     changes; without one it is a second. Its timeout is set from `wait`.
        /// - Returns: The strategy.
        /// - Throws: `ClusterError` with the code `ClusterError.Code.invalidConfiguration`.
        public static func consul(
            service: String,
            server: String = "http://127.0.0.1:8500",
            passingOnly: Bool = true,
            wait: Duration = .seconds(30),
            configuration: HTTPListConfiguration? = nil
        ) throws -> HTTPListStrategy {
            try Self.consul(
                service: service,
                server: server,
                passingOnly: passingOnly,
                wait: wait,
                configuration: configuration,
                transport: Self.client(configuration ?? .init())
            )
        }

        /// The containers of one's own service, by the metadata of Rancher 1.x.
        ///
        /// - Parameters:
        ///   - port: At which port each is reached.
        ///   - server: The metadata service. Default: `http://rancher-metadata`.
        ///   - configuration: How often it is asked for, and when its answers are believed.
        /// - Returns: The strategy.
        /// - Throws: `ClusterError` with the code `ClusterError.Code.invalidConfiguration`.
        public static func rancher(
            port: Int,
            server: String = "http://rancher-metadata",
            configuration: HTTPListConfiguration = .init()
        ) throws -> HTTPListStrategy {
            try Self.rancher(
                port: port,
                server: server,
                configuration: configuration,
                transport: Self.client(configuration)
            )
        }

        private static func client(
            _ configuration: HTTPListConfiguration
        ) -> @Sendable () async throws -> any HTTPTransport {
            {
                guard let file = configuration.authorityFile else { return try ClientTransport() }
                return try ClientTransport(authorities: await SmallFile.readInBackground(file))
            }
        }
    #else
        /// A list in Prometheus' http_sd format; it needs the package's trait `HTTP`.
        @available(*, unavailable, message: "add traits: [\"HTTP\"] to the package dependency")
        public init(url: String, defaultPort: Int? = nil, configuration: HTTPListConfiguration = .init()) throws {
            fatalError("unavailable")
        }

        /// The instances of a service that Consul knows; it needs the package's trait `HTTP`.
        @available(*, unavailable, message: "add traits: [\"HTTP\"] to the package dependency")
        public static func consul(
            service: String,
            server: String = "http://127.0.0.1:8500",
            passingOnly: Bool = true,
            wait: Duration = .seconds(30),
            configuration: HTTPListConfiguration? = nil
        ) throws -> HTTPListStrategy {
            fatalError("unavailable")
        }

        /// The containers of one's own service, by Rancher's metadata; it needs the package's trait `HTTP`.
        @available(*, unavailable, message: "add traits: [\"HTTP\"] to the package dependency")
        public static func rancher(
            port: Int,
            server: String = "http://rancher-metadata",
            configuration: HTTPListConfiguration = .init()
        ) throws -> HTTPListStrategy {
            fatalError("unavailable")
        }
    #endif

    init(
        name: String,
        configuration: HTTPListConfiguration,
        transport: @escaping @Sendable () async throws -> any HTTPTransport,
        session: @escaping @Sendable () -> Session
    ) throws {
        try configuration.validate()
        // Refuses what polling can't do, before anything runs.
        _ = try PollingStrategy(name: name, configuration: configuration.polling) { [] }
        self.name = name
        self.configuration = configuration
        self.makeTransport = transport
        self.makeSession = session
    }

    /// Asks and reports until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        let transport: any HTTPTransport
        do {
            transport = try await self.makeTransport()
        } catch {
            let message = LookupError(error).message
            context.discovery.report(.impaired(code: "unprepared", message: message))
            throw error
        }
        let session = self.makeSession()
        let polling = try PollingStrategy(name: self.name, configuration: self.configuration.polling) {
            try await session(transport)
        }
        let result: Result<Void, any Error>
        do { result = .success(try await polling.run(in: context)) } catch { result = .failure(error) }
        await transport.close()
        try result.get()
    }
}
