import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationTesting

/// Recordings that are played, from a stranger's own session and from a process id that was used before.
@Suite(.serialized) struct DriverReplayTests {
    /// The time-to-live of a small cluster's announcement.
    private static let timeToLive = Duration.seconds(20)

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, [false, true])
    func aRecordingFromAnotherSessionIsNothingToAnybody(lateness: Duration, hasKey: Bool) async throws {
        let stage = DriverStage(lateness: lateness, keys: hasKey ? ClusterKeyRing(.first) : nil)
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(12))
            stage.cutOff(members[2])
            let recorded = stage.bus.sent
            let diedAt = stage.time.now
            for member in members.dropLast() { #expect(member.rejected("foreign_session") == 0) }
            self.play(recorded, as: 9_999, every: .seconds(1), for: .seconds(30), on: stage)
            for member in members.dropLast() {
                #expect(member.losses.map(\.node.endpoint) == [members[2].node.endpoint])
                #expect(member.rejected("foreign_session") >= Int64(recorded.count) * 30)
                #expect(member.known.count == 1)
                #expect(member.sessionsOpened == 1)
            }
            // Nor does it count for somebody who has just come.
            let newcomer = try stage.member(4)
            stage.start(newcomer)
            self.play(recorded, as: 9_999, every: .milliseconds(500), for: .seconds(5), on: stage)
            #expect(newcomer.known == Set(members.dropLast().map(\.node.endpoint)))
            #expect(diedAt.duration(to: stage.time.now) > .seconds(34))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, [false, true])
    func aRecordingUnderTheRecordedProcessIdIsBelievedNoLongerThanTheOriginal(
        lateness: Duration,
        hasKey: Bool
    ) async throws {
        let stage = DriverStage(lateness: lateness, keys: hasKey ? ClusterKeyRing(.first) : nil)
        // The medium would show that the session is gone, and end it sooner.
        stage.bus.setFaults { $0.showsPresence = false }
        let members = try (1...3).map { try stage.member($0) }
        let victim = members[2]
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(12))
            stage.cutOff(victim)
            let victims = try zip(stage.bus.sent, stage.sent).filter { $0.1.sender == victim.node.instance }
            let recorded = victims.map(\.0)
            let last = try #require(victims.last?.1.moment)
            let believedUntil = stage.instant(of: last).advanced(by: Self.timeToLive)
            var gone: [Endpoint: ManualClock.Instant] = [:]
            self.play(recorded, as: nil, every: .milliseconds(500), for: .seconds(45), on: stage) {
                for member in members.dropLast() where gone[member.node.endpoint] == nil && !member.losses.isEmpty {
                    gone[member.node.endpoint] = stage.time.now
                }
            }
            for member in members.dropLast() {
                let goneAt = try #require(gone[member.node.endpoint], "\(member.node) believes it still")
                #expect(goneAt <= believedUntil.advanced(by: .seconds(1)), "\(member.node)")
                #expect(!member.known.contains(victim.node.endpoint))
                #expect(member.losses.count == 1)
                #expect(member.rejected("stale") > 0)
                #expect(member.sessionsOpened == 1)
            }
            // Beyond the window nobody who comes ever hears of it.
            let late = try stage.member(5)
            stage.start(late)
            self.play(recorded, as: nil, every: .milliseconds(500), for: .seconds(5), on: stage)
            #expect(!late.known.contains(victim.node.endpoint))
            #expect(late.evidence.value.hasOnly { if case .lost = $0 { false } else { true } })
            #expect(late.rejected("stale") > 0)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, [false, true])
    func aNodeThatHasJustStartedBelievesARecordingNoLongerThanTheOriginal(
        lateness: Duration,
        hasKey: Bool
    ) async throws {
        let stage = DriverStage(lateness: lateness, keys: hasKey ? ClusterKeyRing(.first) : nil)
        stage.bus.setFaults { $0.showsPresence = false }
        let (victim, newcomer) = (try stage.member(1), try stage.member(2))
        try await stage.run {
            stage.start(victim)
            stage.advance(by: .seconds(12))
            stage.cutOff(victim)
            let recorded = stage.bus.sent
            let last = try #require(try stage.sent.last?.moment)
            let believedUntil = stage.instant(of: last).advanced(by: Self.timeToLive)
            stage.advance(by: .seconds(2))
            // In time for the recordings, within the window.
            stage.start(newcomer)
            self.play(recorded, as: nil, every: .milliseconds(100), for: .milliseconds(300), on: stage)
            #expect(newcomer.known == [victim.node.endpoint])
            var goneAt: ManualClock.Instant?
            self.play(recorded, as: nil, every: .milliseconds(500), for: .seconds(45), on: stage) {
                if goneAt == nil, !newcomer.losses.isEmpty { goneAt = stage.time.now }
            }
            #expect(goneAt.map { $0 <= believedUntil.advanced(by: .seconds(1)) } == true)
            #expect(newcomer.known.isEmpty)
            #expect(newcomer.losses.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: LateClock.latenesses, [Duration.seconds(40), .seconds(600)])
    func aNodeThatWasAwayBelievesNothingThatWasRecordedMeanwhile(lateness: Duration, away: Duration) async throws {
        let stage = DriverStage(lateness: lateness, keys: ClusterKeyRing(.first))
        let members = try (1...3).map { try stage.member($0) }
        let guests = try (11...14).map { try stage.member($0) }
        try await stage.run {
            for member in members { stage.start(member) }
            stage.advance(by: .seconds(12))
            stage.cutOff(members[0])
            // While it is away, guests come and go, without a word or with one; a stranger records all of them.
            let before = stage.bus.sent.count
            for guest in guests { stage.start(guest) }
            stage.advance(by: away * 0.5)
            for guest in guests.prefix(2) { stage.stop(guest) }
            for guest in guests.suffix(2) { stage.cutOff(guest) }
            stage.advance(by: away * 0.5)
            let recorded = Array(stage.bus.sent[before...])
            stage.letIn(members[0])
            let count = members[0].evidence.value.count
            // All at once, under the stranger's process id and under those that were used before; then the newest for long.
            for _ in 0..<3 {
                self.inject(recorded, as: 9_999, on: stage)
                self.inject(recorded, as: nil, on: stage)
                stage.advance(by: .milliseconds(500))
            }
            self.play(recorded.suffix(40), as: nil, every: .seconds(2), for: .seconds(60), on: stage)
            #expect(members[0].conditions.last?.state == .active)
            let honest = Set(members.map(\.node.endpoint)).union(
                away < .seconds(60) ? guests.suffix(2).map(\.node.endpoint) : []
            )
            for evidence in members[0].evidence.value[count...] {
                switch evidence {
                case .found(let node), .heardOf(let node): #expect(honest.contains(node.endpoint), "\(node)")
                case .lost, .replaceAll, .conflict, .condition: break
                }
            }
            #expect(members[0].known == [members[1].node.endpoint, members[2].node.endpoint])
            #expect(members[0].losses.allSatisfy { loss in guests.contains { $0.node.endpoint == loss.node.endpoint } })
        }
    }

    /// Plays recordings, each under the process id that it was recorded from or under one of the stranger's.
    private func play(
        _ recorded: some Collection<Notification>,
        as processID: Int32?,
        every pause: Duration,
        for duration: Duration,
        on stage: DriverStage,
        watching watch: () -> Void = {}
    ) {
        let end = stage.time.now.advanced(by: duration)
        while stage.time.now < end {
            self.inject(recorded, as: processID, on: stage)
            watch()
            stage.advance(by: pause)
            watch()
        }
    }

    private func inject(_ recorded: some Collection<Notification>, as processID: Int32?, on stage: DriverStage) {
        for notification in recorded {
            stage.bus.inject(
                notification.payload,
                on: notification.channel,
                processID: processID ?? notification.processID
            )
        }
        stage.settle()
    }
}
