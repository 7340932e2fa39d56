internal import ClusterAnnouncements
internal import ClusterFormation

extension FakeNotifier {
    /// One session, as the bus sees it: what is on its way to it, and whether it has ended.
    struct SessionState: Sendable {
        enum Step: Sendable {
            case deliver(Notification)
            case waitUntil(Instant)
            case wait
            case ended(NotifierError?)
        }

        let request: NotifierSessionRequest
        let wakeUp: Observed<UInt64>
        private(set) var isOpen = true
        private(set) var error: NotifierError?
        private(set) var dropped = 0
        /// By the time of its arrival, the earliest first.
        private var incoming: [(dueAt: Instant, notification: Notification)] = []
        /// What waits to be overtaken.
        private var heldBack: [(dueAt: Instant, notification: Notification)] = []

        init(request: NotifierSessionRequest, wakeUp: Observed<UInt64>) {
            self.request = request
            self.wakeUp = wakeUp
        }

        mutating func put(_ notification: Notification, dueAt: Instant, isOvertaken: Bool, capacity: Int) {
            guard !isOvertaken else { return self.heldBack.append((dueAt, notification)) }
            self.insert(notification, dueAt: dueAt)
            for (heldUntil, notification) in self.heldBack {
                self.insert(notification, dueAt: max(heldUntil, dueAt))
            }
            self.heldBack = []
            if self.incoming.count > capacity {
                self.dropped += self.incoming.count - capacity
                self.incoming.removeFirst(self.incoming.count - capacity)
            }
        }

        private mutating func insert(_ notification: Notification, dueAt: Instant) {
            // From the end, where it nearly always belongs.
            let index = self.incoming.lastIndex { $0.dueAt <= dueAt }.map { $0 + 1 } ?? 0
            self.incoming.insert((dueAt, notification), at: index)
        }

        mutating func takeNext(at now: Instant) -> Step {
            // What had arrived is heard even if the session has ended since; what was on its way is lost.
            if let first = self.incoming.first, first.dueAt <= now {
                return .deliver(self.incoming.removeFirst().notification)
            }
            guard self.isOpen else { return .ended(self.error) }
            return self.incoming.first.map { .waitUntil($0.dueAt) } ?? .wait
        }

        mutating func end(with error: NotifierError?) {
            self.isOpen = false
            self.error = error
        }
    }
}
