import ClusterFormation
import TestTraits
import Testing

@testable import ClusterAnnouncements

@Suite(.computing) struct FloodTests {
    private func node(maximumPeers: Int) -> TestNode {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = maximumPeers
        return .settled(configuration: configuration)
    }

    @Test func aHundredThousandDistinctAnnouncementsStayWithinTheTable() {
        var node = self.node(maximumPeers: 500)
        for number in 0..<100_000 {
            node.hear(
                .announcement(of: number + 1_000, at: number % 60_000 + 1_000),
                session: Int32(number / 4 + 10_000)
            )
        }
        #expect(node.machine.peerCount == 500)
        #expect(node.machine.former.count <= 1_000)
    }

    @Test func aFloodOfHearsayStaysWithinTheTable() {
        var node = self.node(maximumPeers: 500)
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 1, number: 2))
        for number in 3..<300 {
            let entries = (0..<50).map {
                Roster.Entry.numbered(number * 50 + $0 + 1_000, heardAt: node.serverTime)
            }
            node.hear(.roster(of: 1, number: UInt64(number), naming: entries))
        }
        #expect(node.machine.peerCount == 500)
        #expect(node.knows(1))
    }

    @Test func oneSessionCantAnnounceManyNodes() {
        var node = TestNode.settled()
        var drops = 0
        for number in 100..<1_100 {
            drops += node.hear(.announcement(of: number), session: 666).drops.count { $0 == .crowdedSession }
        }
        #expect(node.machine.peerCount == 8)
        #expect(drops == 992)
    }

    @Test func aSessionThatIsCrowdedMayAnnounceAgainWhenOthersAreGone() {
        var node = TestNode.settled()
        for number in 100..<108 { node.hear(.announcement(of: number), session: 666) }
        node.hear(.leave(of: 100, number: 2), session: 666)
        #expect(node.hear(.announcement(of: 108), session: 666).found.count == 1)
    }

    @Test func aProcessIDThatIsGivenOutAgainIsFreeOfWhatWasSaidThere() {
        var node = TestNode.settled()
        node.present = [.numbered(50), PresentSession(instance: PresenceKey.instance(.numbered(9)), processID: 666)]
        for number in 100..<108 {
            node.hear(.announcement(of: number, timeToLive: .seconds(80), isShown: false), session: 666)
        }
        #expect(node.hear(.announcement(of: 9), session: 666).drops == [.crowdedSession])
        node.advance(by: .seconds(11))
        #expect(node.hear(.announcement(of: 9, number: 2), session: 666).found.map(\.instance) == [.numbered(9)])
    }

    @Test func nobodyMovesIntoACrowdedSession() {
        var node = TestNode.settled()
        for number in 100..<108 { node.hear(.announcement(of: number), session: 666) }
        node.hear(.announcement(of: 1))
        node.advance(by: .milliseconds(1))
        #expect(node.hear(.announcement(of: 1, number: 2), session: 666).drops == [.crowdedSession])
    }

    @Test func whoWasHeardTwiceKeepsItsPlaceInAFlood() {
        var node = self.node(maximumPeers: 50)
        for number in 1...20 {
            node.hear(.announcement(of: number))
            node.hear(.announcement(of: number, number: 2))
        }
        for number in 1_000..<3_000 { node.hear(.announcement(of: number)) }
        let kept = (1...20).filter { node.knows($0) }
        #expect(kept == Array(1...20))
        #expect(node.machine.peerCount == 50)
    }

    @Test func aTableFullOfEstablishedPeersRefusesNewcomers() {
        var node = self.node(maximumPeers: 3)
        for number in 1...3 {
            node.hear(.announcement(of: number))
            node.hear(.announcement(of: number, number: 2))
        }
        let reaction = node.hear(.announcement(of: 9))
        #expect(reaction.drops == [.tableFull])
        #expect(reaction.lost.isEmpty)
    }

    @Test func theLongestKnownNewcomerMakesRoom() {
        var node = self.node(maximumPeers: 3)
        for number in 1...3 { node.hear(.announcement(of: number)) }
        #expect(node.hear(.announcement(of: 9)).lost == [.numbered(1): .evicted])
        #expect(node.hear(.announcement(of: 10)).lost == [.numbered(2): .evicted])
    }

    @Test func hearsayMakesRoomBeforeAnyVoiceHoweverLateItCame() {
        var node = self.node(maximumPeers: 3)
        for number in 1...2 { node.hear(.announcement(of: number)) }
        node.hear(.roster(of: 1, number: 2, naming: [.numbered(3, heardAt: node.serverTime)]))
        #expect(node.hear(.announcement(of: 9)).lost == [.numbered(3): .evicted])
        #expect(node.hear(.announcement(of: 10)).lost == [.numbered(1): .evicted])
    }

    @Test func aFloodOfAlternatingTimesToLivePilesNothingUp() {
        var node = TestNode.settled()
        let clock = ContinuousClock()
        let duration = clock.measure {
            for number in 1..<50_000 {
                let timeToLive: Duration = number.isMultiple(of: 2) ? .seconds(86_400) : .seconds(20)
                node.hear(.announcement(of: 1, number: UInt64(number), timeToLive: timeToLive))
            }
        }
        // A queue that grew would be felt here; half a minute is far from what a slow machine needs.
        #expect(duration < .seconds(30))
        #expect(node.machine.peerCount == 1)
        #expect(node.advance(by: .seconds(21)).lost.count == 1)
    }
}
