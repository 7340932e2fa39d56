internal import NIOCore
internal import NIOWebSocket

/// One client's life: it says and hears until either side ends it.
extension ChatListener {
    private enum End {
        /// The client is told with a code that it is closed.
        case closed(WebSocketErrorCode)
        /// The client does not read: it would not hear a last word either.
        case dropped
    }

    func converse(with channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async throws {
        let seat = self.room.enter()
        defer { self.room.leave(seat) }
        try await channel.executeThenClose { inbound, outbound in
            let end = try await withThrowingTaskGroup(of: End.self) { group in
                group.addTask { try await self.listen(to: inbound, of: seat) }
                group.addTask {
                    for await frame in seat.outbox { try await outbound.write(frame) }
                    return .dropped
                }
                group.addTask { try await self.ask(seat) }
                group.addTask {
                    for await _ in seat.stay {}
                    return .dropped
                }
                // The first to end ends the others.
                defer { group.cancelAll() }
                return try await group.next() ?? .dropped
            }
            guard case .closed(let code) = end else { return }
            var data = ByteBuffer()
            data.write(webSocketErrorCode: code)
            try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
        }
    }

    private func listen(to inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, of seat: ChatRoom.Seat) async throws
        -> End
    {
        var frames = ClientFrames(longestText: self.configuration.longestText)
        var pace = TextPace(textsPerSecond: self.configuration.textsPerSecond)
        for try await frame in inbound {
            do {
                switch try frames.take(frame) {
                case .nothing: break
                case .text(let text):
                    // Meanwhile its other texts wait where it sends them from.
                    try await Task.sleep(until: pace.next(at: .now))
                    self.say(text)
                case .ping(let data): self.room.send(WebSocketFrame(fin: true, opcode: .pong, data: data), to: seat)
                case .closed: return .closed(.normalClosure)
                }
            } catch let violation as ClientFrames.Violation {
                return .closed(violation.code)
            }
        }
        return .dropped
    }

    /// Asks the client again and again whether it is there; its answers keep the connection from being silent.
    private func ask(_ seat: ChatRoom.Seat) async throws -> End {
        while true {
            try await Task.sleep(for: self.configuration.silenceLimit / 3)
            self.room.send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()), to: seat)
        }
    }
}
