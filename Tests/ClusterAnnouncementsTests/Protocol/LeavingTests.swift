import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct LeavingTests {
    private static let stranger: Int32 = 666

    @Test func aLeaveFromItsOwnSessionIsBelievedAtOnceAndForEver() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        #expect(node.hear(.leave(of: 1, number: 2)).lost == [.numbered(1): .left])
        node.advance(by: .seconds(3_600))
        #expect(node.hear(.announcement(of: 1, number: 3)).drops == [.departed])
        #expect(node.hear(.announcement(of: 1, number: 4), session: TestNode.session(of: 1, 2)).drops == [.departed])
        #expect(!node.knows(1))
    }

    @Test func aLeaveFromAnotherSessionIsNotBelieved() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        #expect(node.hear(.leave(of: 1, number: 99), session: Self.stranger).drops == [.impostor])
        #expect(node.knows(1))
    }

    @Test func aNodeThatLeavesIsLostByAllAtOnce() {
        var network = ProtocolNetwork()
        network.form([1, 2, 3])
        network.leave(1)
        for index in [0, 2] { #expect(network.members[index].reaction.lost == [.numbered(2): .left]) }
        #expect(network.isWhole)
    }

    @Test func aLeaveRightAfterAnOutageIsBelievedThoughTheSessionIsNew() {
        var network = ProtocolNetwork()
        network.form([1, 2])
        network.lose(0)
        network.lose(1)
        network.advance(by: .seconds(1))
        // The second is back first, so that the first has not heard its new session's announcement.
        network.open(1)
        network.open(0)
        network.advance(by: .seconds(1))
        network.leave(1)
        #expect(network.members[0].reaction.lost.keys.contains(.numbered(2)))
        #expect(network.known(at: 0).isEmpty)
    }

    @Test func aGoodbyeAfterAMoveIsASuspicionSinceAnybodyMayHaveMoved() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .milliseconds(1))
        node.hear(.announcement(of: 1, number: 2), session: Self.stranger)
        let goodbye = node.hear(.leave(of: 1, number: 3), session: Self.stranger)
        #expect(goodbye.lost == [.numbered(1): .sessionEnded])
        // Its own word brings it back.
        node.advance(by: .milliseconds(1))
        #expect(node.hear(.announcement(of: 1, number: 2)).found.count == 1)
    }

    @Test func aGoodbyeLongAfterAMoveIsAGoodbye() {
        var node = TestNode.settled()
        let second = TestNode.session(of: 1, 2)
        node.hear(.announcement(of: 1))
        node.advance(by: .milliseconds(1))
        for number in 2...8 {
            node.hear(.announcement(of: 1, number: UInt64(number)), session: second)
            node.advance(by: .seconds(5))
        }
        #expect(node.hear(.leave(of: 1, number: 9), session: second).lost == [.numbered(1): .left])
        #expect(node.hear(.announcement(of: 1, number: 10), session: second).drops == [.departed])
    }

    @Test func aForgedLeaveOfOneThatIsKnownFromHearsayDoesNotKeepItOut() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 2))
        node.hear(.roster(of: 2, number: 2, naming: [.numbered(1, heardAt: node.serverTime)]))
        node.hear(.leave(of: 1, number: 99), session: Self.stranger)
        node.advance(by: .milliseconds(1))
        node.hear(.announcement(of: 1, number: 2))
        #expect(node.knows(1))
    }

    @Test func aLeaveOfNobodyIsDropped() {
        var node = TestNode.settled()
        #expect(node.hear(.leave(of: 1, number: 1)).drops == [.unknownSender])
        #expect(node.hear(.announcement(of: 1, number: 2)).found.count == 1)
    }

    @Test func aRepeatedLeaveSaysNothing() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, number: 2))
        #expect(node.hear(.leave(of: 1, number: 2)).drops == [.replayed])
        #expect(node.knows(1))
    }
}
