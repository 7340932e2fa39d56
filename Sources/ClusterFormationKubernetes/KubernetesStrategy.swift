public import ClusterFormation
internal import HTTPExchange

#if Kubernetes
    internal import class Foundation.ProcessInfo
#endif

/// Peers from the API of Kubernetes: the endpoints of a service, or pods by their labels.
///
/// ```swift
/// let strategy = try KubernetesStrategy(service: "orders")
/// ```
///
/// It lists once and then watches, so that a peer is known as soon as Kubernetes knows it, and a quiet cluster costs the
/// API server one request in some minutes. What it needs of Kubernetes, with manifests, is in the module's documentation.
///
/// An error changes nothing, whatever it is: who was known stays known. An empty list counts when it was repeated, and
/// who is not listed any more is lost after a grace. Who is not ready yet is found, who is terminating is not. Zone, node
/// and pod of a peer are in its metadata as `zone`, `node` and `pod`; it has no instance id, since Kubernetes does not know
/// of a container's restarts.
///
/// | code | what has happened |
/// |---|---|
/// | `forbidden` | The service account may not list and watch; the message has the Role that it needs. |
/// | `unauthorized` | The token is not accepted, although it was read again. |
/// | `unreachable` | The API server can't be reached. |
/// | `untrusted` | The API server is not the one that the service account's authority vouches for. |
/// | `timeout` | The API server did not answer in time. |
/// | `throttled` | The API server is overloaded and asks for fewer requests. |
/// | `server_error` | The API server answered with another status. |
/// | `not_found` | The API server has no such API. |
/// | `expired` | What was asked for was too old three times in a row. |
/// | `bad_answer` | The answer is not one of this API's. |
/// | `credentials_missing` | A file of the service account can't be read any more. |
/// | `empty_unconfirmed` | Nobody is listed although peers were before, and that was not said often enough yet. |
/// | `port_unknown` | A peer's port can't be told; see ``KubernetesConfiguration/port``. |
/// | `hostname_unknown` | A peer has no hostname; see ``KubernetesAddress/hostname``. |
/// | `bad_address` | An address or a port is none. |
/// | `list_too_long`, `too_long` | There are more than 65,536 endpoints, or 16,384 peers, or an answer is too long. |
public struct KubernetesStrategy: ClusterStrategy {
    /// The strategy's name in logs, status and metrics: `kubernetes`.
    public let name = "kubernetes"

    let query: APIQuery
    private let configuration: KubernetesConfiguration
    private let makeTransport: @Sendable () -> any HTTPTransport

    #if Kubernetes
        /// The endpoints of a service, by its EndpointSlices.
        ///
        /// - Parameters:
        ///   - service: The service's name; a headless service is enough.
        ///   - configuration: Which port, which address, which namespace; the defaults fit a service with one port.
        /// - Throws: `ClusterError` with the code `ClusterError.Code.invalidConfiguration`.
        public init(service: String, configuration: KubernetesConfiguration = .init()) throws {
            let environment = ProcessInfo.processInfo.environment
            try self.init(service: service, configuration: configuration, environment: environment)
        }

        /// Pods by their labels, without a service.
        ///
        /// - Parameters:
        ///   - podSelector: A selector such as `app=orders,tier!=batch`.
        ///   - port: At which port they are reached.
        ///   - configuration: Which address, which namespace; its ``KubernetesConfiguration/port`` is not looked at.
        /// - Throws: `ClusterError` with the code `ClusterError.Code.invalidConfiguration`.
        public init(
            podSelector: String,
            port: KubernetesPort,
            configuration: KubernetesConfiguration = .init()
        ) throws {
            let environment = ProcessInfo.processInfo.environment
            try self.init(podSelector: podSelector, port: port, configuration: configuration, environment: environment)
        }
    #else
        /// The endpoints of a service, by its EndpointSlices; it needs the package's trait `Kubernetes`.
        @available(*, unavailable, message: "add traits: [\"Kubernetes\"] to the package dependency")
        public init(service: String, configuration: KubernetesConfiguration = .init()) throws {
            fatalError("unavailable")
        }

        /// Pods by their labels, without a service; it needs the package's trait `Kubernetes`.
        @available(*, unavailable, message: "add traits: [\"Kubernetes\"] to the package dependency")
        public init(
            podSelector: String,
            port: KubernetesPort,
            configuration: KubernetesConfiguration = .init()
        ) throws {
            fatalError("unavailable")
        }
    #endif

    init(
        service: String,
        configuration: KubernetesConfiguration,
        environment: [String: String],
        transport: (@Sendable () -> any HTTPTransport)? = nil
    ) throws {
        guard Self.isLabel(service) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message:
                    "The name of a service has 1 to 63 lower-case letters, digits and hyphens; it is not a DNS name."
            )
        }
        try self.init(
            kind: .endpointSlices,
            selector: "\(EndpointSlice.serviceLabel)=\(service)",
            configuration: configuration,
            environment: environment,
            transport: transport
        )
    }

    init(
        podSelector: String,
        port: KubernetesPort,
        configuration: KubernetesConfiguration,
        environment: [String: String],
        transport: (@Sendable () -> any HTTPTransport)? = nil
    ) throws {
        guard (1...1_024).contains(podSelector.utf8.count), podSelector.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The selector of the pods has 1 to 1,024 characters, such as app=orders."
            )
        }
        var configuration = configuration
        configuration.port = port
        try self.init(
            kind: .pods,
            selector: podSelector,
            configuration: configuration,
            environment: environment,
            transport: transport
        )
    }

    private init(
        kind: APIKind,
        selector: String,
        configuration: KubernetesConfiguration,
        environment: [String: String],
        transport: (@Sendable () -> any HTTPTransport)?
    ) throws {
        try configuration.validate()
        let server = try APIServer.address(configured: configuration.server, environment: environment)
        let account = ServiceAccount(directory: configuration.serviceAccountDirectory)
        if transport == nil { try account.validate() }
        let namespace = try configuration.namespace ?? account.namespace()
        guard Self.isLabel(namespace) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "A namespace has 1 to 63 lower-case letters, digits and hyphens."
            )
        }
        self.query = APIQuery(server: server, kind: kind, namespace: namespace, selector: selector)
        self.configuration = configuration
        self.makeTransport = transport ?? Self.transport(account)
    }

    private static func transport(_ account: ServiceAccount) -> @Sendable () -> any HTTPTransport {
        #if Kubernetes
            { ServiceAccountTransport(account: account) }
        #else
            { fatalError("There is no client without the trait Kubernetes, and no initialiser that could ask for it.") }
        #endif
    }

    /// Whether a text is a label of DNS as Kubernetes wants it (RFC 1123).
    private static func isLabel(_ text: String) -> Bool {
        let isEdge: (UInt8) -> Bool = { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
        return (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { isEdge($0) || $0 == UInt8(ascii: "-") }
            && text.utf8.first.map(isEdge) == true && text.utf8.last.map(isEdge) == true
    }

    /// Lists, watches and reports until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        var generator = SystemRandomNumberGenerator()
        let transport = self.makeTransport()
        let driver = WatchDriver(
            query: self.query,
            configuration: self.configuration,
            transport: transport,
            context: context,
            seed: generator.next()
        )
        await driver.run()
        await transport.close()
        context.discovery.report(.stopped)
    }
}
