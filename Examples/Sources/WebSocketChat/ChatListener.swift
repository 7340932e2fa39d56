internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket
public import ServiceLifecycle
internal import Synchronization

/// Where clients come in: the page at `/`, the conversation at `/ws`.
///
/// There is no sign-in and no encryption: it is an example, for the machine that it runs on.
public struct ChatListener: Service {
    enum Client: Sendable {
        case talks(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        case asks(NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>)
    }

    /// How much the kernel may keep for a client that does not read, in bytes.
    private static let sendBuffer: Int32 = 64 << 10

    let configuration: ChatConfiguration
    let room: ChatRoom
    let say: @Sendable (String) -> Void
    private let server: NIOAsyncChannel<any Channel, Never>
    private let connections = ConnectionCount()

    /// Where it listens.
    var port: Int { self.server.channel.localAddress?.port ?? 0 }

    private init(
        configuration: ChatConfiguration,
        room: ChatRoom,
        server: NIOAsyncChannel<any Channel, Never>,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.room = room
        self.server = server
        self.say = say
    }

    /// Binds a port; 0 for any that is free.
    static func bind(
        host: String,
        port: Int,
        room: ChatRoom,
        configuration: ChatConfiguration,
        say: @escaping @Sendable (String) -> Void
    ) async throws -> ChatListener {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_sndbuf), value: .init(Self.sendBuffer))
            // A connection is read from once it is taken up: one that arrives while the server stops is dropped as it is.
            .childChannelOption(.autoRead, value: false)
            .bind(host: host, port: port) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        return ChatListener(configuration: configuration, room: room, server: server, say: say)
    }

    /// Serves clients until the service is shut down.
    public func run() async throws {
        try await self.server.executeThenClose { clients in
            await withDiscardingTaskGroup { group in
                do {
                    for try await client in clients.cancelOnGracefulShutdown() {
                        let isWelcome = self.connections.enter(limit: self.configuration.mostConnections)
                        group.addTask {
                            guard isWelcome else { return client.close(promise: nil) }
                            // A connection that breaks is its own affair.
                            try? await self.serve(client)
                            self.connections.leave()
                        }
                    }
                } catch {
                    // The listener is closed with this call.
                }
                group.cancelAll()
            }
        }
    }

    private func serve(_ channel: any Channel) async throws {
        let upgrade = try await channel.eventLoop.submit {
            let upgrade = try self.configure(channel)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return upgrade
        }.get()
        let client = try await withTaskCancellationHandler {
            try await upgrade.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        switch client {
        case .talks(let channel): try await self.converse(with: channel)
        case .asks(let channel): try await self.answer(channel)
        }
    }

    /// Prepares a connection for HTTP, and for the change to WebSocket.
    private func configure(_ channel: any Channel) throws -> EventLoopFuture<Client> {
        let limit = TimeAmount(self.configuration.silenceLimit)
        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: limit))
        try channel.pipeline.syncOperations.addHandler(CloseWhenSilent())
        let webSocket = NIOTypedWebSocketServerUpgrader<Client>(
            maxFrameSize: self.configuration.longestText,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(Self.mayTalk(head) ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    .talks(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            }
        )
        let upgrades = NIOTypedHTTPServerUpgradeConfiguration(
            upgraders: [webSocket],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    .asks(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            }
        )
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(upgradeConfiguration: upgrades)
        )
    }

    /// Whether a conversation may begin: a page of somebody else's, open in the same browser, must not listen in.
    private static func mayTalk(_ head: HTTPRequestHead) -> Bool {
        guard self.path(head) == "/ws" else { return false }
        guard let origin = head.headers.first(name: "origin") else { return true }
        guard let host = head.headers.first(name: "host") else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private static func path(_ head: HTTPRequestHead) -> Substring { head.uri.prefix { $0 != "?" } }

    private func answer(_ channel: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>) async throws {
        try await channel.executeThenClose { inbound, outbound in
            // Of a request to talk that was turned down, the head does not come this far.
            var head: HTTPRequestHead?
            for try await part in inbound {
                if case .head(let first) = part { head = first }
                guard case .end = part else { continue }
                let (status, type, text) = Self.answer(to: head)
                var headers = HTTPHeaders([("content-type", "\(type); charset=utf-8"), ("connection", "close")])
                headers.add(name: "content-length", value: "\(text.utf8.count)")
                headers.add(name: "content-security-policy", value: ChatPage.policy)
                try await outbound.write(.head(.init(version: .http1_1, status: status, headers: headers)))
                try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
                try await outbound.write(.end(nil))
                return
            }
        }
    }

    private static func answer(
        to head: HTTPRequestHead?
    ) -> (status: HTTPResponseStatus, type: String, text: String) {
        guard let head, self.path(head) != "/ws" else {
            return (.badRequest, "text/plain", "Talk WebSocket at /ws, from this server's own page.\n")
        }
        guard head.method == .GET else { return (.methodNotAllowed, "text/plain", "Ask with GET.\n") }
        guard self.path(head) == "/" else { return (.notFound, "text/plain", "There is / and /ws.\n") }
        return (.ok, "text/html", ChatPage.html)
    }
}

private final class ConnectionCount: Sendable {
    private let count = Mutex(0)

    /// One more, unless there are so many already.
    func enter(limit: Int) -> Bool {
        self.count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        self.count.withLock { $0 -= 1 }
    }
}

/// Closes a connection over which nothing has come for too long.
private final class CloseWhenSilent: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
