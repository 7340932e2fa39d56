import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct SendingTests {
    @Test func aNodeListensBeforeItAnnounces() {
        var node = TestNode()
        #expect(node.machine.nextDeadline == nil)
        #expect(node.advance(by: .seconds(60)).isEmpty)
        let opened = node.open()
        #expect(opened.announcements.map(\.isJoining) == [true])
    }

    @Test func aMessageBearsItsMomentItsSessionAndTheNextNumber() {
        var node = TestNode.settled()
        let first = node.machine.stamp(.leave, at: node.now)
        let second = node.machine.stamp(.leave, at: node.now.advanced(by: .milliseconds(3)))
        #expect(second.number == first.number + 1)
        #expect(first.moment == node.serverTime)
        #expect(second.moment == node.serverTime.advanced(by: .milliseconds(3)))
        #expect(first.processID == node.processID)
        #expect(first.sender == .numbered(50))
    }

    @Test func numbersGoOnInANewSession() throws {
        var node = TestNode.settled()
        let last = node.machine.stamp(.leave, at: node.now)
        let session = node.processID
        node.lose()
        let next = try #require(node.open().sent.first)
        #expect(next.number > last.number)
        #expect(next.processID == node.processID)
        #expect(next.processID != session)
    }

    @Test func theUptimeIsThatOfTheInstantInWhichAMessageIsSent() throws {
        var node = TestNode.settled()
        let announcement = try #require(node.advance(by: .seconds(6)).sent.first)
        // It waits for its turn.
        node.freeze(for: .seconds(1))
        let sent = node.machine.stamp(announcement.message, at: node.now)
        #expect(sent.announcement?.uptime == Instant.start.duration(to: node.now))
    }

    @Test func whatCanNotBeEncodedLeavesNothingAwaited() {
        var node = TestNode.settled()
        node.sends = false
        // The driver stamps each message, and finds that no payload holds it: nothing was sent, and no echo can come.
        let reaction = node.advance(by: .seconds(120))
        #expect(reaction.silences.isEmpty)
        #expect(reaction.announcements.count >= 20)
        node.sends = true
        #expect(node.advance(by: .seconds(6)).sent.count == 1)
        #expect(node.machine.isProven(at: node.now))
    }

    @Test func aRosterOfWhichNothingCanBeEncodedHoldsNoOtherAnswerBackForGood() {
        var node = TestNode.settled()
        node.sends = false
        #expect(node.hear(.announcement(of: 8, isJoining: true)).rosters.count == 1)
        node.sends = true
        let next = node.hear(.announcement(of: 9, isJoining: true)) + node.advance(by: .seconds(30))
        #expect(next.rosters.count == 1)
    }
}
