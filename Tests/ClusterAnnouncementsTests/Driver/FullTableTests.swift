import ClusterAnnouncements
import ClusterFormation
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormationTesting

/// What operators hear of a full table, and of a first session that does not open.
@Suite(.serialized) struct FullTableTests {
    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func bothSidesSayOnceThatThereIsNoRoom(hasKey: Bool) async throws {
        var announcements = AnnouncementConfiguration()
        announcements.maximumPeers = 1
        let stage = DriverStage(
            lateness: .milliseconds(1),
            keys: hasKey ? ClusterKeyRing(.first) : nil,
            announcements: announcements
        )
        let members = try (1...3).map { try stage.member($0) }
        try await stage.run {
            stage.start(members[0], members[1])
            stage.advance(by: .seconds(90))
            stage.start(members[2])
            stage.advance(by: .seconds(60))
        }
        for member in members[0...1] {
            #expect(member.log.all.count { $0.contains("maximumPeers announce themselves") } == 1)
            #expect(member.rejected("table_full") > 1)
            #expect(member.conditions.contains { $0.message?.contains("maximumPeers") == true })
            #expect(member.losses.allSatisfy { $0.reason == .left })
        }
        #expect(members[2].log.all.count { $0.contains("has no room for this node") } == 1)
        #expect(members[2].rejected("left_out") >= 1)
    }

    @Test(.timeLimit(.minutes(1))) func aStrategyThatWaitsForItsFirstSessionSaysSoOnce() async throws {
        let stage = DriverStage(lateness: .milliseconds(1))
        let member = try stage.member(1, on: SilentNotifier(base: stage.bus))
        try await stage.run {
            stage.start(member)
            stage.advance(by: .seconds(9))
            #expect(!member.log.all.contains { $0.contains("Still starting") })
            stage.advance(by: .seconds(2))
            #expect(member.log.all.count { $0.contains("Still starting") } == 1)
            stage.advance(by: .seconds(120))
            #expect(member.log.all.count { $0.contains("Still starting") } == 1)
        }
    }
}

/// A medium that can't be reached and does not say so.
private struct SilentNotifier: Notifier {
    let base: FakeNotifier

    var medium: Medium { self.base.medium }

    func openSession(_ request: NotifierSessionRequest) async throws -> FakeNotifier.Session {
        try await Observed(false).wait { $0 }
        return try await self.base.openSession(request)
    }
}
