import ClusterAnnouncements
import ClusterFormation
import Testing

/// With a key: an attacker reads and repeats what others have sent, from a session of its own, and can make nothing up.
@Suite struct ReplayTests {
    private static let attacker: Int32 = 666

    /// A settled node with a key that has admitted the numbered peer in the way that peers are admitted.
    private func node(knowing numbers: Int...) -> TestNode {
        var node = TestNode.settled(requiresProof: true)
        for number in numbers { self.admit(number, to: &node) }
        return node
    }

    private func admit(_ number: Int, to node: inout TestNode, sequence: UInt64 = 1) {
        node.hear(.announcement(of: number, sequence: sequence, timeToLive: .seconds(3_600), isJoining: true))
        node.advance(by: .seconds(4))
        guard let own = node.machine.newestOwn(of: 50) else { Issue.record("nothing to answer"); return }
        node.hear(
            .announcement(of: number, sequence: sequence + 1, timeToLive: .seconds(3_600), acknowledging: own)
        )
        #expect(node.knows(number))
    }

    @Test func aStrangerIsTakenUpOnlyWhenItNamesWhatWasJustSaid() {
        var node = self.node()
        let heard = node.hear(.announcement(of: 1, isJoining: true))
        #expect(heard.drops == [.unproven])
        #expect(!node.knows(1))
        #expect(heard.rosters.flatMap { $0 }.contains { $0.instance == .numbered(1) && !$0.isProven })
        self.admit(1, to: &node, sequence: 2)
    }

    @Test func whoIsDoubtedAgainTooSoonShowsLaterThatItLives() {
        var node = self.node(knowing: 1)
        func doubt(sequence: UInt64) -> [TestNode.Action] {
            node.hear(
                .roster(
                    of: 1,
                    sequence: sequence,
                    naming: [.numbered(50, sequence: 1_000, isProven: false), .numbered(1)]
                )
            )
        }
        #expect(doubt(sequence: 10).announcements.count == 1)
        // It does not shout, and it does not forget: whoever has asked does not ask again.
        #expect(doubt(sequence: 11).announcements.isEmpty)
        #expect(doubt(sequence: 12).announcements.isEmpty)
        #expect(node.advance(by: .seconds(1)).announcements.count == 1)
    }

    @Test func recordingsOfTheDeadDoNotSilenceANodeThatIsAlone() {
        var node = self.node()
        for number in 100..<400 { node.hear(.announcement(of: number, isJoining: true), fromSession: Self.attacker) }
        node.advance(by: .seconds(120))
        // They have had their time; it goes on as if they had never been.
        let announcements = node.advance(by: .seconds(60)).announcements.count
        #expect((8...20).contains(announcements))
        // A real newcomer is told, and hears from it again within what it was told.
        self.admit(1, to: &node)
        #expect(node.advance(by: .seconds(8)).announcements.count >= 1)
    }

    @Test func aRecordedGoodbyeOpensNoDoorForTheRecordingBeforeIt() {
        var node = self.node()
        #expect(node.hear(.announcement(of: 1, isJoining: true), fromSession: Self.attacker).drops == [.unproven])
        node.hear(.leave(of: 1, sequence: 2), fromSession: Self.attacker)
        let again = node.hear(.announcement(of: 1, isJoining: true), fromSession: Self.attacker)
        #expect(again.drops == [.departed])
        #expect(again.rosters.isEmpty)
    }

    @Test func anAnnouncementThatNamesSomethingElseIsNotProof() {
        var node = self.node()
        let old = Acknowledgement(sender: .numbered(77), sequence: 3)
        #expect(node.hear(.announcement(of: 1, acknowledging: old)).drops == [.unproven])
        let future = Acknowledgement(sender: .numbered(50), sequence: 1_000_000)
        #expect(node.hear(.announcement(of: 1, sequence: 2, acknowledging: future)).drops == [.unproven])
        #expect(!node.knows(1))
    }

    @Test func aReplayedAnnouncementKeepsNobodyAlive() {
        var node = self.node()
        node.hear(.announcement(of: 1, isJoining: true))
        node.advance(by: .seconds(4))
        guard let own = node.machine.newestOwn(of: 50) else { Issue.record("nothing to answer"); return }
        let recording = Envelope.announcement(of: 1, sequence: 2, acknowledging: own)
        node.hear(recording)
        #expect(node.knows(1))
        var lost: [InstanceID: LossReason] = [:]
        for _ in 0..<30 {
            #expect(node.hear(recording, fromSession: Self.attacker).found.isEmpty)
            lost.merge(node.advance(by: .seconds(1)).lost) { first, _ in first }
        }
        #expect(lost == [.numbered(1): .expired])
        #expect(!node.knows(1))
    }

    @Test func aDeadInstancesAnnouncementDoesNotComeBackAfterItsExpiry() {
        var node = self.node()
        node.hear(.announcement(of: 1, isJoining: true))
        node.advance(by: .seconds(4))
        guard let own = node.machine.newestOwn(of: 50) else { Issue.record("nothing to answer"); return }
        let recordings = (2...4).map { Envelope.announcement(of: 1, sequence: $0, acknowledging: own) }
        for recording in recordings { node.hear(recording) }
        node.advance(by: .seconds(30))
        #expect(!node.knows(1))
        for recording in recordings { node.hear(recording, fromSession: Self.attacker) }
        #expect(!node.knows(1))
    }

