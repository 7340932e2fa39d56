import ClusterAnnouncements
import ClusterFormationTesting

/// A bus on which what one node sends, or the answer to it, waits at a gate that the test opens and closes, as behind a busy
/// server.
struct GatedNotifier: Notifier {
    let base: FakeNotifier
    let isOpen = Observed(true)
    let isOpenForAnswers = Observed(true)

    var medium: Medium { self.base.medium }

    func openSession(_ request: NotifierSessionRequest) async throws -> Session {
        Session(
            base: try await self.base.openSession(request),
            isOpen: self.isOpen,
            isOpenForAnswers: self.isOpenForAnswers
        )
    }

    struct Session: NotifierSession {
        let base: FakeNotifier.Session
        let isOpen: Observed<Bool>
        let isOpenForAnswers: Observed<Bool>

        var notifications: FakeNotifier.Notifications { self.base.notifications }
        var processID: Int32 { self.base.processID }
        var place: String { self.base.place }
        var openedAt: Moment { self.base.openedAt }
        var isShown: Bool { self.base.isShown }
        var droppedNotifications: Int { self.base.droppedNotifications }

        func notify(_ payload: String) async throws -> Moment {
            try await self.isOpen.wait { $0 }
            let moment = try await self.base.notify(payload)
            try await self.isOpenForAnswers.wait { $0 }
            return moment
        }

        func probe() async throws -> Moment { try await self.base.probe() }

        func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>? {
            try await self.base.presentSessions(ofCluster: cluster)
        }

        func close(farewell: String?, within bound: Duration) async {
            await self.base.close(farewell: farewell, within: bound)
        }
    }
}
