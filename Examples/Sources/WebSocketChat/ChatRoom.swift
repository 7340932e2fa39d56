internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// The clients of this node, each with a bounded mailbox: a client that does not empty its own is dropped, and nobody waits
/// for it.
public final class ChatRoom: Sendable {
    /// A client's place.
    struct Seat: Sendable {
        let number: Int
        /// What is to be sent to it.
        let outbox: AsyncStream<WebSocketFrame>
        /// Ends when the client is dropped.
        let stay: AsyncStream<Never>
    }

    private struct Mailbox {
        var outbox: AsyncStream<WebSocketFrame>.Continuation
        var stay: AsyncStream<Never>.Continuation
    }

    private struct State {
        var mailboxes: [Int: Mailbox] = [:]
        var lastNumber = 0
    }

    private let outboxSize: Int
    private let state = Mutex(State())

    init(outboxSize: Int) {
        self.outboxSize = outboxSize
    }

    /// How many clients there are.
    public var clients: Int { self.state.withLock { $0.mailboxes.count } }

    func enter() -> Seat {
        let (outbox, input) = AsyncStream<WebSocketFrame>.makeStream(bufferingPolicy: .bufferingOldest(self.outboxSize))
        let (stay, stayInput) = AsyncStream<Never>.makeStream()
        return self.state.withLock { state in
            state.lastNumber += 1
            state.mailboxes[state.lastNumber] = Mailbox(outbox: input, stay: stayInput)
            return Seat(number: state.lastNumber, outbox: outbox, stay: stay)
        }
    }

    func leave(_ seat: Seat) {
        self.state.withLock { $0.mailboxes[seat.number] = nil }
    }

    /// Tells every client.
    func tell(_ message: ChatMessage) {
        // It is two strings, which have always a form.
        guard let json = try? message.json else { return }
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: json))
        let mailboxes = self.state.withLock { $0.mailboxes }
        for (number, mailbox) in mailboxes { self.put(frame, into: mailbox, of: number) }
    }

    /// Sends to one client.
    func send(_ frame: WebSocketFrame, to seat: Seat) {
        guard let mailbox = self.state.withLock({ $0.mailboxes[seat.number] }) else { return }
        self.put(frame, into: mailbox, of: seat.number)
    }

    private func put(_ frame: WebSocketFrame, into mailbox: Mailbox, of number: Int) {
        guard case .dropped = mailbox.outbox.yield(frame) else { return }
        self.state.withLock { $0.mailboxes[number] = nil }
        mailbox.stay.finish()
    }
}
