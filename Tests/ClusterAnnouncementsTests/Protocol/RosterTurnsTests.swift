import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct RosterTurnsTests {
    private static let local = InstanceID.numbered(50)

    private func circumstances(
        rank: Int = 0,
        members: Int = 3,
        messages: Int = 1,
        lag: Duration = .zero,
        lastEcho: Instant? = .start,
        lastEchoed: UInt64 = 1
    ) -> RosterTurns.Circumstances {
        RosterTurns.Circumstances(
            rank: rank,
            members: members,
            messages: messages,
            lag: lag,
            lastEcho: lastEcho,
            lastEchoed: lastEchoed
        )
    }

    /// The turns of a node that knows its seniors and whose announcement came back as the first message.
    private func turns(place: Double = 0.5) -> RosterTurns {
        var turns = RosterTurns(place: place)
        turns.noteMessage()
        turns.announced()
        turns.synchronise()
        return turns
    }

    private func entry(_ number: Int) -> Roster.Entry { .numbered(number, heardAt: .epoch) }

    private func part(_ part: Int, of parts: Int, naming numbers: Int...) -> Roster {
        Roster(part: part, of: parts, entries: numbers.map { self.entry($0) })
    }

    // MARK: When

    @Test func withoutANewcomerNothingIsDue() {
        #expect(self.turns().due(self.circumstances()) == nil)
    }

    @Test func theMostSeniorAnswersAtOnceAndTheOthersASlotLaterEach() {
        var turns = self.turns()
        turns.ask(.numbered(9), at: .start)
        for rank in 0...16 {
            let due = Instant.after(RosterTurns.shortestSlot.multiplied(by: rank))
            #expect(turns.due(self.circumstances(rank: rank)) == due)
        }
    }

    @Test func aSlotIsFourMessagesWayAtLeastFiveMilliseconds() {
        #expect(RosterTurns.slot(lag: .zero) == .milliseconds(5))
        #expect(RosterTurns.slot(lag: .milliseconds(1)) == .milliseconds(5))
        #expect(RosterTurns.slot(lag: .milliseconds(20)) == .milliseconds(80))
        var turns = self.turns()
        turns.ask(.numbered(9), at: .start)
        #expect(turns.due(self.circumstances(rank: 2, lag: .milliseconds(20))) == .after(.milliseconds(160)))
    }

    @Test func thoseBeyondTheLongestQueueAreSpreadOverAsManySlots() {
        let queue = RosterTurns.shortestSlot.multiplied(by: 16)
        for place in [0, 0.25, 0.999] {
            var turns = self.turns(place: place)
            turns.ask(.numbered(9), at: .start)
            for rank in [17, 500] {
                #expect(turns.due(self.circumstances(rank: rank)) == .after(queue + queue * place))
            }
        }
    }

    @Test func withoutAnEchoNothingIsDue() {
        var turns = self.turns()
        turns.ask(.numbered(9), at: .start)
        #expect(turns.due(self.circumstances(lastEcho: nil)) == nil)
    }

    @Test func answersKeepADistanceByWhatTheyCostTheMedium() {
        // Twice what an answer takes of a core: 65 microseconds a member, and 16 for each further message.
        #expect(RosterTurns.spacing(members: 20, messages: 1) == .microseconds(2 * 20 * 65))
        #expect(RosterTurns.spacing(members: 40, messages: 1) == .microseconds(2 * 40 * 65))
        #expect(RosterTurns.spacing(members: 40, messages: 3) == .microseconds(2 * 40 * (65 + 2 * 16)))
        var turns = self.turns()
        turns.heard(self.part(1, of: 1, naming: 50), from: .numbered(1), local: Self.local, at: .start)
        turns.ask(.numbered(9), at: .start)
        for (members, messages) in [(5, 1), (100, 2), (1_000, 18)] {
            let spacing = RosterTurns.spacing(members: members, messages: messages)
            #expect(turns.due(self.circumstances(members: members, messages: messages)) == .after(spacing))
        }
    }

    @Test func newcomersThatWaitForOneAnswerShareIt() {
        var turns = self.turns()
        turns.ask(.numbered(8), at: .start)
        turns.ask(.numbered(9), at: .after(.milliseconds(20)))
        #expect(turns.due(self.circumstances(rank: 1)) == .after(.milliseconds(5)))
        turns.answer(at: .after(.milliseconds(30)))
        #expect(!turns.hasPending)
    }

    // MARK: An own answer

    @Test func anOwnAnswerThatIsUnderWayHoldsTheNextOneBack() {
        var turns = self.turns()
        turns.ask(.numbered(8), at: .start)
        turns.answer(at: .start)
        turns.ask(.numbered(9), at: .after(.seconds(1)))
        // Queued, then sent in part, then sent, then back.
        #expect(turns.due(self.circumstances(lastEchoed: 1)) == nil)
        turns.sent(self.part(1, of: 2), as: 2)
        #expect(turns.due(self.circumstances(lastEchoed: 2)) == nil)
        turns.sent(self.part(2, of: 2), as: 3)
        #expect(turns.due(self.circumstances(lastEchoed: 2)) == nil)
        #expect(turns.due(self.circumstances(lastEchoed: 3)) == .after(.seconds(1)))
    }

    @Test func anAnswerThatWasNotSentToItsEndHoldsNothingBack() {
        var turns = self.turns()
        turns.ask(.numbered(8), at: .start)
        turns.answer(at: .start)
        turns.abandonAnswer()
        turns.ask(.numbered(9), at: .after(.seconds(1)))
        #expect(turns.due(self.circumstances()) == .after(.seconds(1)))
    }

    @Test func anAnswerThatCannotBeGivenNowIsPutOff() {
        var turns = self.turns()
        turns.ask(.numbered(9), at: .start)
        turns.postpone(to: .after(.milliseconds(40)))
        #expect(turns.due(self.circumstances()) == .after(.milliseconds(40)))
    }

    // MARK: Others' answers

    @Test func whoeverWasNamedWaitsNoLonger() {
        var turns = self.turns()
        turns.noteMessage()
        turns.ask(.numbered(9), at: .start)
        turns.heard(self.part(1, of: 1, naming: 1, 9, 50), from: .numbered(1), local: Self.local, at: .start)
        #expect(!turns.hasPending)
    }

    @Test func anObserverIsAnsweredByTheFirstWholeAnswerOfSomebodyThatKnowsThisNode() {
        var turns = self.turns()
        turns.noteMessage()
        turns.ask(.numbered(9), isObserver: true, at: .start)
        turns.heard(self.part(1, of: 2, naming: 1), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
        turns.heard(self.part(2, of: 2, naming: 50), from: .numbered(1), local: Self.local, at: .start)
        #expect(!turns.hasPending)
        turns.ask(.numbered(9), isObserver: true, at: .start)
        turns.noteMessage()
        turns.heard(self.part(1, of: 1, naming: 1), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
    }

    @Test func anObserverIsAnsweredThoughNoAnswerNamesIt() {
        var turns = RosterTurns(place: 0.5, isObserver: true)
        let isLeftOut = turns.heard(self.part(1, of: 1, naming: 1), from: .numbered(1), local: Self.local, at: .start)
        #expect(!isLeftOut)
        #expect(turns.wasAnswered)
    }

    @Test func aNewcomerThatTheAnswerDoesNotNameWaitsOn() {
        var turns = self.turns()
        turns.noteMessage()
        turns.ask(.numbered(9), at: .start)
        turns.heard(self.part(1, of: 1, naming: 1, 50), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
    }

    @Test func anAnswerThatLeavesThisNodeOutLeavesTheNewcomerWaitingUnlessItHasHeardThisNode() {
        let answer = self.part(1, of: 1, naming: 1, 9)
        var turns = self.turns()
        turns.noteMessage()
        turns.ask(.numbered(9), at: .start)
        turns.heard(answer, from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
        // Since then this node has announced itself: whoever listened before knows it.
        turns.noteMessage()
        turns.announced()
        turns.heard(answer, from: .numbered(1), local: Self.local, at: .start)
        #expect(!turns.hasPending)
    }

    @Test func anAnswerInPartsCountsAtItsLastPart() {
        var turns = self.turns()
        turns.noteMessage()
        turns.ask(.numbered(9), at: .start)
        turns.heard(self.part(1, of: 3, naming: 1, 9), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
        turns.heard(self.part(2, of: 3, naming: 50), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.hasPending)
        turns.heard(self.part(3, of: 3, naming: 2), from: .numbered(1), local: Self.local, at: .start)
        #expect(!turns.hasPending)
    }

    @Test func anAnswerWhoseFirstPartWasInterruptedBeginsAnew() {
        var turns = RosterTurns(place: 0)
        turns.heard(self.part(1, of: 2, naming: 50), from: .numbered(1), local: Self.local, at: .start)
        // The sender begins again, and this time it leaves the node out.
        turns.heard(self.part(1, of: 2, naming: 1), from: .numbered(1), local: Self.local, at: .start)
        turns.heard(self.part(2, of: 2, naming: 2), from: .numbered(1), local: Self.local, at: .start)
        #expect(!turns.isSynchronised)
    }

    @Test func partsOfSeveralSendersAreToldApart() {
        var turns = RosterTurns(place: 0)
        turns.ask(.numbered(9), at: .start)
        turns.heard(self.part(1, of: 2, naming: 9), from: .numbered(1), local: Self.local, at: .start)
        turns.heard(self.part(2, of: 2, naming: 50), from: .numbered(2), local: Self.local, at: .start)
        #expect(turns.isSynchronised)
        #expect(turns.hasPending, "the one that names the newcomer has left this node out so far")
    }

    // MARK: Bounds

    @Test func noMoreThanACrowdIsRemembered() {
        var turns = self.turns()
        for number in 0..<(RosterTurns.capacity + 100) { turns.ask(.numbered(number + 100), at: .start) }
        for number in 0..<RosterTurns.capacity { turns.forget(.numbered(number + 100)) }
        #expect(!turns.hasPending)
    }

    @Test func aNewcomerThatIsGoneIsAnsweredNoMore() {
        var turns = self.turns()
        turns.ask(.numbered(9), at: .start)
        turns.forget(.numbered(9))
        #expect(turns.due(self.circumstances()) == nil)
    }

    // MARK: Synchronisation

    @Test func aNodeThatHasJustBegunToListenWaitsASlotForAnAnswerToItself() {
        var turns = RosterTurns(place: 0)
        #expect(turns.synchronisationDue(self.circumstances(lastEcho: nil)) == nil)
        let echo = Instant.after(.milliseconds(3))
        let circumstances = self.circumstances(lag: .milliseconds(3), lastEcho: echo)
        #expect(turns.synchronisationDue(circumstances) == .after(.milliseconds(15)))
        turns.ask(.numbered(9), at: .after(.milliseconds(4)))
        #expect(turns.due(circumstances) == .after(.milliseconds(15)))
        turns.synchronise()
        #expect(turns.synchronisationDue(circumstances) == nil)
        #expect(turns.due(circumstances) == .after(.milliseconds(4)))
    }

    @Test func aNodeThatWasNamedKnowsItsSeniors() {
        var turns = RosterTurns(place: 0)
        turns.heard(self.part(1, of: 1, naming: 1, 50), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.isSynchronised)
    }

    @Test func whereEachListenerBearsItsOwnCostTheirNumberDoesNotCount() {
        let cost = DeliveryCost(first: .microseconds(200), further: .microseconds(100), isForEachListener: false)
        for members in [3, 300] {
            #expect(RosterTurns.spacing(members: members, messages: 5, cost: cost) == .microseconds(1_200))
        }
    }

    @Test func answersWhoseLastPartsWereLostKeepNoLaterOneFromBeingOne() {
        var turns = RosterTurns(place: 0.5)
        for sender in 100..<200 {
            turns.heard(self.part(1, of: 2, naming: 50), from: .numbered(sender), local: Self.local, at: .start)
        }
        #expect(!turns.wasAnswered)
        turns.heard(self.part(1, of: 2, naming: 50), from: .numbered(1), local: Self.local, at: .start)
        turns.heard(self.part(2, of: 2, naming: 2), from: .numbered(1), local: Self.local, at: .start)
        #expect(turns.wasAnswered)
    }
}
