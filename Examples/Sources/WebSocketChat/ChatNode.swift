public import ClusterFormation
public import Logging
public import ServiceLifecycle
public import TCPMesh

/// A node of the chat: its clients, its links to the other nodes, and the cluster that finds them.
///
/// What a client says goes to all clients of this node, and over the mesh to those of the others, at most once: what is
/// said while a link is down does not cross it.
public struct ChatNode: Sendable {
    /// The links to the other nodes.
    public let mesh: MeshTransport
    /// Who they are.
    public let cluster: Cluster
    /// Where clients come in.
    public let listener: ChatListener
    /// The clients that there are.
    public let room: ChatRoom

    /// The port that clients connect to.
    public var port: Int { self.listener.port }

    /// What to run, in this order: they stop in reverse order, the clients first.
    public var services: [any Service] { [self.mesh, self.cluster, self.listener] }

    /// Listens for clients and for other nodes; its services then serve them.
    ///
    /// - Parameters:
    ///   - name: What people call this node.
    ///   - host: The address to listen on.
    ///   - port: The port for clients; 0 for any that is free.
    ///   - clusterName: The cluster's name.
    ///   - strategies: How to find the other nodes.
    ///   - configuration: Limits.
    ///   - logger: Where to log to.
    /// - Returns: The node.
    /// - Throws: When it can't listen there, and what `Cluster` throws.
    public static func bind(
        name: String,
        host: String = "127.0.0.1",
        port: Int,
        clusterName: String = "chat",
        strategies: [any ClusterStrategy],
        configuration: ChatConfiguration = ChatConfiguration(),
        logger: Logger
    ) async throws -> ChatNode {
        var configuration = configuration
        configuration.longestText = min(configuration.longestText, MeshTransport.longestText)
        let room = ChatRoom(outboxSize: configuration.outboxSize)
        let mesh = try await MeshTransport.bind(
            host: host,
            port: 0,
            cluster: clusterName,
            name: name,
            metadata: ["name": name],
            onEvent: { event in
                guard case .text(let text, let peer) = event else { return }
                room.tell(ChatMessage(node: peer.name, text: text))
            }
        )
        let cluster = try Cluster(
            name: clusterName,
            localNode: mesh.localNode,
            strategies: strategies,
            connector: mesh,
            logger: logger
        )
        let listener = try await ChatListener.bind(host: host, port: port, room: room, configuration: configuration) {
            room.tell(ChatMessage(node: name, text: $0))
            mesh.broadcast($0)
        }
        return ChatNode(mesh: mesh, cluster: cluster, listener: listener, room: room)
    }
}
