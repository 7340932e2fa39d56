import ClusterAnnouncements
import ClusterFormation
import Logging
import Testing

@testable import ClusterFormationTesting

@Suite struct AnnouncementDriverTests {
    @Test(.timeLimit(.minutes(1))) func aLossIsToldBeforeTheBrokenSessionIsClosed() async throws {
        let bus = FakeNotifier()
        let mayClose = Observed(false)
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.1", port: 7337),
            strategy: AnnouncementStrategy(
                name: "bus",
                notifier: SlowClosingNotifier(base: bus, mayClose: mayClose)
            ),
            connector: RecordingConnector(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let events = cluster.events
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            var isFirst = true
            for await event in events {
                guard case .strategyChanged(_, let condition) = event else { continue }
                if condition.state == .active {
                    guard isFirst else { break }
                    isFirst = false
                    bus.disconnectAll()
                }
                // The session can't close before this has been told.
                if condition.state == .impaired {
                    #expect(condition.code == "connection_lost")
                    mayClose.update { $0 = true }
                }
            }
            #expect(mayClose.value)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func withoutAKeyItIsSaidOnceThatTheClusterIsOpen(hasKey: Bool) async throws {
        let bus = FakeNotifier()
        let log = LogLines()
        let keys = hasKey ? ClusterKeyRing(.first) : nil
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.1", port: 7337),
            strategy: AnnouncementStrategy(name: "bus", notifier: bus, configuration: .init(keys: keys)),
            connector: RecordingConnector(),
            logger: log.logger
        )
        let events = cluster.events
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            var lives = 0
            for await event in events {
                guard case .strategyChanged(_, let condition) = event, condition.state == .active else { continue }
                lives += 1
                if lives == 3 { break }
                bus.disconnectAll()
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        let lines = log.all.filter { $0.contains("not sealed") }
        #expect(lines.count == (hasKey ? 0 : 1))
        #expect(lines.count { $0.hasPrefix("info") } == (hasKey ? 0 : 1))
    }
}

/// A bus whose sessions close when they are allowed to.
private struct SlowClosingNotifier: Notifier {
    let base: FakeNotifier
    let mayClose: Observed<Bool>

    var medium: Medium { self.base.medium }

    func openSession(_ request: NotifierSessionRequest) async throws -> Session {
        Session(base: try await self.base.openSession(request), mayClose: self.mayClose)
    }

    struct Session: NotifierSession {
        let base: FakeNotifier.Session
        let mayClose: Observed<Bool>

        var notifications: FakeNotifier.Notifications { self.base.notifications }
        var processID: Int32 { self.base.processID }
        var place: String { self.base.place }
        var openedAt: Moment { self.base.openedAt }
        var isShown: Bool { self.base.isShown }
        var droppedNotifications: Int { self.base.droppedNotifications }

        func notify(_ payload: String) async throws -> Moment { try await self.base.notify(payload) }
        func probe() async throws -> Moment { try await self.base.probe() }

        func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>? {
            try await self.base.presentSessions(ofCluster: cluster)
        }

        func close(farewell: String?, within bound: Duration) async {
            await self.mayClose.waitUncancelled { $0 }
            await self.base.close(farewell: farewell, within: bound)
        }
    }
}
