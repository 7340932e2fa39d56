import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct SilenceTests {
    private let echoDeadline = AnnouncementConfiguration().echoDeadline

    // MARK: Proof

    @Test func hearingItselfProvesTheChannel() {
        var node = TestNode()
        let reaction = node.open()
        #expect(node.machine.isProven(at: node.now))
        #expect(reaction.actions.contains(.proven(roundTrip: .zero)))
    }

    @Test func anEchoOfTheSessionBeforeProvesNothing() {
        var node = TestNode()
        node.echoes = false
        guard let own = node.open().sent.first else { Issue.record("nothing sent"); return }
        let session = node.processID
        node.lose()
        node.open()
        node.receive(own, from: session)
        #expect(!node.machine.isProven(at: node.now))
    }

    @Test func anOwnMessageThatAStrangerMakesProvesNothing() {
        var node = TestNode()
        node.echoes = false
        node.open()
        let forged = Envelope.announcement(of: 50, number: 1, isJoining: true)
        #expect(node.hear(forged, session: 666).drops == [.impostor])
        #expect(!node.machine.isProven(at: node.now))
        #expect(node.advance(by: .seconds(60)).silences == [.undelivered])
    }

    @Test func aNumberThatWasNeverSentProvesNothing() {
        var node = TestNode()
        node.echoes = false
        node.open()
        node.hear(.leave(of: 50, number: .max))
        #expect(!node.machine.isProven(at: node.now))
    }

    // MARK: A session that delivers nothing

    @Test(arguments: [false, true]) func aSessionThatDeliversNothingIsFoundSilentFromTheStart(knowsPeers: Bool) {
        var node = TestNode.settled()
        if knowsPeers { for number in 1...5 { node.hear(.announcement(of: number)) } }
        node.lose()
        node.freeze(for: .seconds(3))
        // It answers every statement, and never echoes.
        node.echoes = false
        let opened = node.now
        node.open()
        #expect(node.advance(by: .seconds(60)).silences == [.undelivered])
        #expect(opened.duration(to: node.now) <= self.echoDeadline + LateTimers.lateness)
        #expect(!node.machine.isProven(at: node.now))
        #expect(node.machine.peerCount == (knowsPeers ? 5 : 0))
    }

    @Test(arguments: [false, true]) func aSessionThatNoLongerDeliversIsFoundSilent(knowsPeers: Bool) {
        var node = TestNode.settled()
        if knowsPeers { for number in 1...5 { node.hear(.announcement(of: number)) } }
        node.echoes = false
        let deaf = node.now
        #expect(node.advance(by: .seconds(60)).silences == [.undelivered])
        // The next heartbeat is the first that is missed.
        let bound = .milliseconds(5_500) + self.echoDeadline + LateTimers.lateness * 2
        #expect(deaf.duration(to: node.now) <= bound)
        #expect(node.machine.peerCount == (knowsPeers ? 5 : 0))
    }

    @Test func inANetworkEveryDeafMemberIsFoundAndTheOthersGoOn() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        let deaf = network.add(4)
        network.members[deaf].isDeaf = true
        network.open(deaf)
        network.advance(by: self.echoDeadline + LateTimers.lateness)
        #expect(network.members[deaf].reaction.silences == [.undelivered])
        for index in 0..<3 { #expect(network.members[index].reaction.silences.isEmpty) }
    }

    @Test func aServerThatAnswersNothingIsFoundSilent() {
        var node = TestNode.settled()
        (node.echoes, node.answers) = (false, false)
        let start = node.now
        #expect(node.advance(by: .seconds(60)).silences.count == 1)
        #expect(start.duration(to: node.now) <= .milliseconds(15_500) + LateTimers.lateness * 2)
    }

    // MARK: A medium that is behind

    @Test func whileTheStreamHasNotComeToTheAwaitedMessageTheMediumIsBehindAndNotSilent() {
        var node = TestNode()
        node.echoes = false
        node.open()
        var reaction = Reaction()
        for number in 1...14 {
            // Made a fraction of a second after the node's own announcement, and delivered later and later.
            let age = Instant.start.duration(to: node.now) - .milliseconds(number * 100)
            reaction += node.hear(.announcement(of: 1, number: UInt64(number)), madeAgo: age)
            reaction += node.advance(by: .seconds(2))
            #expect(reaction.silences.isEmpty, "after \(number * 2) s")
        }
        reaction += node.advance(by: .seconds(10))
        #expect(reaction.silences == [.undelivered])
        let last = Instant.after(.seconds(26))
        #expect(last.duration(to: node.now) <= .seconds(5) + LateTimers.lateness)
    }

    @Test func whenTheStreamHasPassedTheAwaitedMessageItIsMissingThoughOthersAreHeard() {
        var node = TestNode()
        node.echoes = false
        node.open()
        var reaction = Reaction()
        for number in 1...9 {
            reaction += node.advance(by: .seconds(1))
            reaction += node.hear(.announcement(of: 1, number: UInt64(number)))
        }
        #expect(reaction.silences.isEmpty)
        #expect(node.advance(by: .seconds(1) + LateTimers.lateness).silences == [.undelivered])
    }

    @Test func aNodeThatIsBehindSendsNothingMoreUntilTheEchoDeadline() {
        var node = TestNode()
        node.echoes = false
        node.open()
        var reaction = Reaction()
        for number in 1...4 {
            reaction += node.hear(.announcement(of: 1, number: UInt64(number)))
            reaction += node.advance(by: .milliseconds(2_400))
        }
        #expect(reaction.sent.isEmpty)
    }

    @Test func theEchoIsLateAndNotMissing() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.echoes = false
        let own = node.advance(by: .seconds(6)).sent
        #expect(own.count == 1)
        node.advance(by: .seconds(8))
        for envelope in own { node.receive(envelope) }
        node.echoes = true
        #expect(node.advance(by: .seconds(60)).silences.isEmpty)
    }

    @Test func aStretchedHeartbeatLeavesTheChecksOfTheSessionAsTheyAre() {
        var node = TestNode.settled()
        for number in 100..<300 { node.hear(.announcement(of: number)) }
        node.advance(by: .seconds(10))
        #expect(node.machine.currentInterval > .seconds(30))
        let probes = node.advance(by: .seconds(30)).probes
        #expect((3...8).contains(probes))
        node.answers = false
        let start = node.now
        #expect(node.advance(by: .seconds(60)).silences == [.noAnswer])
        #expect(start.duration(to: node.now) < .seconds(20))
    }

    // MARK: Others' silence

    @Test func aPeerExpiresByItsOwnTimeToLive() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(7)))
        node.hear(.announcement(of: 2, timeToLive: .seconds(60)))
        #expect(node.advance(by: .milliseconds(6_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(1): .expired])
        #expect(node.knows(2))
    }

    @Test func aMemberThatFallsSilentIsForgottenAfterItsTimeToLiveAndNotBefore() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.members[1].isFrozen = true
        network.advance(by: .seconds(14))
        #expect(network.known(at: 0).count == 1)
        network.advance(by: .seconds(7))
        #expect(network.members[0].reaction.lost == [.numbered(2): .expired])
    }

    @Test func aRepeatedAnnouncementKeepsAPeer() {
        var node = TestNode.settled()
        for number in 1...20 {
            node.hear(.announcement(of: 1, number: UInt64(number)))
            #expect(node.advance(by: .seconds(10)).lost.isEmpty)
        }
    }

    @Test func aShortenedTimeToLiveCounts() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600)))
        node.hear(.announcement(of: 1, number: 2, timeToLive: .seconds(2)))
        #expect(node.advance(by: .seconds(3)).lost == [.numbered(1): .expired])
    }

    @Test(arguments: [Duration.zero, .milliseconds(1), .seconds(Int64.max / 4), .seconds(-5)])
    func anAbsurdTimeToLiveIsClamped(timeToLive: Duration) {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: timeToLive, uptime: .seconds(100 * 365 * 86_400)))
        #expect(node.advance(by: .milliseconds(900)).lost.isEmpty)
        #expect(node.knows(1))
    }

    @Test func aPeerComesBackAfterItExpired() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, number: 5))
        node.advance(by: .seconds(21))
        #expect(!node.knows(1))
        #expect(node.hear(.announcement(of: 1, number: 6)).found.count == 1)
    }

    @Test func aNodeWithoutProofSinceAccusesNobody() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(9)))
        // From now on the node hears nothing, not even itself, and does not know it yet.
        (node.echoes, node.answers) = (false, false)
        #expect(node.advance(by: .seconds(9.5)).lost.isEmpty)
    }

    @Test func aNodeWithProofAccusesAtOnce() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(9)))
        #expect(node.advance(by: .seconds(8.9)).lost.isEmpty)
        #expect(node.advance(by: .seconds(0.2)).lost == [.numbered(1): .expired])
    }

    // MARK: Outages

    @Test func nothingExpiresWithoutASession() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.lose(0)
        network.lose(1)
        network.jump(by: .seconds(3_600))
        network.call(0) { machine, now, _ in machine.timerFired(at: now) }
        #expect(network.members[0].reaction.isEmpty)
        #expect(network.known(at: 0) == [2])
    }

    @Test func silenceAccusesNobodyWhileTheChannelIsNotProven() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.lose()
        node.advance(by: .seconds(3_600))
        #expect(node.knows(1))
        node.freeze(for: .seconds(3_600))
        node.echoes = false
        node.open()
        #expect(node.advance(by: .seconds(9)).lost.isEmpty)
        #expect(node.knows(1))
    }

    @Test func afterRecoveryPeersGetAFullTimeToLiveOfGrace() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.lose()
        node.freeze(for: .seconds(3_600))
        node.open()
        #expect(node.advance(by: .milliseconds(19_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200) + LateTimers.lateness).lost == [.numbered(1): .expired])
    }

    @Test func afterALongSilenceOfTheChannelPeersHaveTheirTimeAgain() {
        var node = TestNode.settled()
        for number in 1...3 { node.hear(.announcement(of: number, timeToLive: .seconds(14))) }
        (node.echoes, node.answers) = (false, false)
        node.advance(by: .seconds(10))
        // The first of them is heard, and with it the channel works again; what the others said meanwhile was missed.
        (node.echoes, node.answers) = (true, true)
        node.hear(.announcement(of: 1, number: 2, timeToLive: .seconds(14)))
        #expect(node.advance(by: .seconds(13)).lost.isEmpty)
    }

    // MARK: A process that was stopped

    @Test func aNodeThatWasFrozenAccusesNobody() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.freeze(for: .seconds(3_600))
        let first = node.advance(by: .seconds(19))
        #expect(first.lost.isEmpty)
        #expect(first.silences.isEmpty)
        #expect(first.announcements.count >= 3)
        #expect(node.knows(1))
        node.advance(by: .seconds(2))
        #expect(!node.knows(1))
    }

    @Test func aNodeThatWasFrozenAndHearsFirstAccusesNobody() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        node.freeze(for: .seconds(3_600))
        node.hear(.announcement(of: 2, number: 2))
        #expect(node.advance(by: .seconds(15)).lost.isEmpty)
    }

    @Test func aNodeThatWasStoppedWhileItsEchoWasUnderWayKeepsItsSession() {
        var node = TestNode()
        node.echoes = false
        let own = node.open().sent
        node.advance(by: .seconds(4))
        node.freeze(for: .seconds(60))
        #expect(node.advance(by: .seconds(1)).silences.isEmpty)
        for envelope in own { #expect(node.receive(envelope).silences.isEmpty) }
        #expect(node.machine.isProven(at: node.now))
    }

    @Test func aTimerThatIsLateIsNoExcuse() {
        // As late as on a machine that is overloaded, again and again.
        var node = TestNode()
        node.echoes = false
        node.open()
        while node.now < .after(.seconds(60)) {
            node.freeze(for: .milliseconds(900))
            guard node.advance(by: .zero).silences.isEmpty else { break }
        }
        #expect(node.now <= .after(self.echoDeadline + .milliseconds(900) + LateTimers.lateness))
    }

    // MARK: A cluster whose heartbeats stretch

    @Test func inALargeClusterEveryPeerIsBelievedForAsLongAsItsHeartbeatMayTake() {
        var node = TestNode.settled()
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        #expect(node.advance(by: .seconds(120)).lost.isEmpty)
        #expect(node.machine.peerCount == 300)
        #expect(node.advance(by: .seconds(300)).lost.count == 300)
    }

    @Test func inALargeClusterNoTimerRingsForPeersThatAreBelievedForLonger() {
        var node = TestNode.settled()
        for number in 100..<400 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        for number in 400..<500 {
            node.hear(.announcement(of: number, timeToLive: .seconds(20)))
            node.advance(by: .milliseconds(100))
        }
        let before = node.rings
        node.advance(by: .seconds(20))
        // Heartbeats and checks of its own, and not each of the hundred.
        #expect(node.rings - before < 30)
    }

    @Test func aClusterThatHasShrunkForgetsTheRestAfterTheTimeThatTheySaid() {
        var node = TestNode.settled()
        // So many peers stretch their heartbeat, and are believed for minutes, whatever they said when they came.
        for number in 100..<500 { node.hear(.announcement(of: number, timeToLive: .seconds(20))) }
        #expect(node.advance(by: .seconds(30)).lost.isEmpty)
        for number in 105..<500 { node.hear(.leave(of: number, number: 2)) }
        let lost = node.advance(by: .seconds(6)).lost
        #expect(lost == Dictionary(uniqueKeysWithValues: (100..<105).map { (.numbered($0), .expired) }))
    }
}
