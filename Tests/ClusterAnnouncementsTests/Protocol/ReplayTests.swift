import ClusterFormation
import Testing

@testable import ClusterAnnouncements

/// What is repeated, forwarded or made up by somebody who may speak on the channel.
@Suite(.lateTimers) struct ReplayTests {
    private static let stranger: Int32 = 666

    /// A settled node that knows the numbered peer, of which it heard the first message a moment ago.
    private func node(knowing numbers: Int..., timeToLive: Duration = .seconds(3_600)) -> TestNode {
        var node = TestNode.settled()
        for number in numbers { node.hear(.announcement(of: number, timeToLive: timeToLive)) }
        node.advance(by: .milliseconds(1))
        return node
    }

    // MARK: The door

    @Test func whatIsRepeatedFromAnotherSessionIsNotLetIn() {
        var node = self.node(knowing: 1)
        let recording = node.made(.announcement(of: 1, number: 2))
        #expect(node.receive(recording, from: Self.stranger).drops == [.foreignSession])
        #expect(node.receive(node.made(.leave(of: 1, number: 3)), from: Self.stranger).drops == [.foreignSession])
        #expect(node.knows(1))
    }

    @Test func anOwnMessageFromAnotherSessionIsNoEcho() {
        var node = TestNode()
        node.echoes = false
        guard let own = node.open().sent.first else { Issue.record("nothing sent"); return }
        #expect(node.receive(own, from: Self.stranger).drops == [.foreignSession])
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func whatIsOlderThanTheWindowIsNotLetInByANodeThatHasJustStarted() {
        var node = TestNode.settled()
        let recording = node.made(.announcement(of: 1, timeToLive: .seconds(3_600)), ago: .seconds(12))
        #expect(node.receive(recording).drops == [.stale])
        #expect(node.machine.peerCount == 0)
    }

    @Test func recordingsThatArePlayedToANodeThatWasAwayTeachItNothing() {
        var node = self.node(knowing: 1)
        var recordings: [Envelope] = []
        for number in 2...12 {
            recordings.append(node.made(.announcement(of: 1, number: UInt64(number), timeToLive: .seconds(3_600))))
            recordings.append(node.made(.announcement(of: 9, number: UInt64(number), timeToLive: .seconds(3_600))))
            node.freeze(for: .seconds(5))
        }
        node.lose()
        node.freeze(for: .seconds(40))
        node.open()
        // The process id that they were made for belongs to the attacker by now.
        for recording in recordings { #expect(node.receive(recording).drops == [.stale]) }
        #expect(!node.knows(9))
    }

    // MARK: Belief

    @Test func aRepeatedAnnouncementGivesNoMoreBeliefThanTheOriginal() {
        var node = self.node(knowing: 1, timeToLive: .seconds(20))
        let recording = node.made(.announcement(of: 1, number: 2, timeToLive: .seconds(20)))
        node.receive(recording)
        let heardAt = node.now
        for _ in 0..<18 {
            node.advance(by: .seconds(1))
            #expect(node.receive(recording).found.isEmpty)
        }
        #expect(node.knows(1))
        node.advance(by: node.now.duration(to: heardAt.advanced(by: .milliseconds(20_100))))
        #expect(!node.knows(1))
        // Nor does it bring the dead back.
        #expect(node.receive(recording).found.isEmpty)
    }

    @Test func whatIsHeardLateIsBelievedFromItsOwnMomentOn() {
        var node = self.node(knowing: 2)
        node.advance(by: .seconds(30))
        node.hear(.announcement(of: 2, number: 2, timeToLive: .seconds(3_600)))
        node.hear(.announcement(of: 1, timeToLive: .seconds(20)), madeAgo: .seconds(8))
        #expect(node.knows(1))
        #expect(node.advance(by: .milliseconds(11_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(1): .expired])
    }

    @Test func aRecordingInsideTheWindowGivesANodeThatHasJustStartedNoMoreBeliefEither() {
        var node = TestNode.settled()
        node.advance(by: .seconds(20))
        let recording = node.made(.announcement(of: 1, timeToLive: .seconds(20)))
        node.freeze(for: .seconds(8))
        node.lose()
        node.open()
        node.receive(recording)
        #expect(node.knows(1))
        node.advance(by: .milliseconds(12_200))
        #expect(!node.knows(1))
    }

    @Test func aKnownPeersOlderMessageFromAnotherSessionShortensNothing() {
        var node = self.node(knowing: 1, timeToLive: .seconds(20))
        node.advance(by: .seconds(5))
        node.hear(.announcement(of: 1, number: 2, timeToLive: .seconds(20)))
        #expect(
            node.hear(.announcement(of: 1, number: 9), madeAgo: .seconds(3), session: Self.stranger).drops == [
                .replayed
            ]
        )
        #expect(node.advance(by: .seconds(19)).lost.isEmpty)
    }

    // MARK: Order

    @Test func withinASessionANumberMustGrow() {
        var node = self.node(knowing: 1)
        node.hear(.announcement(of: 1, number: 5))
        #expect(node.hear(.announcement(of: 1, number: 5)).drops == [.replayed])
        #expect(node.hear(.announcement(of: 1, number: 4)).drops == [.replayed])
        // Of one session the number counts, not the moment.
        #expect(node.hear(.announcement(of: 1, number: 6), madeAgo: .milliseconds(500)).drops.isEmpty)
    }

    @Test func acrossSessionsAMomentMustGrow() {
        var node = self.node(knowing: 1)
        node.advance(by: .seconds(1))
        let second = TestNode.session(of: 1, 2)
        #expect(
            node.hear(.announcement(of: 1, number: 9), madeAgo: .milliseconds(1_100), session: second).drops == [
                .replayed
            ]
        )
        #expect(node.hear(.announcement(of: 1, number: 2), session: second).drops.isEmpty)
    }

