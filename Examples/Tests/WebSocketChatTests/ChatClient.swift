import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import WebSocketChat

/// A client of the chat, whose frames a test sends as it likes.
struct ChatClient: Sendable {
    enum Heard: Equatable, Sendable {
        case message(ChatMessage)
        case pong(String)
        /// The node has closed it, with a code.
        case closed(WebSocketErrorCode?)
    }

    /// The node does not talk there.
    struct Refused: Error {}

    private let channel: any Channel
    private let heard: AsyncStream<Heard>

    /// Begins a conversation.
    ///
    /// - Parameters:
    ///   - port: The node's.
    ///   - path: Where it talks.
    ///   - origin: The page that the client claims to be on, if any.
    ///   - reads: Whether it reads what it is sent; if not, it takes as little as it can.
    /// - Returns: The client.
    /// - Throws: ``Refused``, or what NIO throws when nobody listens there.
    static func connect(
        _ port: Int,
        path: String = "/ws",
        origin: String? = nil,
        reads: Bool = true
    ) async throws -> ChatClient {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if !reads { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 4_096) }
        let (heard, input) = AsyncStream<Heard>.makeStream()
        let upgrade: EventLoopFuture<Result<ChatClient, Refused>> = try await bootstrap.connect(
            host: "127.0.0.1",
            port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                var headers = HTTPHeaders([("host", "127.0.0.1:\(port)")])
                if let origin { headers.add(name: "origin", value: origin) }
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: .init(
                        upgradeConfiguration: .init(
                            upgradeRequestHead: .init(version: .http1_1, method: .GET, uri: path, headers: headers),
                            upgraders: [
                                NIOTypedWebSocketClientUpgrader { channel, _ in
                                    channel.eventLoop.makeCompletedFuture {
                                        try channel.pipeline.syncOperations.addHandler(ConversationHandler(input))
                                        if !reads { try channel.syncOptions?.setOption(.autoRead, value: false) }
                                        return .success(ChatClient(channel: channel, heard: heard))
                                    }
                                }
                            ],
                            notUpgradingCompletionHandler: { channel in
                                channel.eventLoop.makeSucceededFuture(.failure(Refused()))
                            }
                        )
                    )
                )
            }
        }
        return try await upgrade.get().get()
    }

    // MARK: What it says

    func say(_ text: String) async throws {
        try await self.send(.text, ByteBuffer(string: text))
    }

    /// Says all of it before anything of it can be answered.
    func sayAtOnce(_ texts: [String]) {
        for text in texts {
            let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text))
            self.channel.write(frame, promise: nil)
        }
        self.channel.flush()
    }

    /// Sends a frame, masked as a client's have to be.
    func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, isLast: Bool = true, isMasked: Bool = true) async throws {
        let mask = isMasked ? WebSocketMaskingKey.random() : nil
        try await self.channel.writeAndFlush(
            WebSocketFrame(fin: isLast, opcode: opcode, maskKey: mask, data: data)
        )
    }

    // MARK: What it hears

    /// The next thing that it hears; nil when the connection is gone.
    func next() async -> Heard? {
        var iterator = self.heard.makeAsyncIterator()
        return await iterator.next()
    }

    func nextTexts(_ count: Int) async -> [String] {
        var texts: [String] = []
        while texts.count < count, case .message(let message) = await self.next() { texts.append(message.text) }
        return texts
    }

    /// With what the node closes the connection, after whatever else is heard; nil for a connection that just ends.
    func untilClosed() async -> WebSocketErrorCode? {
        while let heard = await self.next() {
            if case .closed(let code) = heard { return code }
        }
        return nil
    }

    func close() {
        self.channel.close(promise: nil)
    }
}

/// Hands on what comes over the connection, and answers the node's pings.
private final class ConversationHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let input: AsyncStream<ChatClient.Heard>.Continuation

    init(_ input: AsyncStream<ChatClient.Heard>.Continuation) {
        self.input = input
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = self.unwrapInboundIn(data)
        var bytes = frame.unmaskedData
        switch frame.opcode {
        case .text:
            if let message = try? JSONDecoder().decode(ChatMessage.self, from: Data(bytes.readableBytesView)) {
                self.input.yield(.message(message))
            }
        case .ping:
            let answer = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: bytes)
            context.writeAndFlush(self.wrapOutboundOut(answer), promise: nil)
        case .pong: self.input.yield(.pong(String(buffer: bytes)))
        case .connectionClose: self.input.yield(.closed(bytes.readWebSocketErrorCode()))
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.input.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
