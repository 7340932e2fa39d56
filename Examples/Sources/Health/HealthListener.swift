import ClusterFormation
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Answers `GET /livez` and `GET /readyz` on plain NIO, for a server that has no HTTP of its own.
///
/// Anybody who reaches the port may ask: bind it where only the orchestrator does.
struct HealthListener: Service {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    /// How many are answered at once; more wait in the kernel.
    private static let mostConnections = 16
    /// How long a connection may take for one question.
    private static let patience = TimeAmount.seconds(5)

    private let cluster: Cluster
    private let minimumPeers: Int
    private let listener: NIOAsyncChannel<Connection, Never>

    /// Where it listens.
    var port: Int { self.listener.channel.localAddress?.port ?? 0 }

    /// Binds a port; 0 for any that is free.
    static func bind(
        _ cluster: Cluster,
        minimumPeers: Int = 0,
        host: String,
        port: Int,
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) async throws -> HealthListener {
        let listener: NIOAsyncChannel<Connection, Never> = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(BodiesOfBytes())
                    try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: Self.patience))
                    try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return HealthListener(cluster: cluster, minimumPeers: minimumPeers, listener: listener)
    }

    private init(cluster: Cluster, minimumPeers: Int, listener: NIOAsyncChannel<Connection, Never>) {
        self.cluster = cluster
        self.minimumPeers = minimumPeers
        self.listener = listener
    }

    func run() async throws {
        try await self.listener.executeThenClose { connections in
            await withDiscardingTaskGroup { group in
                let limit = AsyncSlots(Self.mostConnections)
                do {
                    for try await connection in connections.cancelOnGracefulShutdown() {
                        await limit.take()
                        group.addTask {
                            // A connection that breaks is its own affair.
                            try? await self.serve(connection)
                            await limit.give()
                        }
                    }
                } catch {
                    // The listener is closed with this call.
                }
                group.cancelAll()
            }
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head(let head) = part else { continue }
                let answer = self.answer(head.method, head.uri)
                let body = ByteBuffer(string: answer.lines.map { "\($0)\n" }.joined())
                var headers = HTTPHeaders([("content-type", "text/plain; charset=utf-8"), ("connection", "close")])
                headers.add(name: "content-length", value: "\(body.readableBytes)")
                try await outbound.write(.head(.init(version: head.version, status: answer.status, headers: headers)))
                try await outbound.write(.body(body))
                try await outbound.write(.end(nil))
                return
            }
        }
    }

    private func answer(_ method: HTTPMethod, _ path: String) -> (status: HTTPResponseStatus, lines: [String]) {
        guard method == .GET else { return (.methodNotAllowed, ["Ask with GET."]) }
        switch path.prefix(while: { $0 != "?" }) {
        case "/livez": return (.ok, ["This process runs."])
        case "/readyz":
            let readiness = self.cluster.readiness(minimumPeers: self.minimumPeers)
            return (
                readiness.isReady ? .ok : .serviceUnavailable,
                readiness.reasons.isEmpty ? ["Ready."] : readiness.reasons
            )
        default: return (.notFound, ["There is /livez and /readyz."])
        }
    }
}

/// So many at once, and no more.
private actor AsyncSlots {
    private var free: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        self.free = count
    }

    func take() async {
        guard self.free == 0 else {
            self.free -= 1
            return
        }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    func give() {
        guard self.waiters.isEmpty else { return self.waiters.removeFirst().resume() }
        self.free += 1
    }
}

/// NIO's server writes files, too; bodies of bytes alone may go from task to task.
private final class BodiesOfBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPServerResponsePart =
            switch self.unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let bytes): .body(.byteBuffer(bytes))
            case .end(let trailers): .end(trailers)
            }
        context.write(self.wrapOutboundOut(part), promise: promise)
    }
}

private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
