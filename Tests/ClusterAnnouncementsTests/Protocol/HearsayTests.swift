import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct HearsayTests {
    private func nodeThatKnowsATeller() -> TestNode {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600)))
        return node
    }

    /// What the first tells of others, having heard them at a moment that is some time ago.
    private func roster(_ number: UInt64, naming numbers: [Int], heardAgo age: Duration = .zero, by node: TestNode)
        -> Envelope
    {
        let heardAt = node.serverTime.advanced(by: .zero - age)
        return .roster(of: 1, number: number, naming: numbers.map { .numbered($0, heardAt: heardAt) })
    }

    @Test func hearsayIntroducesAPeer() {
        var node = self.nodeThatKnowsATeller()
        let reaction = node.hear(self.roster(2, naming: [2, 3], by: node))
        #expect(Set(reaction.found.compactMap(\.instance)) == [.numbered(2), .numbered(3)])
    }

    @Test func hearsayOfANodeThatIsNotKnownItselfIntroducesPeersToo() {
        var node = TestNode()
        node.open()
        #expect(node.hear(self.roster(2, naming: [2, 3], by: node)).found.count == 2)
        #expect(!node.knows(1), "it names itself, or waits until it announces itself")
    }

    @Test func hearsayAboutOneselfAddsNobody() {
        var node = self.nodeThatKnowsATeller()
        #expect(node.hear(self.roster(2, naming: [50], by: node)).found.isEmpty)
        #expect(node.machine.peerCount == 1)
    }

    @Test func hearsayKeepsNobodyAlive() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        var lost: [InstanceID: LossReason] = [:]
        for number in 2...12 {
            node.hear(self.roster(UInt64(number), naming: [2], by: node))
            lost.merge(node.advance(by: .seconds(2)).lost) { first, _ in first }
        }
        #expect(lost == [.numbered(2): .expired])
        #expect(!node.knows(2))
    }

    @Test func hearsayIsBelievedForNoLongerThanThePeerItselfAsksFor() {
        var node = self.nodeThatKnowsATeller()
        node.hear(self.roster(2, naming: [2], heardAgo: .seconds(17), by: node))
        #expect(node.advance(by: .milliseconds(2_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(2): .expired])
        // Nor does it come back by being told again.
        node.hear(self.roster(3, naming: [2], by: node))
        #expect(!node.knows(2))
    }

    @Test func hearsayThatIsTooOldIntroducesNobody() {
        var node = self.nodeThatKnowsATeller()
        #expect(node.hear(self.roster(2, naming: [2], heardAgo: .seconds(20), by: node)).found.isEmpty)
    }

    @Test func hearsayCountsFromThePeersOwnMomentThroughAnyChainOfTellers() {
        // The second learns of the ninth from the first, the third from the second, and so on.
        var teller = TestNode.settled(1)
        let heardAt = teller.now
        teller.hear(.announcement(of: 9, timeToLive: .seconds(20)))
        for number in 2...5 {
            teller.advance(by: .seconds(4))
            var listener = TestNode(number)
            teller.meet(&listener)
            #expect(listener.knows(9))
            teller = listener
        }
        let end = heardAt.advanced(by: .seconds(20))
        teller.advance(by: teller.now.duration(to: end) - .milliseconds(1))
        #expect(teller.knows(9))
        teller.advance(by: .milliseconds(200))
        #expect(!teller.knows(9))
    }

    @Test func hearsayFromLaterIsFromNowAtMost() {
        var node = self.nodeThatKnowsATeller()
        node.hear(self.roster(2, naming: [2], heardAgo: .seconds(-86_400), by: node))
        #expect(node.advance(by: .milliseconds(20_100)).lost == [.numbered(2): .expired])
    }

    @Test func hearsayThatLeavesSomebodyOutRemovesNobody() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        #expect(node.hear(self.roster(2, naming: [], by: node)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func hearsayAboutOneThatLeftIsNotBelieved() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        node.hear(.leave(of: 2, number: 2))
        node.hear(self.roster(2, naming: [2], by: node))
        #expect(!node.knows(2))
    }

    @Test func hearsayReplacesNobodyOnAnEndpoint() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        node.advance(by: .seconds(1))
        let entry = Roster.Entry.numbered(3, at: 2, heardAt: node.serverTime, birth: node.serverTime)
        let reaction = node.hear(.roster(of: 1, number: 2, naming: [entry]))
        #expect(reaction.found.isEmpty)
        #expect(reaction.conflicts.isEmpty)
        #expect(node.knows(2))
    }

    @Test func hearsayAboutTheLifeBeforeThisOneIsNoConflict() {
        var node = self.nodeThatKnowsATeller()
        let entry = Roster.Entry.numbered(3, at: 50, heardAt: node.serverTime)
        #expect(node.hear(.roster(of: 1, number: 2, naming: [entry])).conflicts.isEmpty)
        #expect(!node.knows(3))
    }

    @Test func aRosterFromAnotherSessionThanItsTellersIsNotBelieved() {
        var node = self.nodeThatKnowsATeller()
        let reaction = node.hear(self.roster(2, naming: [2], by: node), session: 4_711)
        #expect(reaction.drops == [.impostor])
        #expect(!node.knows(2))
    }

    @Test func aRosterOfOneThatLeftIsNotBelieved() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.leave(of: 1, number: 2))
        #expect(node.hear(self.roster(3, naming: [2], by: node)).drops == [.departed])
        #expect(!node.knows(2))
    }

    @Test func aForgedNumberInARosterDoesNotSilenceANode() {
        var node = self.nodeThatKnowsATeller()
        let entry = Roster.Entry.numbered(2, lastNumber: .max, heardAt: node.serverTime)
        node.hear(.roster(of: 1, number: 2, naming: [entry]))
        node.advance(by: .milliseconds(1))
        #expect(node.hear(.announcement(of: 2, number: 5)).drops.isEmpty)
        #expect(node.hear(.announcement(of: 2, number: 6)).drops.isEmpty)
    }

    @Test func aForgedEndpointInARosterGivesWayToTheNodesOwnWord() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.roster(of: 1, number: 2, naming: [.numbered(2, at: 9, heardAt: node.serverTime)]))
        node.advance(by: .milliseconds(1))
        node.hear(.announcement(of: 2, number: 5))
        #expect(node.machine.peers.first { $0.instance == .numbered(2) }?.endpoint == .numbered(2))
    }

    @Test func hearsayMakesNobodyGoFromAFullTable() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 2
        var node = TestNode.settled(configuration: configuration)
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        let reaction = node.hear(self.roster(2, naming: [3], by: node))
        #expect(reaction.drops == [.tableFull])
        #expect(reaction.lost.isEmpty)
    }

    @Test func aVoiceTakesTheRoomOfHearsayFirst() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 2
        var node = TestNode.settled(configuration: configuration)
        node.hear(.announcement(of: 1))
        node.hear(self.roster(2, naming: [2], by: node))
        #expect(node.hear(.announcement(of: 3)).lost == [.numbered(2): .evicted])
        #expect(node.knows(1))
    }
}
