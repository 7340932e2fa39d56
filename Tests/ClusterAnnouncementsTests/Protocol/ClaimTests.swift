import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct ClaimTests {
    /// A settled node that knows the first node, whose session the server shows.
    private func node(isKeyed: Bool = false) -> TestNode {
        var node = TestNode.settled(isKeyed: isKeyed)
        node.present = [.numbered(50), .numbered(1)]
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        return node
    }

    @Test(arguments: [false, true]) func aPeerWhoseSessionLivesIsNotReplaced(isKeyed: Bool) {
        var node = self.node(isKeyed: isKeyed)
        var reaction = node.hear(.announcement(of: 2, at: 1, timeToLive: .seconds(2_592_000)))
        reaction += node.advance(by: .seconds(3))
        #expect(reaction.lost.isEmpty)
        #expect(reaction.found.isEmpty)
        #expect(reaction.drops == [.endpointConflict])
        #expect(reaction.conflicts == [.numbered(1)])
        #expect(node.knows(1))
        #expect(!node.knows(2))
    }

    @Test func aPeerWhoseSessionIsGoneIsReplacedByTheAnswer() {
        var node = self.node()
        node.present = [.numbered(50), .numbered(2)]
        let reaction = node.hear(.announcement(of: 2, at: 1))
        #expect(reaction.found.map(\.instance) == [.numbered(2)])
        #expect(reaction.conflicts.isEmpty)
    }

    @Test func aKilledPeerThatIsStillShownIsReplacedSoon() {
        var node = self.node()
        #expect(node.hear(.announcement(of: 2, at: 1, isJoining: true)).found.isEmpty)
        node.present = [.numbered(50), .numbered(2)]
        let reaction = node.advance(by: .milliseconds(150))
        #expect(reaction.found.map(\.instance) == [.numbered(2)])
        // And it is answered like any newcomer.
        #expect((reaction + node.advance(by: .milliseconds(50))).named.contains(.numbered(2)))
    }

    @Test func wordsInAPeersNameFromAnotherSessionDoNotOpenItsEndpoint() {
        var node = self.node()
        node.hear(.announcement(of: 1, number: 9), session: 666)
        node.hear(.announcement(of: 2, at: 1), session: 667)
        node.advance(by: .seconds(3))
        #expect(node.knows(1))
        #expect(!node.knows(2))
    }

    @Test func aClaimOfANodeThatHasLeftIsForgotten() {
        var node = self.node()
        node.hear(.announcement(of: 2, at: 1))
        node.hear(.leave(of: 2, number: 2))
        node.present = [.numbered(50)]
        #expect(node.advance(by: .seconds(3)).found.isEmpty)
    }

    @Test func aFloodOfClaimsCausesFewLooks() {
        var node = self.node()
        var looks = 0
        for claimant in 100..<1_100 {
            looks += node.hear(.announcement(of: claimant, at: 1)).looks
            looks += node.advance(by: .milliseconds(10)).looks
        }
        // One in 50 ms, and the regular ones.
        #expect(looks <= 210)
        #expect(node.knows(1))
    }
}
