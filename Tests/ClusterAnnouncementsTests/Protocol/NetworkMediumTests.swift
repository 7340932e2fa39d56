import ClusterFormation
import Testing

@testable import ClusterAnnouncements

/// What a medium that is a network does not vouch for, and how the protocol does without.
@Suite(.lateTimers) struct NetworkMediumTests {
    private func settled(_ change: (inout Medium) -> Void) -> TestNode {
        var medium = Medium.postgres
        change(&medium)
        return .settled(medium: medium)
    }

    // MARK: Clocks

    @Test(arguments: [-299, -60, 0, 60, 299]) func aClockThatDiffersIsTakenAsItIs(seconds: Int) {
        var node = self.settled { ($0.hasClock, $0.freshnessWindow) = (false, .seconds(300)) }
        let ago = Duration.seconds(seconds)
        let entry = Roster.Entry.numbered(2, heardAt: node.serverTime.advanced(by: .zero - ago - .seconds(5)))
        #expect(node.hear(.announcement(of: 1), madeAgo: ago).found.count == 1)
        #expect(node.hear(.roster(of: 1, number: 2, naming: [entry]), madeAgo: ago).found.count == 1)
        // Belief counts from when it was heard, however late the sender's clock says that was; hearsay's is 5 s old.
        node.advance(by: .seconds(14))
        #expect(node.knows(1) && node.knows(2))
        node.advance(by: .seconds(4))
        #expect(node.knows(1) && !node.knows(2))
        node.advance(by: .seconds(7))
        #expect(!node.knows(1))
    }

    @Test(arguments: [-301, 301]) func aClockThatDiffersByMoreThanTheToleranceIsNotLetIn(seconds: Int) {
        var node = self.settled { ($0.hasClock, $0.freshnessWindow) = (false, .seconds(300)) }
        #expect(node.hear(.announcement(of: 1), madeAgo: .seconds(seconds)).drops == [.stale])
        // Nobody else is shut out by it.
        #expect(node.hear(.announcement(of: 2)).drops.isEmpty)
    }

