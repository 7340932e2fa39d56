import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationTesting

/// The server's clock is set while nodes live on their sessions.
@Suite(.serialized) struct DriverClockStepTests {
    private static let steps: [Duration] = [
        .seconds(3_600), .seconds(-3_600), .seconds(86_400), .seconds(-86_400), .seconds(15), .seconds(-15),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, Self.steps)
    func aStepCostsAtMostOneHeartbeatOfEachAndNoPeerAndIsSaidInOneLine(
        lateness: Duration,
        step: Duration
    ) async throws {
        for keys in [nil, ClusterKeyRing(.first)] {
            let stage = DriverStage(lateness: lateness, keys: keys)
            let members = try (1...3).map { try stage.member($0) }
            try await stage.run {
                for member in members { stage.start(member) }
                stage.advance(by: .seconds(23))
                stage.bus.stepClock(by: step)
                stage.advance(by: .seconds(180))
                for member in members {
                    #expect(member.losses.isEmpty, "\(member.losses)")
                    #expect(member.sessionsOpened == 1)
                    #expect(member.log.all.count { $0.contains("clock has stepped") } == 1)
                    #expect(member.rejected("stale") <= 3)
                    #expect(member.rejected("foreign_session") == 0)
                    #expect(member.rejected("replayed") == 0)
                    #expect(member.conditions.map(\.state) == [.active])
                }
                // A newcomer is known to all, and knows all.
                let newcomer = try stage.member(4)
                stage.start(newcomer)
                stage.advance(by: .seconds(1))
                #expect(newcomer.known == Set(members.map(\.node.endpoint)))
                for member in members { #expect(member.known.contains(newcomer.node.endpoint)) }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, Self.steps)
    func sessionsThatAreOpenedAnewAfterAStepAreHeardAsBefore(lateness: Duration, step: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(23))
            stage.bus.stepClock(by: step)
            stage.advance(by: .seconds(20))
            let refused = members.map { $0.rejected("replayed") }
            stage.bus.disconnectAll()
            stage.advance(by: .seconds(120))
            for (member, refused) in zip(members, refused) {
                #expect(member.losses.isEmpty, "\(member.losses)")
                #expect(member.sessionsOpened == 2)
                #expect(member.rejected("replayed") == refused)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, Self.steps)
    func aFailoverToAMachineWithAnotherClockCostsNoPeer(lateness: Duration, step: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(23))
            stage.bus.setFaults { $0.refusal = NotifierError(code: .unreachable, message: "failing over") }
            stage.bus.disconnectAll()
            stage.advance(by: .seconds(3))
            stage.bus.stepClock(by: step)
            stage.bus.clearFaults()
            stage.advance(by: .seconds(120))
            for member in members {
                #expect(member.conditions.last?.state == .active)
                #expect(member.losses.isEmpty, "\(member.losses)")
                #expect(member.rejected("replayed") <= 3)
                #expect(member.rejected("stale") <= 3)
            }
            // Who falls silent then is missed, and is the only one.
            stage.cutOff(members[2])
            stage.advance(by: .seconds(30))
            for member in members.prefix(2) {
                #expect(member.losses.map(\.node.endpoint) == [members[2].node.endpoint])
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, Self.steps)
    func whoeverFallsSilentAfterAStepIsStillMissedInTime(lateness: Duration, step: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        stage.bus.setFaults { $0.showsPresence = false }
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(23))
            stage.bus.stepClock(by: step)
            stage.advance(by: .seconds(20))
            stage.cutOff(members[2])
            let lost = stage.advance(upTo: .seconds(60)) {
                members[0].losses.count == 1 && members[1].losses.count == 1
            }
            // Its time-to-live is 20 s.
            #expect(
                lost.map { (.seconds(13)...(.seconds(21))).contains($0) } == true,
                "\(lost.map { "\($0)" } ?? "never")"
            )
            #expect(members[0].losses.map(\.reason) == [.expired])
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, Self.steps)
    func anAnswerThatIsLateWhenTheClockStepsMakesOneStepOfItAndNotTwo(lateness: Duration, step: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let gate = GatedNotifier(base: stage.bus)
        let member = try stage.member(1, on: gate)
        try await stage.run {
            stage.start(member)
            stage.advance(by: .seconds(23))
            stage.bus.stepClock(by: step)
            gate.isOpenForAnswers.update { $0 = false }
            let sent = stage.bus.sent.count
            #expect(stage.advance(upTo: .seconds(10)) { stage.bus.sent.count > sent } != nil)
            stage.advance(by: .seconds(3))
            gate.isOpenForAnswers.update { $0 = true }
            stage.advance(by: .seconds(60))
            #expect(member.log.all.count { $0.contains("clock has stepped") } == 1)
            #expect(member.sessionsOpened == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aSecondOrLessIsDriftAndNoStep(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            for _ in 0..<20 {
                stage.bus.stepClock(by: .milliseconds(.random(in: -700...700)))
                stage.advance(by: .seconds(7))
            }
            for member in members {
                #expect(member.losses.isEmpty)
                #expect(member.log.all.count { $0.contains("clock has stepped") } == 0)
                #expect(member.rejected("stale") == 0)
            }
        }
    }
}
