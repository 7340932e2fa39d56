import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite(.lateTimers) struct ClockStepTests {
    static let steps: [Duration] = [
        .seconds(5), .seconds(-5), .seconds(3_600), .seconds(-3_600), .seconds(86_400), .seconds(-86_400),
    ]

    @Test(arguments: steps) func aStepOfTheServersClockCostsNoPeerAndOneAnnouncementOfEachNodeAtMost(step: Duration) {
        var network = ProtocolNetwork()
        network.form(Array(1...8))
        network.advance(by: .seconds(30))
        network.forget()
        network.stepClock(by: step)
        network.advance(by: .seconds(120))
        for member in network.members {
            #expect(member.reaction.lost.isEmpty, "\(member.number)")
            #expect(member.reaction.silences.isEmpty)
            #expect(member.reaction.clockSteps.count == 1, "\(member.number)")
            let refused = Set(network.refused.filter { $0.sender == .numbered(member.number) }.map(\.number))
            #expect(refused.count <= 1, "\(member.number)")
        }
        #expect(network.isWhole)
    }

    @Test(arguments: steps) func aStepDuringAnOutageLosesNobody(step: Duration) {
        var network = ProtocolNetwork()
        network.form(Array(1...5))
        network.advance(by: .seconds(30))
        network.forget()
        for index in network.members.indices { network.lose(index) }
        network.stepClock(by: step)
        network.advance(by: .seconds(3))
        for index in network.members.indices {
            network.open(index)
            network.advance(by: .milliseconds(20))
        }
        network.advance(by: .seconds(60))
        for member in network.members { #expect(member.reaction.lost.isEmpty, "\(member.number)") }
        #expect(network.isWhole)
        // A step that is shorter than what the opening of a session may take is not seen, and costs a heartbeat; after a
        // longer one no moment of the time before stands against what each says of itself.
        guard step < .seconds(-5) || step > .seconds(5) else { return }
        for member in network.members {
            #expect(!member.reaction.drops.contains(.replayed), "\(member.number)")
        }
    }

    @Test(arguments: steps) func afterAStepANewcomerIsWelcomedWithinAHeartbeat(step: Duration) {
        var network = ProtocolNetwork()
        network.form(Array(1...5))
        network.advance(by: .seconds(30))
        network.stepClock(by: step)
        network.advance(by: .seconds(2))
        network.open(network.add(9))
        network.advance(by: .seconds(6))
        #expect(network.isWhole)
    }

    @Test(arguments: steps) func afterAStepADeadNodeIsForgottenInItsTime(step: Duration) {
        var network = ProtocolNetwork()
        network.form(Array(1...5))
        network.advance(by: .seconds(30))
        network.stepClock(by: step)
        network.members[4].isFrozen = true
        network.advance(by: .seconds(26))
        network.members.removeLast()
        #expect(network.isWhole)
    }

    @Test(arguments: steps) func afterAStepARecordingOfADeadNodeDoesNotBringItBack(step: Duration) {
        var node = TestNode.settled()
        let recording = node.made(.announcement(of: 1, number: 3, timeToLive: .seconds(9)))
        node.receive(recording)
        node.advance(by: .seconds(10))
        #expect(!node.knows(1))
        node.stepClock(by: step)
        node.advance(by: .seconds(6))
        node.receive(recording)
        #expect(!node.knows(1))
    }

    @Test(arguments: steps) func afterAStepAPeerIsHeardFromItsNextSession(step: Duration) {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1))
        node.stepClock(by: step)
        node.advance(by: .seconds(6))
        #expect(node.hear(.announcement(of: 1, number: 2), session: TestNode.session(of: 1, 2)).drops.isEmpty)
    }

    @Test(arguments: steps) func afterAStepAForgottenPeerIsTakenUpFromItsNextSession(step: Duration) {
        var node = TestNode.settled()
        node.hear(.announcement(of: 1, timeToLive: .seconds(2)))
        node.advance(by: .seconds(3))
        #expect(!node.knows(1))
        node.stepClock(by: step)
        node.advance(by: .seconds(6))
        #expect(node.hear(.announcement(of: 1, number: 2), session: TestNode.session(of: 1, 2)).found.count == 1)
    }

    @Test func aNodeThatLearnsOfAStepSaysAgainWhatItHasJustSaid() {
        var node = TestNode.settled()
        node.stepClock(by: .seconds(3_600))
        let reaction = node.advance(by: .seconds(6))
        #expect(reaction.clockSteps == [.seconds(3_600)])
        #expect(reaction.announcements.count == 2)
        #expect(reaction.sent.last?.moment == reaction.sent.first?.moment.advanced(by: .seconds(3_600)))
    }

    @Test func aClockThatDriftsIsNoStep() {
        var node = TestNode.settled()
        var reaction = Reaction()
        for _ in 0..<360 {
            node.stepClock(by: .milliseconds(20))
            reaction += node.advance(by: .seconds(10))
        }
        #expect(reaction.clockSteps.isEmpty)
        #expect(reaction.drops.isEmpty)
        #expect(node.machine.moment(at: node.now) >= node.serverTime.advanced(by: .milliseconds(-40)))
    }
}
