import ClusterFormation
import NIOCore
import NIOWebSocket
import Testing

@testable import WebSocketChat

/// Three nodes with real connections between them, and clients with real connections to them.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ChatTests {
    @Test func `what one says at a node, all hear once, at whatever node they are`() async throws {
        try await ChatStage.run(3) { stage in
            let clients = try await stage.clients()
            for text in ["one", "zwei", "三"] { try await clients[0].say(text) }
            for client in clients {
                for text in ["one", "zwei", "三"] {
                    #expect(await client.next() == .message(ChatMessage(node: "node 1", text: text)))
                }
            }
            // Had something come twice, it would come before this.
            try await clients[2].say("end")
            for client in clients {
                #expect(await client.next() == .message(ChatMessage(node: "node 3", text: "end")))
            }
        }
    }

    @Test func `a text may come in several frames, with a ping between them`() async throws {
        try await ChatStage.run(1) { stage in
            let client = try await stage.clients()[0]
            // A character that two frames share.
            let bytes = ByteBuffer(string: "três")
            let halves = (bytes.getSlice(at: 0, length: 3), bytes.getSlice(at: 3, length: bytes.readableBytes - 3))
            try await client.send(.text, #require(halves.0), isLast: false)
            try await client.send(.ping, ByteBuffer(string: "there?"))
            try await client.send(.continuation, #require(halves.1))
            #expect(await client.next() == .pong("there?"))
            #expect(await client.nextTexts(1) == ["três"])
        }
    }

    @Test func `a node that dies costs its own clients their connection, and nobody else`() async throws {
        try await ChatStage.run(3) { stage in
            let clients = try await stage.clients()
            stage.end(2)
            #expect(await clients[2].next() == nil)
            try await clients[0].say("still here")
            try await clients[1].say("so am I")
            for client in clients[0...1] {
                #expect(Set(await client.nextTexts(2)) == ["still here", "so am I"])
            }
        }
    }

    @Test(arguments: RudeFrame.allCases)
    func `a client that sends what none may send is closed, and harms nobody`(_ rude: RudeFrame) async throws {
        try await ChatStage.run(2) { stage in
            let clients = try await stage.clients()
            let stranger = try await ChatClient.connect(stage.nodes[0].port)
            try await rude.send(by: stranger)
            let code = await stranger.untilClosed()
            // Of a frame that is too long, the rest is on its way when the node closes, which may cost its last word.
            #expect(code == rude.code || (rude == .longFrame && code == nil))
            try await clients[0].say("fine")
            for client in clients { #expect(await client.nextTexts(1) == ["fine"]) }
        }
    }

    @Test func `a client that does not read is dropped, and nobody waits for it`() async throws {
        var configuration = ChatConfiguration()
        configuration.textsPerSecond = 1_000_000
        try await ChatStage.run(2, configuration: configuration) { stage in
            let clients = try await stage.clients()
            let room = stage.nodes[0].room
            _ = try await ChatClient.connect(stage.nodes[0].port, reads: false)
            try await stage.seated(2, at: stage.nodes[0])
            let text = String(repeating: "a", count: 1_000)
            var said = 0
            repeat {
                try await clients[1].say(text)
                for client in clients { #expect(await client.nextTexts(1) == [text]) }
                said += 1
                // What fits into all buffers on the way is far less than this.
            } while room.clients > 1 && said < 20_000
            #expect(room.clients == 1)
            try await clients[0].say("fine")
            for client in clients { #expect(await client.nextTexts(1) == ["fine"]) }
        }
    }

    @Test func `a client that talks without a pause is heard in full, and costs nobody a connection`() async throws {
        try await ChatStage.run(3) { stage in
            let clients = try await stage.clients()
            // More than fits into a mailbox; what is taken at once fills a third of one.
            let texts = (1...120).map { "\($0)" }
            clients[0].sayAtOnce(texts)
            for client in clients { #expect(await client.nextTexts(texts.count) == texts) }
        }
    }

    @Test func `a client that goes is forgotten`() async throws {
        try await ChatStage.run(1) { stage in
            let client = try await stage.clients()[0]
            try await client.send(.connectionClose, ByteBuffer())
            #expect(await client.untilClosed() == .normalClosure)
            #expect(await client.next() == nil)
        }
    }

    @Test(arguments: ["/", "/ws?", "/elsewhere"])
    func `the conversation is at its path alone`(_ path: String) async throws {
        try await ChatStage.run(1) { stage in
            if path == "/ws?" {
                try await ChatClient.connect(stage.nodes[0].port, path: path).close()
            } else {
                await #expect(throws: (any Error).self) {
                    try await ChatClient.connect(stage.nodes[0].port, path: path)
                }
            }
        }
    }

    @Test func `a page of somebody else's may not talk, the node's own may`() async throws {
        try await ChatStage.run(1) { stage in
            let port = stage.nodes[0].port
            await #expect(throws: (any Error).self) {
                try await ChatClient.connect(port, origin: "https://elsewhere.example")
            }
            try await ChatClient.connect(port, origin: "http://127.0.0.1:\(port)").close()
        }
    }
}

/// What no client may send.
enum RudeFrame: CaseIterable {
    case longFrame, longText, notUTF8, binary, unmasked, outOfTurn

    var code: WebSocketErrorCode {
        switch self {
        case .longFrame, .longText: .messageTooLarge
        case .notUTF8: .dataInconsistentWithMessage
        case .binary: .unacceptableData
        case .unmasked, .outOfTurn: .protocolError
        }
    }

    func send(by client: ChatClient) async throws {
        let half = ByteBuffer(repeating: UInt8(ascii: "a"), count: 600)
        switch self {
        case .longFrame: try await client.send(.text, ByteBuffer(repeating: UInt8(ascii: "a"), count: 1_001))
        case .longText:
            try await client.send(.text, half, isLast: false)
            try await client.send(.continuation, half)
        case .notUTF8: try await client.send(.text, ByteBuffer(bytes: [0x61, 0xff, 0x62]))
        case .binary: try await client.send(.binary, half)
        case .unmasked: try await client.send(.text, half, isMasked: false)
        case .outOfTurn: try await client.send(.continuation, half)
        }
    }
}