    @Test func aStrangersHugeNumberDoesNotSilenceANode() {
        var node = self.node(knowing: 1)
        node.hear(.announcement(of: 1, number: .max), session: Self.stranger)
        node.advance(by: .milliseconds(1))
        #expect(node.hear(.announcement(of: 1, number: 2)).drops.isEmpty)
        #expect(node.hear(.announcement(of: 1, number: 3)).drops.isEmpty)
    }

    @Test func aStrangersMomentFromLaterDoesNotSilenceANode() {
        var node = self.node(knowing: 1)
        node.hear(.announcement(of: 1, number: 2), madeAgo: .seconds(-86_400), session: Self.stranger)
        node.advance(by: .milliseconds(1))
        #expect(node.hear(.announcement(of: 1, number: 2)).drops.isEmpty)
        // Nor does it make others' messages old.
        #expect(node.hear(.announcement(of: 3)).drops.isEmpty)
    }

    @Test func theForgottenKeepTheirLastNumber() {
        var node = self.node(knowing: 1, timeToLive: .seconds(2))
        let recordings = (2...4).map { node.made(.announcement(of: 1, number: $0, timeToLive: .seconds(2))) }
        for recording in recordings { node.receive(recording) }
        node.advance(by: .seconds(3))
        #expect(!node.knows(1))
        for recording in recordings { #expect(node.receive(recording).drops == [.replayed]) }
        #expect(node.hear(.announcement(of: 1, number: 5)).found.count == 1)
    }

    @Test func theForgottenComeBackFromANewSession() {
        var node = self.node(knowing: 1, timeToLive: .seconds(2))
        node.advance(by: .seconds(3))
        #expect(!node.knows(1))
        #expect(node.hear(.announcement(of: 1, number: 9), session: TestNode.session(of: 1, 2)).found.count == 1)
    }

    // MARK: Whose word

    @Test func aSuspicionOrARosterOfAStrangersSessionIsNotBelieved() {
        var node = self.node(knowing: 1, 2)
        node.advance(by: .seconds(3))
        let suspicion = Envelope.absent([2], seenAt: node.serverTime, saidBy: 1, number: 2)
        #expect(node.hear(suspicion, session: Self.stranger).drops == [.impostor])
        let roster = Envelope.roster(of: 1, number: 2, naming: [.numbered(3, heardAt: node.serverTime)])
        #expect(node.hear(roster, session: Self.stranger).drops == [.impostor])
        #expect(node.knows(2))
        #expect(!node.knows(3))
    }

    @Test func aRepeatedSuspicionRemovesNobody() {
        var node = self.node(knowing: 1, 2)
        node.advance(by: .seconds(3))
        node.hear(.absent([], seenAt: node.serverTime, saidBy: 1, number: 5))
        for number in [4, 5] as [UInt64] {
            let repeated = Envelope.absent([2], seenAt: node.serverTime, saidBy: 1, number: number)
            #expect(node.hear(repeated).drops == [.replayed])
        }
        #expect(node.knows(2))
    }

    // MARK: What is refused

    @Test func anOwnEchoThatIsTooOldMakesANodeSpeakAgainAtOnceButOnceASecondAtMost() {
        var node = TestNode.settled()
        let own = node.advance(by: .seconds(6)).sent
        #expect(own.count == 1)
        node.advance(by: .seconds(20))
        var said = Reaction()
        var times: [Duration] = []
        for _ in 0..<1_000 {
            for envelope in own {
                let reaction = node.receive(envelope)
                if times.isEmpty { #expect(reaction.announcements.count == 1) }
                times += reaction.announcements.map { _ in Instant.start.duration(to: node.now) }
                said += reaction
            }
            let later = node.advance(by: .milliseconds(10))
            times += later.announcements.map { _ in Instant.start.duration(to: node.now) }
            said += later
        }
        #expect(said.drops.count >= 1_000)
        #expect(said.drops.allSatisfy { $0 == .stale })
        // Ten seconds: once a second, and its own heartbeats.
        #expect((9...14).contains(times.count), "\(times)")
    }

    @Test func anothersMessageThatIsTooOldMakesANodeAskTheTimeOnceASecondAtMost() {
        var node = self.node(knowing: 1)
        let old = node.made(.announcement(of: 1, number: 2))
        node.advance(by: .seconds(20))
        let first = node.receive(old)
        #expect(first.drops == [.stale])
        #expect(first.probes == 1)
        #expect(first.sent.isEmpty)
        var probes = 0
        for _ in 0..<1_000 {
            probes += node.receive(old).probes
            probes += node.advance(by: .milliseconds(10)).probes
        }
        // Ten seconds: once a second, and the checks of its own.
        #expect((9...13).contains(probes))
    }

    @Test func recordingsMakeNobodyShout() {
        var node = self.node(knowing: 1)
        let recordings = (100..<1_100).map {
            node.made(.announcement(of: $0, number: 5, isJoining: true), session: Self.stranger)
        }
        node.advance(by: .seconds(20))
        var sent = 0
        for recording in recordings {
            sent += node.receive(recording).sent.count
            sent += node.advance(by: .milliseconds(10)).sent.count
        }
        // Ten seconds of a thousand recordings: its own heartbeats.
        #expect(sent <= 3)
        #expect(node.machine.peerCount == 1)
    }
}
