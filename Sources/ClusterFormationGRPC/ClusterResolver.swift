#if GRPC
    internal import GRPCCore
    public import GRPCNIOTransportHTTP2

    /// Resolves ``ClusterTarget``, for a registry of your own.
    ///
    /// It says nothing of how calls are spread: give the transport a service configuration with `.roundRobin`.
    public struct ClusterResolver: NameResolverFactory, Sendable {
        /// What it resolves.
        public typealias Target = ClusterTarget

        /// Makes a factory; one is enough for any number of clusters.
        public init() {}

        /// A resolver that tells the target's peers, for as long as its cluster runs.
        public func resolver(for target: ClusterTarget) -> NameResolver {
            NameResolver(
                names: RPCAsyncSequence(wrapping: ServerResolutions(target: target)),
                updateMode: .push,
                authority: target.authority
            )
        }
    }

    extension NameResolverRegistry {
        /// The default resolvers, and ``ClusterResolver``.
        public static var clusters: NameResolverRegistry {
            var registry = NameResolverRegistry.defaults
            registry.registerFactory(ClusterResolver())
            return registry
        }
    }
#endif
