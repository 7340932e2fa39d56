import ClusterFormation
import TestTraits
import Testing

@testable import ClusterAnnouncements

/// What somebody can do who may use the channel and has no key, to five nodes that have none either.
@Suite(.computing) struct AttackTests {
    private static let nodes = Array(1...5)

    private func network() -> ProtocolNetwork {
        var network = ProtocolNetwork()
        network.form(Self.nodes)
        network.advance(by: .seconds(90))
        network.forget()
        return network
    }

    /// How many times a node gave up another one that lives.
    private func losses(in network: ProtocolNetwork) -> Int {
        network.members.reduce(0) { count, member in
            count + member.reaction.lost.keys.count { Self.nodes.contains(Int($0.high)) }
        }
    }

    private func largestTable(in network: ProtocolNetwork) -> Int {
        network.members.map(\.machine.peerCount).max() ?? 0
    }

    /// How long it takes until a newcomer knows the five nodes, and they know it.
    private func joinTime(of number: Int, in network: inout ProtocolNetwork) -> Duration {
        let index = network.add(number)
        let begin = network.now
        network.open(index)
        while begin.duration(to: network.now) < .seconds(120) {
            let knowsAll = network.known(at: index).isSuperset(of: Self.nodes)
            let isKnown = Self.nodes.indices.allSatisfy { network.known(at: $0).contains(number) }
            if knowsAll, isKnown { break }
            // To the millisecond while it is quick; each look goes through all that everybody knows.
            network.advance(
                by: begin.duration(to: network.now) < .milliseconds(300) ? .milliseconds(1) : .milliseconds(100)
            )
        }
        return begin.duration(to: network.now)
    }

    private func show(_ attack: String, _ network: ProtocolNetwork, join: Duration) {
        print(
            "FIGURE \(attack): peers lost \(self.losses(in: network)), join \(join), "
                + "largest table \(self.largestTable(in: network))"
        )
    }

    // MARK: Attacks

    @Test func takingOverEveryEndpointLosesNobody() {
        var network = self.network()
        for node in Self.nodes {
            network.say(.announcement(of: 900 + node, at: node, timeToLive: .seconds(2_592_000)), from: 666)
        }
        network.advance(by: .seconds(30))
        let join = self.joinTime(of: 6, in: &network)
        self.show("takeover", network, join: join)
        #expect(self.losses(in: network) == 0)
        #expect(join <= .milliseconds(10))
        #expect(self.largestTable(in: network) == 5)
    }

    @Test func redirectingEveryNodeLosesNobody() {
        var network = self.network()
        for node in Self.nodes {
            network.say(.announcement(of: node, number: 1 << 40, at: 700 + node), from: 666)
        }
        network.advance(by: .seconds(30))
        let join = self.joinTime(of: 6, in: &network)
        self.show("redirect", network, join: join)
        #expect(self.losses(in: network) == 0)
        #expect(join <= .milliseconds(10))
    }

    @Test func aTableFullOfInventionsIsCleared() {
        var network = self.network()
        for session in 0..<525 {
            for invention in 0..<8 {
                let number = 1_000 + session * 8 + invention
                for said in 1...2 as ClosedRange<UInt64> {
                    network.say(
                        .announcement(
                            of: number,
                            number: said,
                            timeToLive: .seconds(2_592_000),
                            uptime: .seconds(3_600),
                            isShown: false
                        ),
                        from: Int32(10_000 + session)
                    )
                }
            }
        }
        let largest = self.largestTable(in: network)
        let join = self.joinTime(of: 6, in: &network)
        self.show("525 sessions", network, join: join)
        #expect(largest <= 4_096)
        // Two looks, one on each side, and a heartbeat.
        #expect(join <= .seconds(25))
        network.advance(by: .seconds(90))
        #expect(self.losses(in: network) == 0)
        #expect(self.largestTable(in: network) == 5)
    }

    @Test func inventionsInRostersAreGoneAfterAMinute() {
        var network = self.network()
        for message in 0..<84 {
            let entries = (0..<50).map {
                Roster.Entry.numbered(
                    1_000 + message * 50 + $0,
                    heardAt: network.serverTime,
                    timeToLive: .seconds(2_592_000)
                )
            }
            network.say(.roster(of: 900, number: UInt64(message + 1), naming: entries), from: 666)
        }
        let join = self.joinTime(of: 6, in: &network)
        self.show("4,200 in rosters", network, join: join)
        #expect(join <= .seconds(25))
        network.advance(by: .seconds(150))
        #expect(self.losses(in: network) == 0)
        #expect(self.largestTable(in: network) == 5)
    }

    @Test(arguments: [false, true]) func inventionsThatHoldLocksDelayNoJoin(areThereBefore: Bool) {
        var network = self.network()
        if areThereBefore {
            // Everybody's session is younger than theirs.
            for index in network.members.indices { network.lose(index) }
            network.advance(by: .seconds(1))
            for index in network.members.indices { network.open(index) }
        }
        for number in 1_000..<1_512 {
            let session = Int32(10_000 + number / 8)
            network.strangers.insert(
                PresentSession(instance: PresenceKey.instance(.numbered(number)), processID: session)
            )
            network.say(.announcement(of: number, timeToLive: .seconds(80), uptime: .seconds(3_600)), from: session)
        }
        network.advance(by: .seconds(5))
        let first = self.joinTime(of: 6, in: &network)
        network.advance(by: .seconds(1))
        let second = self.joinTime(of: 7, in: &network)
        self.show("512 locks, \(areThereBefore ? "older" : "younger"), first join \(first)", network, join: second)
        #expect(self.losses(in: network) == 0)
        // The first one finds out that they do not answer, 32 slots at most; the next one is answered at once.
        #expect(first <= (areThereBefore ? .milliseconds(200) : .milliseconds(10)))
        #expect(second <= .milliseconds(10))
    }

    @Test func recordingsDoNothing() {
        var network = ProtocolNetwork()
        network.form(Self.nodes)
        network.advance(by: .seconds(90))
        let recorded = network.sent
        network.advance(by: .seconds(30))
        network.forget()
        for envelope in recorded { network.broadcast(envelope, processID: 666) }
        for envelope in recorded {
            var forged = envelope
            forged.processID = 666
            network.broadcast(forged, processID: 666)
        }
        let join = self.joinTime(of: 6, in: &network)
        network.advance(by: .seconds(30))
        self.show("\(recorded.count) recordings twice", network, join: join)
        #expect(self.losses(in: network) == 0)
        #expect(join <= .milliseconds(10))
    }

    // MARK: With a key

    @Test func withAKeyNoneOfThatIsOpened() throws {
        let entry = Roster.Entry.numbered(8, heardAt: .epoch)
        let messages: [Envelope] = [
            .announcement(of: 900, at: 1), .leave(of: 1, number: 9), .roster(of: 900, number: 1, naming: [entry]),
            .absent([1], seenAt: .epoch, saidBy: 2, number: 9),
        ]
        for envelope in messages {
            let payload = try AnnouncementCodec.open.encode(envelope)
            #expect(throws: Rejection.self) { try AnnouncementCodec.sealing.decode(payload) }
        }
    }
}

extension ProtocolNetwork {
    /// What a stranger says now, from a session of its own.
    mutating func say(_ envelope: Envelope, from session: Int32) {
        var envelope = envelope
        envelope.moment = self.serverTime
        envelope.processID = session
        self.broadcast(envelope, processID: session)
    }
}
