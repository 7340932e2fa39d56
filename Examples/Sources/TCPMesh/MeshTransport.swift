public import ClusterFormation
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization

/// A TCP connection to every peer, over which short texts go: the example of a transport of one's own.
///
/// It is a service, which accepts and keeps connections, and the cluster's connector, which makes them. In a
/// `ServiceGroup` it stands before the cluster, so that it stops after it.
public final class MeshTransport: Service {
    typealias Channel = NIOAsyncChannel<MeshFrame, MeshFrame>

    /// A connect that waits for its link.
    struct Waiter {
        var peer: Node
        var link: Link
        var continuation: CheckedContinuation<Void, any Error>
    }

    struct State {
        var table: MeshTable
        var connections: [MeshTable.ConnectionID: MeshConnection] = [:]
        var waiters: [Endpoint: Waiter] = [:]
        /// The cluster's side of each link; a link that a peer has made has none until the cluster asks for it.
        var links: [MeshTable.ConnectionID: Link] = [:]
    }

    struct Dial: Sendable {
        var connection: MeshConnection
        var peer: Node
    }

    /// This process: what to hand to the cluster as its local node.
    public let localNode: Node

    let identity: MeshIdentity
    let configuration: MeshConfiguration
    let onEvent: @Sendable (MeshEvent) -> Void
    let state: Mutex<State>
    private let server: NIOAsyncChannel<any NIOCore.Channel, Never>
    private let eventLoops: any EventLoopGroup
    private let dials: AsyncStream<Dial>
    let dialsInput: AsyncStream<Dial>.Continuation

    private init(
        server: NIOAsyncChannel<any NIOCore.Channel, Never>,
        eventLoops: any EventLoopGroup,
        identity: MeshIdentity,
        metadata: [String: String],
        configuration: MeshConfiguration,
        onEvent: @escaping @Sendable (MeshEvent) -> Void
    ) {
        self.server = server
        self.eventLoops = eventLoops
        self.identity = identity
        self.localNode = Node(endpoint: identity.endpoint, instance: identity.instance, metadata: metadata)
        self.configuration = configuration
        self.onEvent = onEvent
        self.state = Mutex(State(table: MeshTable(local: identity.instance)))
        (self.dials, self.dialsInput) = AsyncStream.makeStream()
    }

    /// Listens, so that the address is known; `run()` then accepts.
    ///
    /// - Parameters:
    ///   - host: The address at which the others reach this process.
    ///   - bindAddress: The address to listen on; nil for the same one.
    ///   - port: The port; 0 for any that is free.
    ///   - cluster: The cluster's name: connections of other clusters are refused.
    ///   - name: What people call this process.
    ///   - metadata: What the cluster shall tell the others of it.
    ///   - configuration: Deadlines and limits.
    ///   - onEvent: Called for everything that happens, in order for each peer; it must not block.
    /// - Returns: A transport that listens and does not accept yet.
    /// - Throws: When it can't listen there.
    public static func bind(
        host: String,
        bindAddress: String? = nil,
        port: Int,
        cluster: String,
        name: String,
        metadata: [String: String] = [:],
        configuration: MeshConfiguration = MeshConfiguration(),
        onEvent: @escaping @Sendable (MeshEvent) -> Void
    ) async throws -> MeshTransport {
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: eventLoops)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A connection is read from once it is wrapped, which is when it is taken up: one that arrives while the
            // server stops is then dropped as it is, where a wrapped one that nobody takes up is a failure to NIO.
            .childChannelOption(.autoRead, value: false)
            .bind(host: bindAddress ?? host, port: port) { channel in
                channel.eventLoop.makeSucceededFuture(channel)
            }
        let identity = MeshIdentity(
            cluster: cluster,
            endpoint: try Endpoint(host: host, port: server.channel.localAddress?.port ?? port),
            instance: .random(),
            name: name
        )
        return MeshTransport(
            server: server,
            eventLoops: eventLoops,
            identity: identity,
            metadata: metadata,
            configuration: configuration,
            onEvent: onEvent
        )
    }

    private static func wrap(_ channel: any NIOCore.Channel) throws -> Channel {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteToMessageHandler(MeshFrameDecoder()))
        try pipeline.addHandler(MessageToByteHandler(MeshFrameEncoder()))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    /// The longest text that goes over a link, in bytes of UTF-8.
    ///
    /// As JSON it may be six times as long, and has to fit into a frame.
    public static let longestText = 2_048

    /// Says something to every peer that there is a link to.
    ///
    /// Nobody waits for a slow peer: when its outbox is full, its link is closed, and made anew by the cluster.
    ///
    /// - Parameter text: At most ``longestText`` bytes; a longer text goes to nobody.
    /// - Returns: How many peers it is on its way to.
    @discardableResult
    public func broadcast(_ text: String) -> Int {
        guard text.utf8.count <= Self.longestText else { return 0 }
        let links = self.state.withLock { state in state.connections.values.filter(\.isOpenLink) }
        return links.count { link in
            let isOnItsWay = link.send(.text(body: text))
            if !isOnItsWay { link.stop(MeshError.slow) }
            return isOnItsWay
        }
    }

    /// Accepts and keeps connections until the service is shut down.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Cancellation is shutdown, which is no failure.
                    do { try await self.accept() } catch is CancellationError {}
                }
                group.addTask { await self.dialPeers() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func accept() async throws {
        try await self.server.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                for try await client in clients {
                    let connection = self.state.withLock { state -> MeshConnection? in
                        guard state.connections.count < self.configuration.maximumConnections else { return nil }
                        return self.makeConnection(id: state.table.makeID(), isDialledHere: false, in: &state)
                    }
                    group.addTask {
                        if let connection {
                            await self.serve(client, as: connection)
                        } else {
                            try? await client.close()
                        }
                    }
                }
            }
        }
    }

    private func serve(_ client: any NIOCore.Channel, as connection: MeshConnection) async {
        do {
            let channel = try await client.eventLoop.submit {
                let channel = try Self.wrap(client)
                try client.syncOptions?.setOption(.autoRead, value: true)
                return channel
            }.get()
            await self.converse(connection, over: channel)
        } catch {
            try? await client.close()
            self.ended(connection, error: MeshError.network(Self.describe(error)))
        }
    }

    private func dialPeers() async {
        await withDiscardingTaskGroup { group in
            for await dial in self.dials {
                group.addTask { await self.dial(dial) }
            }
        }
    }

    private func dial(_ dial: Dial) async {
        do {
            let channel = try await ClientBootstrap(group: self.eventLoops)
                .connectTimeout(TimeAmount(self.configuration.handshakeTimeout))
                .connect(host: dial.peer.endpoint.host, port: dial.peer.endpoint.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.wrap(channel) }
                }
            await self.converse(dial.connection, over: channel, seeking: dial.peer)
        } catch {
            self.ended(dial.connection, error: MeshError.network(Self.describe(error)))
        }
    }

    /// One line that says what went wrong, in the words of the system where they are its own.
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IOError: error.description
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { Self.describe($0.error) } ?? "the host's name is unknown"
        case let error as ChannelError: "\(error)"
        default: "\(error)"
        }
    }

    func makeConnection(id: MeshTable.ConnectionID, isDialledHere: Bool, in state: inout State) -> MeshConnection {
        let connection = MeshConnection(
            id: id,
            isDialledHere: isDialledHere,
            outboxSize: self.configuration.outboxSize
        )
        state.connections[id] = connection
        return connection
    }
}
