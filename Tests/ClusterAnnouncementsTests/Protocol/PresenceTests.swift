import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct PresenceTests {
    private func sessions(_ numbers: some Sequence<Int>) -> Set<PresentSession> {
        Set(numbers.map { .numbered($0) })
    }

    /// A settled node that knows peers for an hour: they have listened for longer, or they have not.
    private func node(_ number: Int, knowing numbers: ClosedRange<Int>, areSenior: Bool = true) -> TestNode {
        var configuration = AnnouncementConfiguration()
        configuration.timeToLiveIntervals = 180
        var node = TestNode.settled(number, configuration: configuration)
        for other in numbers {
            node.hear(.announcement(of: other, timeToLive: .seconds(3_600), isJoining: !areSenior))
        }
        node.advance(by: .milliseconds(1))
        return node
    }

    // MARK: Looking

    @Test func aSessionThatIsMissingTwiceIsAnnouncedAsGone() {
        var node = self.node(1, knowing: 2...4, areSenior: false)
        node.present = self.sessions([1, 2, 4])
        let reaction = node.advance(by: .seconds(15))
        #expect(reaction.lost == [.numbered(3): .sessionEnded])
        #expect(reaction.absences.map(\.instances) == [[.numbered(3)]])
        #expect(node.knows(2))
        #expect(node.knows(4))
    }

    @Test func aKilledPeerIsFoundWithinThreeHeartbeats() {
        var node = self.node(1, knowing: 2...4, areSenior: false)
        node.present = self.sessions(1...4)
        node.advance(by: .seconds(60))
        node.present = self.sessions([1, 2, 4])
        #expect(node.advance(by: .seconds(15)).lost == [.numbered(3): .sessionEnded])
    }

    @Test func aKilledNodeIsFoundByAllWithinThreeHeartbeats() {
        var network = ProtocolNetwork()
        network.form(Array(1...10))
        network.advance(by: .seconds(20))
        network.lose(9)
        network.forget()
        network.advance(by: .seconds(15))
        for index in 0..<9 { #expect(network.members[index].reaction.lost == [.numbered(10): .sessionEnded]) }
    }

    @Test func aKilledNodeIsFoundEvenWhenThoseThatLookAreKilledWithIt() {
        var network = ProtocolNetwork()
        network.form(Array(1...10))
        network.advance(by: .seconds(20))
        for index in [0, 1, 9] { network.lose(index) }
        network.advance(by: .seconds(25))
        #expect(network.isWhole)
    }

    @Test func aSessionThatIsMissingOnceIsNotSuspected() {
        var node = self.node(1, knowing: 2...2)
        node.present = []
        var looks = 0
        while looks == 0, node.now < .after(.seconds(60)) { looks += node.advance(by: .milliseconds(100)).looks }
        node.present = self.sessions(1...2)
        #expect(node.advance(by: .seconds(4)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func aPeerThatWasHeardWhileTheLookWasUnderWayIsNotSuspected() {
        var node = self.node(1, knowing: 2...2, areSenior: false)
        node.answersLooks = false
        for number in 2...20 {
            var looks = 0
            while looks == 0, node.now < .after(.seconds(200)) { looks += node.advance(by: .milliseconds(100)).looks }
            #expect(looks == 1)
            node.advance(by: .milliseconds(1))
            node.hear(.announcement(of: 2, number: UInt64(number), timeToLive: .seconds(3_600)))
            let reaction = node.call { machine, now, _ in machine.presence([], at: now) }
            #expect(reaction.lost.isEmpty)
        }
        #expect(node.knows(2))
    }

    @Test func aMediumThatShowsNothingAccusesNobody() {
        var node = self.node(1, knowing: 2...4)
        node.present = nil
        #expect(node.advance(by: .seconds(120)).lost.isEmpty)
    }

    @Test func onlyTheFirstTwoLookRegularlyAndTheOthersNowAndThen() {
        var first = self.node(50, knowing: 2...40, areSenior: false)
        var last = self.node(50, knowing: 2...40)
        first.present = self.sessions(1...50)
        last.present = self.sessions(1...50)
        #expect((100...120).contains(first.advance(by: .seconds(600)).looks))
        #expect((1...12).contains(last.advance(by: .seconds(600)).looks))
    }

    @Test func strangersWhomTheServerDoesNotShowKeepNobodyFromLooking() {
        var node = self.node(50, knowing: 60...62, areSenior: false)
        for stranger in 1...49 {
            node.hear(.announcement(of: stranger, timeToLive: .seconds(3_600), isShown: false))
        }
        node.present = self.sessions([50, 60, 62])
        #expect(node.advance(by: .seconds(15)).lost == [.numbered(61): .sessionEnded])
    }

    @Test func aStrangersLockWithTheDeadNodesKeyDoesNotHideItsDeath() {
        var node = self.node(1, knowing: 2...4, areSenior: false)
        let copied = PresentSession(instance: PresenceKey.instance(.numbered(3)), processID: 666)
        node.present = self.sessions([1, 2, 4]).union([copied])
        #expect(node.advance(by: .seconds(15)).lost == [.numbered(3): .sessionEnded])
    }

    @Test func aPeerWhoseSessionIsNotShownIsNotMissed() {
        var node = self.node(1, knowing: 2...3, areSenior: false)
        node.hear(.announcement(of: 4, timeToLive: .seconds(3_600), isShown: false))
        node.present = self.sessions([1])
        let lost = node.advance(by: .seconds(20)).lost
        #expect(lost == [.numbered(2): .sessionEnded, .numbered(3): .sessionEnded])
        node.hear(.announcement(of: 3, number: 2))
        node.advance(by: .seconds(1))
        #expect(node.hear(.absent([4], seenAt: node.serverTime, saidBy: 3, number: 3)).lost.isEmpty)
        #expect(node.knows(4))
    }

    @Test func oneThatIsNotShownAsksAgainAndSaysWhenItIs() {
        var node = TestNode(1)
        node.isShown = false
        node.answersLooks = false
        node.open()
        node.hear(.announcement(of: 2, timeToLive: .seconds(3_600)))
        var reaction = node.advance(by: .seconds(20))
        #expect(reaction.looks == 1)
        node.call { machine, now, _ in machine.presence([], isShown: false, at: now) }
        reaction += node.advance(by: .seconds(20))
        #expect(reaction.looks == 2)
        #expect(reaction.announcements.hasOnly { !$0.isShown })
        node.call { machine, now, _ in machine.presence([], isShown: true, at: now) }
        #expect(node.advance(by: .seconds(20)).announcements.hasOnly { $0.isShown })
    }

    // MARK: Coming back

    @Test func afterARestartOfTheServerPeersHaveTimeToComeBack() {
        var node = self.node(1, knowing: 2...4)
        node.present = []
        node.lose()
        node.freeze(for: .seconds(5))
        node.open()
        #expect(
            node.advance(by: PresenceWatch.returnTime(echoDeadline: .seconds(10)) - .milliseconds(100)).lost.isEmpty
        )
        #expect(node.advance(by: .seconds(20)).lost.count == 3)
    }

    @Test func aSuspicionOfAPeerThatMayBeOnItsWayBackIsNotBelieved() {
        var node = self.node(50, knowing: 1...3)
        node.lose()
        node.freeze(for: .seconds(5))
        node.open()
        node.hear(.announcement(of: 1, number: 2, timeToLive: .seconds(3_600)))
        node.advance(by: PresenceWatch.returnTime(echoDeadline: .seconds(10)) - .seconds(1))
        #expect(node.hear(.absent([2], seenAt: node.serverTime, saidBy: 1, number: 3)).lost.isEmpty)
        node.advance(by: .seconds(1))
        let suspicion = Envelope.absent([2], seenAt: node.serverTime, saidBy: 1, number: 4)
        #expect(node.hear(suspicion).lost == [.numbered(2): .sessionEnded])
    }

    @Test func aNodeThatWasAwayLooksForItself() {
        var node = self.node(50, knowing: 1...20)
        node.lose()
        node.freeze(for: .seconds(60))
        node.open()
        for number in 1...20 where number != 7 {
            node.hear(.announcement(of: number, number: 2, timeToLive: .seconds(3_600)))
        }
        node.present = self.sessions((1...50).filter { $0 != 7 })
        // When everybody has had the time to return, and this node an echo's deadline to find itself deaf.
        #expect(node.advance(by: .seconds(35)).lost == [.numbered(7): .sessionEnded])
    }

    // MARK: Suspicions

    @Test func aSuspicionIsBelievedFromAPeerInItsOwnSession() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(1))
        let suspicion = Envelope.absent([2], seenAt: node.serverTime, saidBy: 1, number: 2)
        #expect(node.hear(suspicion).lost == [.numbered(2): .sessionEnded])
    }

    @Test func aNodeWithoutProofOfItsChannelBelievesNoSuspicion() {
        var node = self.node(50, knowing: 1...3)
        node.lose()
        node.echoes = false
        node.open()
        for number in 1...2 { node.hear(.announcement(of: number, number: 2, timeToLive: .seconds(3_600))) }
        node.advance(by: .seconds(1))
        #expect(node.hear(.absent([2], seenAt: node.serverTime, saidBy: 1, number: 3)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func aSuspicionOfAStrangerIsNotBelieved() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(1))
        #expect(node.hear(.absent([2], seenAt: node.serverTime, saidBy: 77, number: 1)).drops == [.unknownSender])
        #expect(node.knows(2))
    }

    @Test func aSuspicionCountsOnlyAgainstPeersThatWereHeardBeforeIt() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(1))
        let seenAt = node.serverTime
        node.advance(by: .milliseconds(1))
        node.hear(.announcement(of: 2, number: 2))
        let suspicion = Envelope.absent([2, 3], seenAt: seenAt, saidBy: 1, number: 2)
        #expect(node.hear(suspicion).lost == [.numbered(3): .sessionEnded])
        #expect(node.knows(2))
    }

    @Test func aSuspectComesBackWithItsNextAnnouncement() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(1))
        node.hear(.absent([2], seenAt: node.serverTime, saidBy: 1, number: 2))
        #expect(node.hear(.announcement(of: 2, number: 2)).found.count == 1)
    }

    @Test func aNodeThatIsSaidToBeGoneSpeaksUpAtOnceButNotWithoutEnd() {
        var node = self.node(50, knowing: 1...1)
        node.advance(by: .seconds(2))
        var announcements = 0
        for number in 2..<1_002 {
            let suspicion = Envelope.absent([50], seenAt: node.serverTime, saidBy: 1, number: UInt64(number))
            announcements += node.hear(suspicion).announcements.count
            announcements += node.advance(by: .milliseconds(10)).announcements.count
            // At once, but for 10 ms a member: whoever names one may name all.
            if number == 9 { #expect(announcements == 1) }
        }
        // Ten seconds: its own two heartbeats, and one answer for each interval.
        #expect(announcements <= 6)
    }

    @Test func aMemberThatIsCalledAbsentAndLivesIsKnownAgain() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.advance(by: .seconds(6))
        // The first one's own number and moment, as if it had seen that.
        var accusation = network.members[0].machine.stamp(.leave, at: network.now)
        accusation.message = .absent(Absence(instances: [.numbered(3)], seenAt: network.serverTime))
        network.broadcast(accusation, processID: network.members[0].processID)
        #expect(network.members[1].reaction.lost == [.numbered(3): .sessionEnded])
        network.advance(by: .milliseconds(200))
        #expect(network.isWhole)
    }
}
