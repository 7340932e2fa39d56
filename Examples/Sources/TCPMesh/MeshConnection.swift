internal import ClusterFormation
internal import Synchronization

/// One connection's mailbox: what is to be sent, and the word to end it.
final class MeshConnection: Sendable {
    private struct State {
        var peer: MeshIdentity?
        var isLink = false
        var reason: String?
        var lastHeard = ContinuousClock.now
    }

    let id: MeshTable.ConnectionID
    let isDialledHere: Bool

    /// What is to be sent; bounded.
    let outbox: AsyncStream<MeshFrame>
    private let outboxInput: AsyncStream<MeshFrame>.Continuation
    /// Ends when the connection is to end.
    private let life: AsyncStream<Never>
    private let lifeInput: AsyncStream<Never>.Continuation
    private let state = Mutex(State())

    init(id: MeshTable.ConnectionID, isDialledHere: Bool, outboxSize: Int) {
        self.id = id
        self.isDialledHere = isDialledHere
        (self.outbox, self.outboxInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(outboxSize))
        (self.life, self.lifeInput) = AsyncStream.makeStream()
    }

    /// Who is on the other side, once it has said so.
    var peer: MeshIdentity? {
        get { self.state.withLock { $0.peer } }
        set { self.state.withLock { $0.peer = newValue } }
    }

    /// The handshake is through.
    var isLink: Bool {
        get { self.state.withLock { $0.isLink } }
        set { self.state.withLock { $0.isLink = newValue } }
    }

    /// The handshake is through, and nobody has a reason to end the connection: of two links to one peer, the older one has.
    var isOpenLink: Bool { self.state.withLock { $0.isLink && $0.reason == nil } }

    /// Why it ended; the first word counts.
    var reason: String? { self.state.withLock { $0.reason } }

    func isSilent(for limit: Duration) -> Bool {
        self.state.withLock { $0.lastHeard.duration(to: .now) > limit }
    }

    func heard() {
        self.state.withLock { $0.lastHeard = .now }
    }

    /// Puts a frame into the outbox; false when it is full or the connection is ending.
    @discardableResult
    func send(_ frame: MeshFrame) -> Bool {
        if case .enqueued = self.outboxInput.yield(frame) { true } else { false }
    }

    /// Sends what is in the outbox and ends the connection then.
    func finish(_ reason: some CustomStringConvertible) {
        self.note(reason)
        self.outboxInput.finish()
    }

    /// Ends the connection now.
    func stop(_ reason: some CustomStringConvertible) {
        self.note(reason)
        self.lifeInput.finish()
    }

    func note(_ reason: some CustomStringConvertible) {
        self.state.withLock { $0.reason = $0.reason ?? reason.description }
    }

    /// Returns when the connection is to end.
    func untilStopped() async {
        for await _ in self.life {}
    }
}