    @Test func aClockThatIsWrongIsToldWhenEveryMessageIsRefusedForIt() {
        var node = self.settled { ($0.hasClock, $0.freshnessWindow) = (false, .seconds(300)) }
        func actions(_ number: UInt64, _ ago: Duration) -> [AnnouncementProtocol.Action] {
            node.hear(.announcement(of: 1, number: number), madeAgo: ago).actions.filter { action in
                switch action {
                case .clocksDiffer, .reached: true
                default: false
                }
            }
        }
        // One recording among others' words tells nothing.
        for number: UInt64 in 1...3 { #expect(actions(number, .seconds(400)).isEmpty) }
        #expect(actions(4, .zero).isEmpty)
        for number: UInt64 in 5...7 { #expect(actions(number, .seconds(400)).isEmpty) }
        #expect(actions(8, .seconds(400)) == [.clocksDiffer(by: .seconds(400))])
        #expect(actions(9, .seconds(400)).isEmpty)
        #expect(actions(10, .zero) == [.reached])
    }

    @Test func theYoungerOfTwoOnAnEndpointIsToldByTheListenersClock() {
        var node = self.settled {
            ($0.hasClock, $0.showsSessions, $0.freshnessWindow) = (false, false, .seconds(300))
        }
        // The elder's clock is ahead: by that, it was born after the younger one.
        node.hear(.announcement(of: 1, at: 9, uptime: .seconds(30)), madeAgo: .seconds(-120))
        #expect(node.hear(.announcement(of: 2, at: 9, uptime: .seconds(1))).found.count == 1)
        #expect(node.knows(2) && !node.knows(1))
    }

    @Test func aStepOfTheOwnClockShutsNobodyOut() {
        var node = self.settled { ($0.hasClock, $0.freshnessWindow) = (false, .seconds(300)) }
        node.hear(.announcement(of: 1))
        node.stepClock(by: .seconds(3_600))
        // By the clock as the node knows it that is an hour ahead: the clock is looked at, and the message taken up.
        let reaction = node.hear(.announcement(of: 1, number: 2))
        #expect(reaction.clockSteps.count == 1 && reaction.drops == [.stale])
        #expect(reaction.actions.contains { if case .heardAgain = $0 { true } else { false } })
    }

    // MARK: Senders that nobody names

    @Test func aRecordingFromAnEarlierSessionIsOldByItsNumber() {
        var node = self.settled { ($0.hasClock, $0.namesSenders, $0.freshnessWindow) = (false, false, .seconds(300)) }
        node.hear(.announcement(of: 1, number: 5), session: 77)
        node.hear(.announcement(of: 1, number: 9), session: 78)
        #expect(node.hear(.announcement(of: 1, number: 6), session: 77).drops == [.replayed])
        // A goodbye, too.
        #expect(node.hear(.leave(of: 1, number: 7), session: 78).drops == [.replayed])
        node.advance(by: .seconds(30))
        #expect(!node.knows(1))
        #expect(node.hear(.announcement(of: 1, number: 8), session: 79).drops == [.replayed])
    }

    // MARK: Sessions that nobody shows

    @Test func aMediumThatShowsNothingIsNeverAsked() {
        var node = self.settled { $0.showsSessions = false }
        var looks = 0
        for number: UInt64 in 1...20 {
            looks += node.hear(.announcement(of: 1, number: number, isShown: true)).looks
            looks += node.advance(by: .seconds(5)).looks
        }
        #expect(looks == 0)
        // Nobody's word takes the place of the list.
        #expect(node.hear(.absent([1], seenAt: node.serverTime, saidBy: 1, number: 21)).lost.isEmpty)
        // A younger instance has its endpoint at once.
        #expect(node.hear(.announcement(of: 2, at: 1)).found.count == 1)
    }

    // MARK: Messages that are lost, or overtake each other

    @Test func aNewcomerThatNobodyAnswersAsksAgain() {
        var medium = Medium.postgres
        medium.isReliable = false
        var node = TestNode(medium: medium)
        var said = node.open().announcements
        said += node.advance(by: .seconds(2)).announcements
        #expect(said.map(\.isJoining) == [true, true, true])
        #expect(node.advance(by: .seconds(6)).announcements.filter(\.isJoining).isEmpty)
    }

    @Test func aNewcomerThatWasAnsweredAsksNoMore() {
        var medium = Medium.postgres
        medium.isReliable = false
        var node = TestNode(medium: medium)
        node.open()
        let own = Roster.Entry.numbered(50, heardAt: node.serverTime)
        node.hear(.roster(of: 1, number: 1, naming: [own]))
        #expect(node.advance(by: .seconds(2)).announcements.filter(\.isJoining).isEmpty)
    }

    @Test(arguments: [false, true]) func aRosterThatWasOvertakenStillIntroduces(isReliable: Bool) {
        var node = self.settled { ($0.hasClock, $0.isReliable) = (false, isReliable) }
        node.hear(.announcement(of: 1, number: 1))
        node.hear(.roster(of: 1, number: 3, part: 2, of: 2, naming: [.numbered(3, heardAt: node.serverTime)]))
        let first = Envelope.roster(of: 1, number: 2, part: 1, of: 2, naming: [.numbered(2, heardAt: node.serverTime)])
        #expect(node.hear(first).drops == (isReliable ? [.replayed] : []))
        #expect(node.knows(2) == !isReliable)
        // Much later it is a recording.
        node.advance(by: .seconds(2))
        #expect(node.hear(first).drops == [.replayed])
    }

    // MARK: Machines that nobody hears

    private func heard(_ node: inout TestNode, _ numbers: [Int], _ number: UInt64, isFromOutside: Bool = true)
        -> Reaction
    {
        numbers.reduce(into: Reaction()) {
            $0 += node.hear(.announcement(of: $1, number: number), isFromOutside: isFromOutside)
        }
    }

    @Test func whenAllOtherMachinesFallSilentTogetherNobodyIsGivenUp() {
        var node = self.settled { $0.echoProvesReach = false }
        _ = self.heard(&node, [1, 2, 3], 1)
        let silence = node.advance(by: .seconds(300))
        #expect(silence.lost.isEmpty && node.machine.peerCount == 3)
        #expect(silence.actions.count { if case .cutOff = $0 { true } else { false } } == 1)
    }

    @Test func aMediumWhoseEchoProvesItGivesTheSilentUp() {
        var node = self.settled { _ in }
        _ = self.heard(&node, [1, 2, 3], 1)
        #expect(node.advance(by: .seconds(30)).lost.count == 3)
    }

    @Test func whoIsSilentWhileOthersAreHeardIsGivenUp() {
        var node = self.settled { $0.echoProvesReach = false }
        _ = self.heard(&node, [1, 2, 3], 1)
        var all = Reaction()
        for number: UInt64 in 2...7 {
            all += node.advance(by: .seconds(5))
            all += self.heard(&node, [1], number)
        }
        all += node.advance(by: .seconds(3))
        #expect(Set(all.lost.keys) == [.numbered(2), .numbered(3)])
        #expect(!all.actions.contains { if case .cutOff = $0 { true } else { false } })
    }

    @Test func afterTheSilenceEverybodyHasTheirTimeAgain() {
        var node = self.settled { $0.echoProvesReach = false }
        _ = self.heard(&node, [1, 2], 1)
        node.advance(by: .seconds(300))
        let healed = self.heard(&node, [1], 2)
        #expect(healed.actions.contains(.reached))
        var all = Reaction()
        for number: UInt64 in 3...5 {
            all += node.advance(by: .seconds(5))
            all += self.heard(&node, [1], number)
        }
        #expect(all.lost.isEmpty)
        for number: UInt64 in 6...8 {
            all += node.advance(by: .seconds(5))
            all += self.heard(&node, [1], number)
        }
        #expect(Set(all.lost.keys) == [.numbered(2)])
    }

    @Test func aRecordingThatSomebodyRepeatsEndsNoSilence() {
        var node = self.settled { $0.echoProvesReach = false }
        _ = self.heard(&node, [1, 2], 1)
        node.advance(by: .seconds(300))
        #expect(self.heard(&node, [1], 1).actions == [.dropped(.replayed)])
        #expect(node.advance(by: .seconds(60)).lost.isEmpty)
    }

    @Test func aProcessOfTheSameMachineProvesNothingOfOthersAndIsGivenUpByItself() {
        var node = self.settled { $0.echoProvesReach = false }
        _ = self.heard(&node, [1, 2], 1)
        _ = self.heard(&node, [3, 4], 1, isFromOutside: false)
        var all = Reaction()
        for number: UInt64 in 2...7 {
            all += node.advance(by: .seconds(5))
            all += self.heard(&node, [3], number, isFromOutside: false)
        }
        #expect(Set(all.lost.keys) == [.numbered(4)])
        #expect(all.actions.contains { if case .cutOff = $0 { true } else { false } })
        #expect(node.knows(1) && node.knows(2) && node.knows(3))
    }
}
