/// Since when the peers have been the same ones; events and time in, a verdict out.
///
/// Who it is counts, and not what it says of itself: another instance at an endpoint is another peer, new metadata are not.
struct PeerStability: Sendable {
    /// Which peers are meant.
    enum List: Sendable {
        case known
        case connected
    }

    enum Verdict: Hashable, Sendable {
        case stable
        /// It can be stable then at the earliest; nil while too few peers are there, whatever the time.
        case unstable(until: Instant?)
    }

    private var knownSince: Instant
    private var connectedSince: Instant

    /// No peers, since a moment.
    init(at now: Instant) {
        self.knownSince = now
        self.connectedSince = now
    }

    /// The cluster has begun to run: having had no peers before that says nothing.
    mutating func started(at now: Instant) {
        self.change([.known, .connected], at: now)
    }

    mutating func happened(_ event: ClusterEvent, at now: Instant) {
        switch event {
        case .peerReplaced: self.change([.known, .connected], at: now)
        case .peerDiscovered, .peerForgotten: self.change([.known], at: now)
        case .peerConnected, .peerDisconnected: self.change([.connected], at: now)
        case .peerUpdated, .connectFailed, .connectRefused, .peerVouchersChanged, .peerUnvouched, .strategyChanged,
            .endpointConflict,
            .missed:
            break
        }
    }

    /// Callers read the clock before they wait for their turn, so a moment may be earlier than the one before.
    private mutating func change(_ lists: [List], at now: Instant) {
        for list in lists {
            switch list {
            case .known: self.knownSince = max(self.knownSince, now)
            case .connected: self.connectedSince = max(self.connectedSince, now)
            }
        }
    }

    /// Since when a list has been what it is.
    func since(_ list: List) -> Instant {
        switch list {
        case .known: self.knownSince
        case .connected: self.connectedSince
        }
    }

    /// Whether a list of so many has at least a number of peers, and has been the same for a span.
    func verdict(on list: List, of count: Int, atLeast minimum: Int, for span: Duration, at now: Instant) -> Verdict {
        guard count >= minimum else { return .unstable(until: nil) }
        let end = self.since(list).advanced(by: span)
        return end <= now ? .stable : .unstable(until: end)
    }
}
