import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct IdentityTests {
    @Test func anAnnouncementIntroducesAPeerOnce() {
        var node = TestNode.settled()
        #expect(node.hear(.announcement(of: 1)).found.map(\.endpoint) == [.numbered(1)])
        #expect(node.hear(.announcement(of: 1, number: 2)).found.isEmpty)
    }

    @Test func newMetadataIsReported() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        let reaction = node.hear(.announcement(of: 1, number: 2, metadata: ["zone": "a"]))
        #expect(reaction.found.map(\.metadata) == [["zone": "a"]])
    }

    @Test func whatANodeSaysOfItselfIsPassedOnWhenItChanges() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.call(1) { machine, now, _ in machine.setMetadata(["zone": "b"], at: now) }
        let node = Node(endpoint: .numbered(2), instance: .numbered(2), metadata: ["zone": "b"])
        #expect(network.members[0].reaction.actions == [.found(node)])
    }

    @Test func aRestartOnTheSameEndpointReplacesTheOldInstance() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        let reaction = node.hear(.announcement(of: 2, at: 1))
        #expect(reaction.found.map(\.instance) == [.numbered(2)])
        #expect(reaction.conflicts.isEmpty)
        #expect(!node.knows(1))
        // The old one's last words come late.
        #expect(node.hear(.leave(of: 1, number: 9)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func twoLivingInstancesOnOneEndpointAreReportedAndDoNotAlternate() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        node.hear(.announcement(of: 2, at: 1))
        var reaction = Reaction()
        for second in 1...20 {
            reaction += node.advance(by: .seconds(1))
            let number = UInt64(second + 1)
            reaction += node.hear(.announcement(of: 1, number: number, uptime: .seconds(second + 2)))
            reaction += node.hear(.announcement(of: 2, number: number, at: 1, uptime: .seconds(second)))
        }
        // Each time that the older one speaks; it is told once by the cluster.
        #expect(reaction.conflicts == Array(repeating: .numbered(1), count: 20))
        #expect(reaction.found.isEmpty)
        #expect(reaction.lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func anOlderInstanceDoesNotTakeAYoungerOnesEndpoint() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 2, at: 1))
        let reaction = node.hear(.announcement(of: 1, uptime: .seconds(60)))
        #expect(reaction.conflicts == [.numbered(1)])
        #expect(node.knows(2))
        #expect(!node.knows(1))
    }

    @Test func anInstanceThatWasReplacedDoesNotGrowYounger() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        node.hear(.announcement(of: 2, at: 1))
        node.advance(by: .seconds(2))
        #expect(node.hear(.announcement(of: 1, number: 2)).conflicts == [.numbered(1)])
        #expect(node.knows(2))
    }

    @Test func twoLivingNodesOnOneEndpointAreReportedByAllAndTheFirstStays() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.advance(by: .seconds(3))
        network.open(network.add(3, at: 2))
        network.advance(by: .seconds(100))
        #expect(network.members[0].reaction.found.isEmpty)
        for member in network.members {
            #expect(Set(member.reaction.conflicts) == [.numbered(2)], "\(member.number)")
        }
    }

    @Test func theOlderTwinCountsAgainWhenTheYoungerHasLeft() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        node.hear(.announcement(of: 2, at: 1))
        node.hear(.leave(of: 2, number: 2))
        #expect(node.hear(.announcement(of: 1, number: 2, uptime: .seconds(3))).found.count == 1)
    }

    @Test func anotherNodeWithOnesOwnEndpointIsReportedAndNeverFound() {
        var node = TestNode.settled()
        for number in 1...3 {
            let reaction = node.hear(.announcement(of: 1, number: UInt64(number), at: 50))
            #expect(reaction.conflicts == [.numbered(50)])
            #expect(reaction.drops == [.endpointConflict])
        }
        #expect(node.machine.peerCount == 0)
    }

    @Test(arguments: [false, true]) func anInstanceThatAnnouncesAnotherEndpointIsRefused(isFromAnotherSession: Bool) {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .milliseconds(1))
        let session = isFromAnotherSession ? 666 : TestNode.session(of: 1)
        let moved = node.hear(.announcement(of: 1, number: 2, at: 9), session: session)
        #expect(moved.drops == [.impostor])
        #expect(moved.lost.isEmpty)
        #expect(moved.found.isEmpty)
        #expect(node.machine.peers.map(\.endpoint) == [.numbered(1)])
        // What was refused has changed nothing: the next word of its own counts.
        #expect(node.hear(.announcement(of: 1, number: 2)).drops.isEmpty)
    }

    @Test func aPeerMayNotMoveToAnotherPeersEndpoint() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        #expect(node.hear(.announcement(of: 1, number: 2, at: 2)).drops == [.impostor])
        #expect(Set(node.machine.peers.map(\.endpoint)) == [.numbered(1), .numbered(2)])
    }

    @Test func nobodyIsHeardWithoutASession() {
        var node = TestNode()
        #expect(node.hear(.announcement(of: 1)).isEmpty)
        #expect(node.machine.peerCount == 0)
    }
}
