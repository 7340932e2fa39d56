import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationTesting

/// Sessions that listen and hear nothing.
@Suite(.serialized) struct DriverDeafnessTests {
    /// The default of `echoDeadline`, and what timers that are late may add to it.
    private func bound(_ lateness: Duration) -> Duration { .seconds(10) + lateness * 4 }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aSessionThatIsDeafFromTheStartIsGivenUpWithinTheEchosDeadline(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        stage.bus.setFaults { $0.isDeaf = true }
        let member = try stage.member(1)
        try await stage.run {
            stage.start(member)
            #expect(stage.bus.sent.count == 1)
            let noticed = stage.advance(upTo: .seconds(120)) { member.conditions.last?.code == "undelivered" }
            #expect(noticed.map { $0 <= self.bound(lateness) } == true, "\(noticed.map { "\($0)" } ?? "never")")
            #expect(noticed.map { $0 >= .seconds(10) } == true)
            stage.bus.clearFaults()
            let healed = stage.advance(upTo: .seconds(20)) { member.conditions.last?.state == .active }
            #expect(healed != nil)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aNewSessionThatIsDeafIsGivenUpAsSoonWherePeersAreKnown(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let (member, other) = (try stage.member(1), try stage.member(2))
        try await stage.run {
            stage.start(member, other)
            stage.advance(by: .seconds(12))
            #expect(member.known == [other.node.endpoint])
            stage.bus.setFaults(for: DriverStage.applicationName(member)) { $0.isDeaf = true }
            stage.bus.disconnect(DriverStage.applicationName(member))
            let opened = stage.advance(upTo: .seconds(5)) { member.sessionsOpened == 2 }
            #expect(opened != nil)
            let noticed = stage.advance(upTo: .seconds(120)) { member.conditions.last?.code == "undelivered" }
            #expect(noticed.map { $0 <= self.bound(lateness) } == true, "\(noticed.map { "\($0)" } ?? "never")")
            // Who is deaf accuses nobody, however long it lasts.
            stage.advance(by: .seconds(600))
            #expect(member.losses.isEmpty)
            stage.bus.clearFaults()
            stage.advance(by: .seconds(60))
            #expect(member.conditions.last?.state == .active)
            #expect(member.losses.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aSessionThatBecomesDeafIsGivenUpWithinAHeartbeatAndTheEchosDeadline(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let (member, other) = (try stage.member(1), try stage.member(2))
        try await stage.run {
            stage.start(member, other)
            stage.advance(by: .seconds(12))
            stage.bus.setFaults(for: DriverStage.applicationName(member)) { $0.isDeaf = true }
            let noticed = stage.advance(upTo: .seconds(120)) { member.conditions.last?.code == "undelivered" }
            let bound = Duration.seconds(5) * 1.1 + self.bound(lateness)
            #expect(noticed.map { $0 <= bound } == true, "\(noticed.map { "\($0)" } ?? "never")")
            #expect(member.losses.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aSessionThatSwallowsWhatItIsAskedIsGivenUpWithinAHeartbeatAndTheEchosDeadline(
        lateness: Duration
    ) async throws {
        let stage = DriverStage(lateness: lateness)
        let (member, other) = (try stage.member(1), try stage.member(2))
        try await stage.run {
            stage.start(member, other)
            stage.advance(by: .seconds(12))
            stage.bus.setFaults(for: DriverStage.applicationName(member)) {
                $0.swallowsOutgoing = true
                $0.swallowsIncoming = true
            }
            let noticed = stage.advance(upTo: .seconds(120)) { member.conditions.last?.code == "unresponsive" }
            let bound = Duration.seconds(5) * 1.1 + self.bound(lateness)
            #expect(noticed.map { $0 <= bound } == true, "\(noticed.map { "\($0)" } ?? "never")")
            stage.bus.clearFaults()
            stage.advance(by: .seconds(60))
            #expect(member.conditions.last?.state == .active)
            #expect(member.losses.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses)
    func aHealthySessionIsNeverGivenUpHoweverLateTimersAre(lateness: Duration) async throws {
        let stage = DriverStage(lateness: lateness)
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(3_600))
            for member in members {
                #expect(member.sessionsOpened == 1)
                #expect(member.losses.isEmpty)
                #expect(member.known == Set(members.map(\.node.endpoint)).subtracting([member.node.endpoint]))
            }
        }
    }
}
