import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct HearsayTests {
    private func nodeThatKnowsATeller() -> TestNode {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600)))
        return node
    }

    @Test func hearsayIntroducesAPeer() {
        var node = self.nodeThatKnowsATeller()
        let actions = node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2), .numbered(3)]))
        #expect(Set(actions.found.compactMap(\.instance)) == [.numbered(2), .numbered(3)])
    }

    @Test func hearsayAboutOneselfAddsNobody() {
        var node = self.nodeThatKnowsATeller()
        #expect(node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(50)])).found.isEmpty)
        #expect(node.machine.peerCount == 1)
    }

    @Test func hearsayKeepsNobodyAlive() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        var lost: [InstanceID: LossReason] = [:]
        for sequence in 2...12 {
            node.hear(.roster(of: 1, sequence: UInt64(sequence), naming: [.numbered(2, sequence: UInt64(sequence))]))
            lost.merge(node.advance(by: .seconds(2)).lost) { first, _ in first }
        }
        #expect(lost == [.numbered(2): .expired])
        #expect(!node.knows(2))
    }

    @Test func hearsayDoesNotOutliveWhatItsTellerKnew() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2, remaining: .seconds(3))]))
        #expect(node.advance(by: .milliseconds(2_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(2): .expired])
        // Nor does it come back by being told again.
        node.hear(.roster(of: 1, sequence: 3, naming: [.numbered(2, remaining: .seconds(3))]))
        #expect(!node.knows(2))
    }

    @Test func hearsayThatLeavesSomebodyOutRemovesNobody() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        #expect(node.hear(.roster(of: 1, sequence: 2, naming: [])).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func hearsayAboutOneWhoLeftIsNotBelieved() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        node.hear(.leave(of: 2, sequence: 2))
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2, sequence: 9)]))
        #expect(!node.knows(2))
    }

    @Test func hearsayReplacesNobodyOnAnEndpoint() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.announcement(of: 2))
        node.advance(by: .seconds(1))
        var entry = Roster.Entry.numbered(3)
        entry.endpoint = .numbered(2)
        let actions = node.hear(.roster(of: 1, sequence: 2, naming: [entry]))
        #expect(actions.found.isEmpty)
        #expect(actions.conflicts.isEmpty)
        #expect(node.knows(2))
    }

    @Test func anEntryWithoutProofIntroducesNobody() {
        var node = self.nodeThatKnowsATeller()
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2, isProven: false)]))
        #expect(!node.knows(2))
    }

    @Test func aRosterFromAnotherSessionThanItsTellersIsNotBelieved() {
        var node = self.nodeThatKnowsATeller()
        let actions = node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2)]), fromSession: 4_711)
        #expect(actions.drops == [.impostor])
        #expect(!node.knows(2))
    }

    @Test func hearsayMakesNobodyGoFromAFullTable() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 2
        var node = TestNode.settled(configuration: configuration)
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        let actions = node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(3)]))
        #expect(actions.drops == [.tableFull])
        #expect(actions.lost.isEmpty)
    }

    @Test func aVoiceTakesTheRoomOfHearsayFirst() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 2
        var node = TestNode.settled(configuration: configuration)
        node.hear(.announcement(of: 1))
        node.hear(.roster(of: 1, sequence: 2, naming: [.numbered(2)]))
        #expect(node.hear(.announcement(of: 3)).lost == [.numbered(2): .evicted])
        #expect(node.knows(1))
    }
}
