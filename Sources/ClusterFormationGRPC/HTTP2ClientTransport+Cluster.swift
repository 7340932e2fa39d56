#if GRPC
    public import GRPCCore
    public import GRPCNIOTransportHTTP2
    public import NIOCore
    public import NIOPosix

    extension HTTP2ClientTransport.Posix {
        /// A transport to the peers of a cluster, each of which is called in turn.
        ///
        /// - Parameters:
        ///   - target: The cluster.
        ///   - transportSecurity: Whether and how connections are encrypted.
        ///   - config: The transport's configuration.
        ///   - serviceConfig: Retries, timeouts and how calls are spread. Where it says nothing of the last, it is round
        ///     robin.
        ///   - eventLoopGroup: The event loops of the connections.
        /// - Throws: What the transport throws for a configuration of TLS that can't work.
        public init(
            target: ClusterTarget,
            transportSecurity: TransportSecurity,
            config: Config = .defaults,
            serviceConfig: ServiceConfig = ServiceConfig(),
            eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
        ) throws {
            var serviceConfig = serviceConfig
            if serviceConfig.loadBalancingConfig.isEmpty { serviceConfig.loadBalancingConfig = [.roundRobin] }
            try self.init(
                target: target,
                transportSecurity: transportSecurity,
                config: config,
                resolverRegistry: .clusters,
                serviceConfig: serviceConfig,
                eventLoopGroup: eventLoopGroup
            )
        }
    }

    extension ClientTransport where Self == HTTP2ClientTransport.Posix {
        /// A transport to the peers of a cluster, each of which is called in turn.
        ///
        /// - Parameters:
        ///   - target: The cluster.
        ///   - transportSecurity: Whether and how connections are encrypted.
        ///   - config: The transport's configuration.
        ///   - serviceConfig: Retries, timeouts and how calls are spread. Where it says nothing of the last, it is round
        ///     robin.
        ///   - eventLoopGroup: The event loops of the connections.
        /// - Returns: The transport.
        /// - Throws: What the transport throws for a configuration of TLS that can't work.
        public static func http2NIOPosix(
            target: ClusterTarget,
            transportSecurity: HTTP2ClientTransport.Posix.TransportSecurity,
            config: HTTP2ClientTransport.Posix.Config = .defaults,
            serviceConfig: ServiceConfig = ServiceConfig(),
            eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
        ) throws -> Self {
            try HTTP2ClientTransport.Posix(
                target: target,
                transportSecurity: transportSecurity,
                config: config,
                serviceConfig: serviceConfig,
                eventLoopGroup: eventLoopGroup
            )
        }
    }
#endif
