import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct BeliefTests {
    private func node(maximumPeers: Int = 4_096, isKeyed: Bool = false) -> TestNode {
        var configuration = AnnouncementConfiguration()
        configuration.maximumPeers = maximumPeers
        var node = TestNode.settled(isKeyed: isKeyed, configuration: configuration)
        node.present = [.numbered(50)]
        return node
    }

    @Test(arguments: [false, true]) func aLongLifeIsBelievedForFourOwnOnes(isKeyed: Bool) {
        var node = self.node(isKeyed: isKeyed)
        node.hear(.announcement(of: 1, timeToLive: .seconds(2_592_000), isShown: false))
        #expect(node.advance(by: .seconds(79)).lost.isEmpty)
        #expect(node.advance(by: .seconds(2)).lost == [.numbered(1): .expired])
    }

    @Test func hearsayThatNothingConfirmsIsGoneAfterAMinute() {
        var node = self.node()
        node.present = [.numbered(50), .numbered(1), .numbered(2)]
        let entries = [2, 3].map { Roster.Entry.numbered($0, heardAt: node.serverTime, timeToLive: .seconds(80)) }
        node.hear(.roster(of: 1, number: 1, naming: entries))
        // Both say that the server shows them, and hardly anybody looks.
        var lost = node.advance(by: .seconds(66)).lost
        #expect(lost.keys.contains(.numbered(3)))
        #expect(node.knows(2))
        lost = node.advance(by: .seconds(1)).lost
        #expect(lost.isEmpty)
    }

    @Test func hearsayThatClaimsNoSessionIsGoneAfterAMinute() {
        var node = self.node()
        var entry = Roster.Entry.numbered(3, heardAt: node.serverTime, timeToLive: .seconds(80))
        entry.isShown = false
        node.hear(.roster(of: 1, number: 1, naming: [entry]))
        #expect(node.advance(by: .seconds(59)).lost.isEmpty)
        #expect(node.advance(by: .seconds(8)).lost == [.numbered(3): .expired])
    }

    @Test func hearsayIsKeptWhereTheMediumCantTell() {
        var node = self.node()
        node.present = nil
        node.hear(
            .roster(of: 1, number: 1, naming: [.numbered(3, heardAt: node.serverTime, timeToLive: .seconds(80))])
        )
        #expect(node.advance(by: .seconds(78)).lost.isEmpty)
    }

    @Test func aListWithoutOnesOwnSessionConfirmsAndRefutesNobody() {
        var node = self.node()
        node.present = []
        var entry = Roster.Entry.numbered(3, heardAt: node.serverTime, timeToLive: .seconds(80))
        entry.isShown = false
        node.hear(.roster(of: 1, number: 1, naming: [entry]))
        #expect(node.advance(by: .seconds(78)).lost.isEmpty)
    }

    @Test func strangersWhomTheServerDoesNotShowStretchNoInterval() {
        var node = self.node()
        for number in 1_000..<1_800 { node.hear(.announcement(of: number, timeToLive: .seconds(80), isShown: false)) }
        #expect(node.machine.currentInterval > .seconds(60))
        node.advance(by: .seconds(70))
        #expect(node.machine.peerCount == 800)
        #expect(node.machine.currentInterval == .seconds(5))
        node.advance(by: .seconds(20))
        #expect(node.machine.peerCount == 0)
    }

    @Test func whomTheServerDoesNotShowMakesRoomHoweverOftenItWasHeard() {
        var node = self.node(maximumPeers: 3)
        node.present = [.numbered(50), .numbered(1)]
        for number in 1...3 {
            node.hear(.announcement(of: number, timeToLive: .seconds(80), isShown: number == 1))
            node.hear(.announcement(of: number, number: 2, timeToLive: .seconds(80), isShown: number == 1))
        }
        // Refused, and the reason to look.
        #expect(node.hear(.announcement(of: 9)).drops == [.tableFull])
        node.advance(by: .seconds(11))
        for number in 9...12 { node.hear(.announcement(of: number, number: 2)) }
        #expect(node.knows(1))
        #expect(node.knows(12))
        #expect(node.machine.peerCount == 3)
    }

    @Test func whomTheServerShowsKeepsItsPlaceThoughHeardOnce() {
        var node = self.node(maximumPeers: 3)
        node.present = [.numbered(50), .numbered(1)]
        node.hear(.announcement(of: 1, timeToLive: .seconds(80)))
        node.advance(by: .seconds(62))
        for number in 2...20 { node.hear(.announcement(of: number)) }
        #expect(node.knows(1))
    }

    @Test func aNewcomerThatIsRefusedIsAnsweredAndToldSo() {
        var node = self.node(maximumPeers: 2)
        for number in 1...2 {
            node.hear(.announcement(of: number))
            node.hear(.announcement(of: number, number: 2))
        }
        var reaction = node.hear(.announcement(of: 9, isJoining: true))
        #expect(reaction.drops == [.tableFull])
        reaction += node.advance(by: .seconds(1))
        #expect(reaction.named == [.numbered(50), .numbered(1), .numbered(2)])
        #expect(reaction.rosters.allSatisfy { $0.isFull })

        var newcomer = TestNode(9)
        newcomer.open()
        var told = Reaction()
        for roster in reaction.sent.filter({ $0.announcement == nil }) { told += newcomer.hear(roster, session: 51) }
        #expect(told.actions.contains(.leftOut))
        #expect(newcomer.machine.peerCount == 3)
        // It asks no more: it has what there is.
        #expect(newcomer.advance(by: .seconds(6)).announcements.allSatisfy { !$0.isJoining })
    }

    @Test func rostersOfAStrangerKeepNobodyFromAnswering() {
        var node = self.node()
        for number in 1_000..<2_000 { node.hear(.announcement(of: number)) }
        node.advance(by: .seconds(1))
        node.hear(.announcement(of: 11, isJoining: true))
        var named: Set<InstanceID> = []
        // An answer to so many would be more than a second's work for the server.
        for number in 1...10 as ClosedRange<UInt64> {
            node.hear(.roster(of: 900, number: number, naming: []))
            named.formUnion(node.advance(by: .milliseconds(100)).named)
        }
        #expect(named.contains(.numbered(11)))
    }

    @Test func anotherMemberDoesNotAnswerARefusedNewcomerOnceMore() {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.hear(.announcement(of: 9, isJoining: true))
        var answer = Envelope.roster(
            of: 1,
            number: 2,
            naming: [.numbered(50, heardAt: node.serverTime), .numbered(1, heardAt: node.serverTime)]
        )
        if case .roster(var roster) = answer.message {
            roster.isFull = true
            answer.message = .roster(roster)
        }
        node.hear(answer)
        #expect(node.advance(by: .seconds(1)).rosters.isEmpty)
    }
}
