import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct FloodTests {
    @Test func aHundredThousandDistinctAnnouncementsStayWithinTheTable() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 500
        var node = TestNode.settled(configuration: configuration)
        var conflicts = 0
        for number in 0..<100_000 {
            let sender = number + 1_000
            let endpoint = Endpoint.numbered(number % 60_000 + 1_000)
            let actions = node.hear(.announcement(of: sender, at: endpoint), fromSession: Int32(number / 4 + 10_000))
            conflicts += actions.conflicts.count
        }
        #expect(node.machine.peerCount == 500)
        #expect(conflicts <= 64)
    }

    @Test func oneSessionCantAnnounceManyNodes() {
        var node = TestNode.settled()
        var drops = 0
        for number in 100..<1_100 {
            drops += node.hear(.announcement(of: number), fromSession: 666).drops.count { $0 == .crowdedSession }
        }
        #expect(node.machine.peerCount == 8)
        #expect(drops == 992)
    }

    @Test func aSessionThatIsCrowdedMayAnnounceAgainWhenOthersAreGone() {
        var node = TestNode.settled()
        for number in 100..<108 { node.hear(.announcement(of: number), fromSession: 666) }
        node.hear(.leave(of: 100, sequence: 2), fromSession: 666)
        #expect(node.hear(.announcement(of: 108), fromSession: 666).found.count == 1)
    }

    @Test func nobodyMovesIntoACrowdedSession() {
        var node = TestNode.settled()
        for number in 100..<108 { node.hear(.announcement(of: number), fromSession: 666) }
        node.hear(.announcement(of: 1))
        #expect(node.hear(.announcement(of: 1, sequence: 2), fromSession: 666).drops == [.crowdedSession])
    }

    @Test func whoWasHeardTwiceKeepsItsPlaceInAFlood() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 50
        var node = TestNode.settled(configuration: configuration)
        for number in 1...20 {
            node.hear(.announcement(of: number))
            node.hear(.announcement(of: number, sequence: 2))
        }
        for number in 1_000..<3_000 { node.hear(.announcement(of: number)) }
        #expect((1...20).allSatisfy { node.knows($0) })
        #expect(node.machine.peerCount == 50)
    }

    @Test func aTableFullOfEstablishedPeersRefusesNewcomers() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 3
        var node = TestNode.settled(configuration: configuration)
        for number in 1...3 {
            node.hear(.announcement(of: number))
            node.hear(.announcement(of: number, sequence: 2))
        }
        let actions = node.hear(.announcement(of: 9))
        #expect(actions.drops == [.tableFull])
        #expect(actions.lost.isEmpty)
    }

    @Test func theLongestKnownNewcomerMakesRoom() {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = 3
        var node = TestNode.settled(configuration: configuration)
        for number in 1...3 { node.hear(.announcement(of: number)) }
        #expect(node.hear(.announcement(of: 9)).lost == [.numbered(1): .evicted])
        #expect(node.hear(.announcement(of: 10)).lost == [.numbered(2): .evicted])
    }

    @Test func aFloodOfAlternatingTimesToLivePilesNothingUp() {
        var node = TestNode.settled()
        let clock = ContinuousClock()
        let duration = clock.measure {
            for sequence in 1..<50_000 {
                let timeToLive: Duration = sequence.isMultiple(of: 2) ? .seconds(86_400) : .seconds(20)
                node.hear(.announcement(of: 1, sequence: UInt64(sequence), timeToLive: timeToLive))
            }
        }
        // A queue that grew would be felt here; half a minute is far from what a slow machine needs.
        #expect(duration < .seconds(30))
        #expect(node.machine.peerCount == 1)
        #expect(node.advance(by: .seconds(21)).lost.count == 1)
    }
}
