#if GRPC
    internal import ClusterFormation

    /// A gRPC server of a peer: where it listens, and in which life of the peer.
    struct Server: Hashable, Sendable {
        var endpoint: ClusterFormation.Endpoint
        var instance: InstanceID?
    }

    extension Server {
        /// The servers among some peers, in their order.
        ///
        /// Those of draining peers are left out, unless all are; so is a second one at an endpoint.
        static func servers(of nodes: [Node], port: ClusterTarget.Port) -> [Server] {
            let candidates = nodes.compactMap { node in
                self.endpoint(of: node, port: port).map {
                    (server: Server(endpoint: $0, instance: node.instance), node: node)
                }
            }
            let working = candidates.filter { !$0.node.isDraining }
            var seen: Set<ClusterFormation.Endpoint> = []
            return (working.isEmpty ? candidates : working).map(\.server).filter { seen.insert($0.endpoint).inserted }
        }

        private static func endpoint(of node: Node, port: ClusterTarget.Port) -> ClusterFormation.Endpoint? {
            switch port.wrapped {
            case .endpoint: node.endpoint
            case .metadata(let key):
                node.metadata[key].flatMap { Int($0) }.flatMap { port in
                    try? ClusterFormation.Endpoint(host: node.endpoint.host, port: port)
                }
            }
        }
    }
#endif
