import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct PeerStabilityTests {
    private var stability = PeerStability(at: .start)

    private func verdict(
        _ list: PeerStability.List,
        of count: Int,
        atLeast minimum: Int = 2,
        at seconds: Double
    ) -> PeerStability.Verdict {
        self.stability.verdict(on: list, of: count, atLeast: minimum, for: .seconds(10), at: .seconds(seconds))
    }

    @Test("A list is stable once it has been the same for the span, and not a moment before")
    mutating func span() throws {
        self.stability.happened(.peerConnected(try peer(1)), at: .seconds(3))
        #expect(self.verdict(.connected, of: 2, at: 3) == .unstable(until: .seconds(13)))
        #expect(self.verdict(.connected, of: 2, at: 12.999) == .unstable(until: .seconds(13)))
        #expect(self.verdict(.connected, of: 2, at: 13) == .stable)
        #expect(self.verdict(.connected, of: 3, at: 99) == .stable)
    }

    @Test("With too few peers no time is long enough")
    func tooFew() {
        #expect(self.verdict(.connected, of: 1, at: 1_000) == .unstable(until: nil))
        #expect(self.verdict(.connected, of: 0, atLeast: 0, at: 1_000) == .stable)
    }

    @Test("A link changes who is connected, a discovery who is known")
    mutating func lists() throws {
        self.stability.happened(.peerDiscovered(try peer(1)), at: .seconds(1))
        self.stability.happened(.peerConnected(try peer(1)), at: .seconds(2))
        #expect(self.stability.since(.known) == .seconds(1))
        #expect(self.stability.since(.connected) == .seconds(2))
        self.stability.happened(.peerDisconnected(try peer(1), reason: "closed"), at: .seconds(3))
        self.stability.happened(.peerForgotten(try peer(1), .left), at: .seconds(4))
        #expect(self.stability.since(.known) == .seconds(4))
        #expect(self.stability.since(.connected) == .seconds(3))
    }

    @Test("A peer that restarts is another one, in both lists")
    mutating func restart() throws {
        self.stability.happened(.peerReplaced(try peer(1, life: 2), previous: try peer(1)), at: .seconds(5))
        #expect(self.stability.since(.known) == .seconds(5))
        #expect(self.stability.since(.connected) == .seconds(5))
    }

    @Test("What a peer says of itself, connects that fail and strategies change nothing")
    mutating func others() throws {
        let node = try peer(1)
        let events: [ClusterEvent] = [
            .peerUpdated(node), .connectFailed(node, failures: 1, retryIn: .seconds(1), message: "refused"),
            .peerUnvouched(node, .expired), .strategyChanged(name: "dns", .active),
            .endpointConflict(node.endpoint, isLocal: false), .missed(3),
        ]
        for event in events { self.stability.happened(event, at: .seconds(8)) }
        #expect(self.stability.since(.known) == .start)
        #expect(self.stability.since(.connected) == .start)
    }

    @Test("A moment that was read before another one and comes after it takes nothing back")
    mutating func lateMoment() throws {
        self.stability.happened(.peerConnected(try peer(1)), at: .seconds(6))
        self.stability.happened(.peerConnected(try peer(2)), at: .seconds(5))
        #expect(self.stability.since(.connected) == .seconds(6))
    }

    @Test("The time before the start does not count")
    mutating func start() {
        self.stability.started(at: .seconds(100))
        #expect(self.verdict(.known, of: 0, atLeast: 0, at: 105) == .unstable(until: .seconds(110)))
    }

    @Test("A span that no clock can reach is no overflow")
    func endless() {
        let verdict = self.stability.verdict(
            on: .known,
            of: 1,
            atLeast: 1,
            for: .seconds(Int64.max),
            at: .seconds(1)
        )
        #expect(verdict == .unstable(until: Instant(nanoseconds: .max)))
    }
}