    @Test func aFreshNodeBelievesNoRecording() {
        var node = TestNode.settled(60, requiresProof: true)
        let old = Acknowledgement(sender: .numbered(2), sequence: 5)
        node.hear(.announcement(of: 1, sequence: 7, acknowledging: old), fromSession: Self.attacker)
        node.hear(.announcement(of: 2, sequence: 6), fromSession: Self.attacker)
        node.hear(.roster(of: 2, sequence: 8, naming: [.numbered(1), .numbered(3)]), fromSession: Self.attacker)
        // Nor one that named the node itself, in an earlier session.
        node.hear(.absent([60], saidBy: 2, sequence: 9), fromSession: Self.attacker)
        node.advance(by: .seconds(10))
        #expect(node.machine.peerCount == 0)
    }

    @Test func aRosterOfAnEarlierSessionIsARecording() {
        var node = TestNode.settled(60, requiresProof: true)
        let recording = Envelope.roster(
            of: 2,
            sequence: 8,
            naming: [.numbered(2), .numbered(3), .numbered(60, sequence: 1)]
        )
        node.lose()
        node.open()
        #expect(node.hear(recording, fromSession: Self.attacker).drops == [.unproven])
        #expect(node.machine.peerCount == 0)
    }

    @Test func aRosterThatAnswersThisSessionIsBelieved() {
        var node = TestNode(60, requiresProof: true)
        let sequence = node.open().sent.last?.sequence ?? 0
        node.hear(.roster(of: 2, sequence: 8, naming: [.numbered(2), .numbered(3), .numbered(60, sequence: sequence)]))
        #expect(node.knows(2))
        #expect(node.knows(3))
    }

    @Test func aNewcomerThatIsNamedWithoutProofAnswersAtOnce() {
        var node = TestNode(60, requiresProof: true)
        let sequence = node.open().sent.last?.sequence ?? 0
        let roster = Envelope.roster(
            of: 2,
            sequence: 8,
            naming: [.numbered(2), .numbered(60, sequence: sequence, isProven: false)]
        )
        let answer = node.hear(roster).announcements
        #expect(answer.map(\.acknowledgement) == [Acknowledgement(sender: .numbered(2), sequence: 8)])
    }

    @Test func aReplayedLeaveRemovesNobody() {
        var node = self.node(knowing: 1)
        #expect(node.hear(.leave(of: 1, sequence: 2), fromSession: Self.attacker).drops == [.replayed])
        #expect(node.knows(1))
    }

    @Test func aLeaveWithANewerNumberIsBelievedFromAnySession() {
        var node = self.node(knowing: 1)
        #expect(node.hear(.leave(of: 1, sequence: 3), fromSession: 4_711).lost == [.numbered(1): .left])
    }

    @Test func afterALeaveNothingOfThatInstanceIsBelieved() {
        var node = self.node(knowing: 1)
        node.hear(.leave(of: 1, sequence: 3))
        #expect(node.hear(.announcement(of: 1, sequence: 9)).drops == [.departed])
    }

    @Test func aReplayedSuspicionRemovesNobody() {
        var node = self.node(knowing: 1, 2)
        node.hear(.absent([], saidBy: 1, sequence: 5))
        node.advance(by: .seconds(3))
        #expect(node.hear(.absent([2], saidBy: 1, sequence: 5), fromSession: Self.attacker).drops == [.replayed])
        #expect(node.hear(.absent([2], saidBy: 1, sequence: 4), fromSession: Self.attacker).drops == [.replayed])
        #expect(node.knows(2))
    }

    @Test func aReplayMovesNobodyToAnOldEndpoint() {
        var node = self.node(knowing: 1)
        node.hear(.announcement(of: 1, sequence: 3, at: .numbered(8)))
        node.hear(.announcement(of: 1, sequence: 2), fromSession: Self.attacker)
        #expect(node.machine.peers.map(\.endpoint) == [.numbered(8)])
    }

    @Test func recordingsMakeNobodyShout() {
        var node = self.node(knowing: 1)
        var sent = 0
        for number in 100..<1_100 {
            let actions = node.hear(.announcement(of: number, sequence: 5, isJoining: true), fromSession: Self.attacker)
            sent += actions.sent.count + actions.rosters.count
            let later = node.advance(by: .milliseconds(10))
            sent += later.sent.count + later.rosters.count
        }
        // Ten seconds of a thousand recordings: a hundred answers at most, and its own heartbeats.
        #expect(sent <= 125)
        #expect(node.machine.peerCount == 1)
    }
}

extension AnnouncementProtocol {
    /// The newest message of its own that this node would take for proof.
    fileprivate mutating func newestOwn(of number: Int) -> Acknowledgement? {
        // Numbers are given in order, and the next one is asked for: the one before it was the last that was sent.
        let sequence = self.takeSequence() - 1
        return sequence > 0 ? Acknowledgement(sender: .numbered(number), sequence: sequence) : nil
    }
}
