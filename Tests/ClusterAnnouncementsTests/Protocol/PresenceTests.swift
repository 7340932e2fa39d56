import ClusterAnnouncements
import ClusterFormation
import Testing

@Suite struct PresenceTests {
    private func keys(_ numbers: Int...) -> Set<Int32> {
        Set(numbers.map { AnnouncementProtocol.presenceKey(of: .numbered($0)) })
    }

    /// A settled node that knows peers for an hour.
    private func node(_ number: Int, knowing numbers: ClosedRange<Int>) -> TestNode {
        var node = TestNode.settled(number)
        for other in numbers { node.hear(.announcement(of: other, timeToLive: .seconds(3_600))) }
        return node
    }

    @Test func aSessionThatIsMissingTwiceIsAnnouncedAsGone() {
        var node = self.node(1, knowing: 2...4)
        node.present = self.keys(1, 2, 4)
        let actions = node.advance(by: .seconds(15))
        #expect(actions.lost == [.numbered(3): .sessionEnded])
        #expect(actions.sent.map(\.message).contains(.absent([.numbered(3)])))
        #expect(node.knows(2))
        #expect(node.knows(4))
    }

    @Test func aKilledPeerIsFoundWithinThreeHeartbeats() {
        var node = self.node(1, knowing: 2...4)
        node.present = self.keys(1, 2, 3, 4)
        node.advance(by: .seconds(60))
        node.present = self.keys(1, 2, 4)
        #expect(node.advance(by: .seconds(15)).lost == [.numbered(3): .sessionEnded])
    }

    @Test func aSessionThatIsMissingOnceIsNotSuspected() {
        var node = self.node(1, knowing: 2...2)
        node.present = []
        var looks = 0
        while looks == 0 { looks += node.advance(by: .milliseconds(100)).looks }
        node.present = self.keys(1, 2)
        #expect(node.advance(by: .seconds(4)).lost.isEmpty)
        #expect(node.knows(2))
    }

    @Test func whoWasJustHeardIsNotSuspected() {
        var node = self.node(1, knowing: 2...2)
        node.present = []
        for sequence in 2...100 {
            node.hear(.announcement(of: 2, sequence: UInt64(sequence), timeToLive: .seconds(3_600)))
            #expect(node.advance(by: .milliseconds(500)).lost.isEmpty)
        }
    }

    @Test func aMediumThatShowsNothingAccusesNobody() {
        var node = self.node(1, knowing: 2...4)
        node.present = nil
        #expect(node.advance(by: .seconds(120)).lost.isEmpty)
    }

    @Test func onlyTheFirstTwoLookRegularlyAndTheOthersNowAndThen() {
        var first = self.node(1, knowing: 2...40)
        var last = self.node(50, knowing: 2...40)
        first.present = self.keys()
        let all = Set((1...50).map { AnnouncementProtocol.presenceKey(of: .numbered($0)) })
        first.present = all
        last.present = all
        #expect((100...120).contains(first.advance(by: .seconds(600)).looks))
        #expect((1...12).contains(last.advance(by: .seconds(600)).looks))
    }

    @Test func strangersWhomTheServerDoesNotShowKeepNobodyFromLooking() {
        var node = self.node(50, knowing: 60...62)
        for stranger in 1...49 {
            node.hear(.announcement(of: stranger, timeToLive: .seconds(3_600), showsPresence: false))
        }
        node.present = self.keys(50, 60, 62)
        #expect(node.advance(by: .seconds(15)).lost == [.numbered(61): .sessionEnded])
    }

    @Test func afterARestartOfTheServerPeersHaveTimeToComeBack() {
        var node = self.node(1, knowing: 2...4)
        node.present = []
        node.lose()
        node.freeze(for: .seconds(5))
        node.open()
        #expect(node.advance(by: .seconds(29)).lost.isEmpty)
        #expect(node.advance(by: .seconds(20)).lost.count == 3)
    }

    @Test func aNodeThatWasAwayLooksForItself() {
        var node = self.node(50, knowing: 1...20)
        node.lose()
        node.freeze(for: .seconds(60))
        node.open()
        for number in 1...20 where number != 7 {
            node.hear(.announcement(of: number, sequence: 2, timeToLive: .seconds(3_600)))
        }
        node.present = Set((1...50).filter { $0 != 7 }.map { AnnouncementProtocol.presenceKey(of: .numbered($0)) })
        #expect(node.advance(by: .seconds(45)).lost == [.numbered(7): .sessionEnded])
    }

    @Test func aSuspicionIsBelievedFromAPeerInItsOwnSession() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(3))
        #expect(node.hear(.absent([2], saidBy: 1, sequence: 2)).lost == [.numbered(2): .sessionEnded])
    }

    @Test func aSuspicionFromAStrangerOrAnotherSessionIsNotBelieved() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(3))
        #expect(node.hear(.absent([2], saidBy: 77, sequence: 1)).drops == [.unknownSender])
        #expect(node.hear(.absent([2], saidBy: 1, sequence: 2), fromSession: 4_711).drops == [.impostor])
        #expect(node.knows(2))
    }

    @Test func whoIsSaidToBeGoneSpeaksUpAtOnceButNotWithoutEnd() {
        var node = self.node(50, knowing: 1...1)
        node.advance(by: .seconds(2))
        var announcements = 0
        for sequence in 2..<1_002 {
            announcements += node.hear(.absent([50], saidBy: 1, sequence: UInt64(sequence))).announcements.count
            announcements += node.advance(by: .milliseconds(10)).announcements.count
            // At once, but for 10 ms a member: whoever names one may name all.
            if sequence == 4 { #expect(announcements == 1) }
        }
        // Ten seconds: its own two heartbeats, and one answer for each interval.
        #expect(announcements <= 6)
    }

    @Test func whoseSessionIsNotShownIsNotMissed() {
        var node = self.node(1, knowing: 2...3)
        let hidden = Announcement(endpoint: .numbered(4), timeToLive: .seconds(3_600), showsPresence: false)
        node.hear(Envelope(sender: .numbered(4), sequence: 1, message: .announce(hidden)))
        node.present = [AnnouncementProtocol.presenceKey(of: .numbered(1))]
        let lost = node.advance(by: .seconds(20)).lost
        #expect(lost == [.numbered(2): .sessionEnded, .numbered(3): .sessionEnded])
        #expect(node.hear(.absent([4], saidBy: 3, sequence: 2)).lost.isEmpty)
        #expect(node.knows(4))
    }

    @Test func aSuspectComesBackWithItsNextAnnouncement() {
        var node = self.node(50, knowing: 1...3)
        node.advance(by: .seconds(3))
        node.hear(.absent([2], saidBy: 1, sequence: 2))
        #expect(node.hear(.announcement(of: 2, sequence: 2)).found.count == 1)
    }
}
