import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationTesting

/// What becomes of a message between the machine and the medium.
@Suite(.serialized) struct DriverSendingTests {
    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, [false, true])
    func aMessageIsStampedAndSealedWhenItIsSentAndNotWhenItIsQueued(lateness: Duration, hasKey: Bool) async throws {
        let stage = DriverStage(lateness: lateness, keys: hasKey ? ClusterKeyRing(.first) : nil)
        let gate = GatedNotifier(base: stage.bus)
        let (first, newcomer) = (try stage.member(1, on: gate), try stage.member(2))
        try await stage.run {
            stage.start(first)
            stage.advance(by: .seconds(1))
            // The heartbeat comes to the gate, and the newcomer's answer waits behind it.
            gate.isOpen.update { $0 = false }
            stage.advance(by: .seconds(5))
            stage.start(newcomer)
            stage.advance(by: .seconds(3))
            #expect(try stage.sent.count { $0.sender == first.node.instance } == 1)
            let openedAt = stage.bus.moment
            gate.isOpen.update { $0 = true }
            stage.settle()
            let sent = try stage.sent.filter { $0.sender == first.node.instance }
            try #require(sent.count >= 3)
            #expect(sent.map(\.number) == Array(1...UInt64(sent.count)))
            // What was stamped before it came to the gate is as old as it is; what waited behind it is not.
            #expect(sent[1].moment < openedAt.advanced(by: .seconds(-2)))
            #expect(sent[2].moment == openedAt)
            guard case .roster(let roster) = sent[2].message else {
                Issue.record("\(sent[2].message)")
                return
            }
            let own = try #require(roster.entries.first { $0.instance == first.node.instance })
            #expect(own.moment == openedAt)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func everyMessageBearsTheSessionThatItIsSentOnAndTheTimeOfTheServer(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = [try stage.member(1), try stage.member(2)]
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(7))
            stage.bus.disconnectAll()
            stage.advance(by: .seconds(7))
            stage.stop(members[0])
            let sent = try zip(stage.sent, stage.bus.sent)
            #expect(try stage.sent.count >= 7)
            for (envelope, notification) in sent { #expect(envelope.processID == notification.processID) }
            #expect(Set(stage.bus.sent.map(\.processID)).count == 4)
            #expect(try stage.sent.last?.message == .leave)
            #expect(try stage.sent.map(\.moment) == stage.sent.map(\.moment).sorted())
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aPayloadThatCanNotBeEncodedLeavesNoEchoAwaited(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        // A cluster would refuse such a node before it runs.
        let member = try stage.member(1, metadata: ["k": String(repeating: "v", count: 9_000)])
        try await stage.run {
            stage.start(member)
            stage.advance(by: .seconds(60))
            #expect(stage.bus.sent.isEmpty)
            #expect(member.rejected("payload_too_large") > 0)
            #expect(member.sessionsOpened == 1)
            #expect(member.conditions.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aServerThatIsBusyForOneHeartbeatCostsNoSession(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = [try stage.member(1), try stage.member(2)]
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(2))
            stage.bus.setFaults { $0.sendingRefusal = NotifierError(code: .busy, message: "a lock") }
            let refused = stage.advance(upTo: .seconds(10)) { members.allSatisfy { $0.rejected("refused_busy") > 0 } }
            #expect(refused != nil)
            stage.bus.clearFaults()
            stage.advance(by: .seconds(60))
            for member in members {
                #expect(member.sessionsOpened == 1)
                #expect(member.losses.isEmpty)
                #expect(member.conditions.map(\.state) == [.active])
                #expect(member.log.all.count { $0.contains("has refused a request") } == 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aServerThatStaysBusyIsToldAndCostsNeitherSessionNorPeer(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = [try stage.member(1), try stage.member(2)]
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(2))
            stage.bus.setFaults { $0.sendingRefusal = NotifierError(code: .busy, message: "a lock") }
            stage.advance(by: .seconds(60))
            for member in members {
                #expect(member.conditions.contains { $0.code == "busy" })
                #expect(member.losses.isEmpty)
                #expect(member.sessionsOpened == 1)
            }
            stage.bus.clearFaults()
            stage.advance(by: .seconds(60))
            for member in members {
                #expect(member.conditions.last?.state == .active)
                #expect(member.losses.isEmpty)
            }
        }
    }
}
