import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct PeerLifecycleTests {
    @Test func withoutAKeyWhoSpeaksForAPeerFromAnotherSessionCanNotSayGoodbyeForIt() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 1, sequence: 2), fromSession: 666)
        #expect(node.hear(.leave(of: 1, sequence: 3), fromSession: 666).lost == [.numbered(1): .sessionEnded])
        #expect(node.hear(.announcement(of: 1, sequence: 4)).found.count == 1)
    }

    @Test func anAnnouncementIntroducesAPeerOnce() {
        var node = TestNode.settled()
        #expect(node.hear(.announcement(of: 1)).found.map(\.endpoint) == [.numbered(1)])
        #expect(node.hear(.announcement(of: 1, sequence: 2)).found.isEmpty)
    }

    @Test func newMetadataIsReported() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        let actions = node.hear(.announcement(of: 1, sequence: 2, metadata: ["zone": "a"]))
        #expect(actions.found.map(\.metadata) == [["zone": "a"]])
    }

    @Test func aPeerExpiresByItsOwnTimeToLive() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(7)))
        node.hear(.announcement(of: 2, timeToLive: .seconds(60)))
        #expect(node.advance(by: .milliseconds(6_900)).lost.isEmpty)
        #expect(node.advance(by: .milliseconds(200)).lost == [.numbered(1): .expired])
        #expect(node.knows(2))
    }

    @Test func aRepeatedAnnouncementKeepsAPeer() {
        var node = TestNode.settled()
        for sequence in 1...20 {
            node.hear(.announcement(of: 1, sequence: UInt64(sequence)))
            #expect(node.advance(by: .seconds(10)).lost.isEmpty)
        }
    }

    @Test func aShortenedTimeToLiveCounts() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(3_600)))
        node.hear(.announcement(of: 1, sequence: 2, timeToLive: .seconds(2)))
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
        node.hear(.announcement(of: 1, sequence: 5))
        node.advance(by: .seconds(21))
        #expect(!node.knows(1))
        #expect(node.hear(.announcement(of: 1, sequence: 6)).found.count == 1)
    }

    @Test func aLeaveFromItsOwnSessionIsBelievedAtOnceAndForEver() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        #expect(node.hear(.leave(of: 1, sequence: 2)).lost == [.numbered(1): .left])
        #expect(node.hear(.announcement(of: 1, sequence: 3)).drops == [.departed])
        #expect(!node.knows(1))
    }

    @Test func aLeaveFromAnotherSessionIsNotBelieved() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        #expect(node.hear(.leave(of: 1, sequence: 99), fromSession: 4_711).drops == [.impostor])
        #expect(node.knows(1))
    }

    @Test func aForgedLeaveOfOneWhoIsKnownFromHearsayDoesNotKeepItOut() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 2))
        node.hear(.roster(of: 2, sequence: 2, naming: [.numbered(1)]))
        node.hear(.leave(of: 1, sequence: 99), fromSession: 4_711)
        #expect(!node.knows(1))
        node.hear(.announcement(of: 1, sequence: 2))
        #expect(node.knows(1))
    }

    @Test func aForgedHighNumberDoesNotSilenceANode() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 2))
        node.hear(.roster(of: 2, sequence: 2, naming: [.numbered(1, sequence: .max)]))
        #expect(node.hear(.announcement(of: 1, sequence: 5)).drops.isEmpty)
        #expect(node.hear(.announcement(of: 1, sequence: 6)).drops.isEmpty)
    }

    @Test func aRestartOnTheSameEndpointReplacesTheOldInstance() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        let actions = node.hear(.announcement(of: 2, at: .numbered(1)))
        #expect(actions.found.map(\.instance) == [.numbered(2)])
        #expect(actions.conflicts.isEmpty)
        #expect(!node.knows(1))
        // The old one's last words come late.
        #expect(node.hear(.leave(of: 1, sequence: 9)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func twoLivingInstancesOnOneEndpointAreReportedOnceAndDoNotAlternate() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        node.hear(.announcement(of: 2, at: .numbered(1)))
        var actions: [AnnouncementProtocol.Action] = []
        for sequence in 2...20 {
            let number = UInt64(sequence)
            actions += node.hear(.announcement(of: 1, sequence: number, uptime: .seconds(2 + sequence)))
            actions += node.hear(.announcement(of: 2, sequence: number, at: .numbered(1), uptime: .seconds(sequence)))
            actions += node.advance(by: .seconds(1))
        }
        #expect(actions.conflicts == [.numbered(1)])
        #expect(actions.found.isEmpty)
        #expect(actions.lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func theOlderTwinCountsAgainWhenTheYoungerHasLeft() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.advance(by: .seconds(2))
        node.hear(.announcement(of: 2, at: .numbered(1)))
        node.hear(.leave(of: 2, sequence: 2))
        #expect(node.hear(.announcement(of: 1, sequence: 2, uptime: .seconds(3))).found.count == 1)
    }

    @Test func anotherNodeWithOnesOwnEndpointIsReportedAndNotTakenUp() {
        var node = TestNode.settled()
        let first = node.hear(.announcement(of: 1, at: .numbered(50)))
        #expect(first.contains(.endpointConflict(.numbered(50), isLocal: true)))
        #expect(node.hear(.announcement(of: 1, sequence: 2, at: .numbered(50))).conflicts.isEmpty)
        #expect(node.machine.peerCount == 0)
    }

    @Test func aPeerMayMoveToAnotherEndpoint() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        let moved = node.hear(.announcement(of: 1, sequence: 2, at: .numbered(9)))
        #expect(moved.lost == [.numbered(1): .left])
        #expect(moved.found.map(\.endpoint) == [.numbered(9)])
        // The old endpoint is free for somebody else.
        #expect(node.hear(.announcement(of: 3, at: .numbered(1))).found.count == 1)
    }

    @Test func aPeerMayNotMoveToAnotherPeersEndpoint() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 2))
        #expect(node.hear(.announcement(of: 1, sequence: 2, at: .numbered(2))).conflicts == [.numbered(2)])
        #expect(node.machine.peers.contains { $0.instance == .numbered(1) && $0.endpoint == .numbered(1) })
    }

    @Test func nobodyIsHeardWithoutASession() {
        var node = TestNode()
        #expect(node.hear(.announcement(of: 1)).isEmpty)
        #expect(node.machine.peerCount == 0)
    }

    @Test func aLeaveCarriesTheNextNumber() {
        var node = TestNode.settled()
        let leave = node.machine.leave()
        #expect(leave.message == .leave)
        #expect(leave.sequence > 1)
    }
}
