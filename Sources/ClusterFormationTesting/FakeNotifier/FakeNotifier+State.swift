internal import ClusterAnnouncements
internal import ClusterFormation

extension FakeNotifier {
    /// The bus: who is connected, what is on its way to whom, and what goes wrong.
    struct State: Sendable {
        var faults = Faults()
        var ownFaults: [String: Faults] = [:]
        /// By how much the bus's clock was set.
        var clockStep: Duration = .zero
        private(set) var sent: [Notification] = []
        private(set) var sessions: [Int32: SessionState] = [:]
        /// The sessions that are open, in the order in which they were opened.
        private(set) var openProcessIDs: [Int32] = []
        private var generator: SeededGenerator
        private var nextProcessID: Int32 = 1_000
        private let sessionCapacity: Int
        private var changedSessions: Set<Int32> = []

        init(generator: SeededGenerator, sessionCapacity: Int) {
            self.generator = generator
            self.sessionCapacity = sessionCapacity
        }

        func faults(of applicationName: String) -> Faults {
            self.ownFaults[applicationName] ?? self.faults
        }

        var openSessions: [SessionDescription] {
            self.openProcessIDs.compactMap { processID in
                self.sessions[processID].map { session in
                    SessionDescription(
                        processID: processID,
                        channel: session.request.channel,
                        applicationName: session.request.applicationName
                    )
                }
            }
        }

        // MARK: Sessions

        mutating func open(_ request: NotifierSessionRequest, wakeUp: Observed<UInt64>) -> Int32 {
            self.nextProcessID += 1
            self.sessions[self.nextProcessID] = SessionState(request: request, wakeUp: wakeUp)
            self.openProcessIDs.append(self.nextProcessID)
            return self.nextProcessID
        }

        /// Ends a session; without an error when it was closed from its own side.
        mutating func end(_ processID: Int32, with error: NotifierError?) {
            guard self.sessions[processID]?.isOpen == true else { return }
            self.sessions[processID]?.end(with: error)
            self.openProcessIDs.removeAll { $0 == processID }
            self.changedSessions.insert(processID)
        }

        mutating func takeNext(for processID: Int32, at now: Instant) -> SessionState.Step {
            self.sessions[processID]?.takeNext(at: now) ?? .ended(nil)
        }

        mutating func takeWakeUps() -> [Observed<UInt64>] {
            defer { self.changedSessions = [] }
            return self.changedSessions.sorted().compactMap { self.sessions[$0]?.wakeUp }
        }

        /// The sessions of one cluster that are open.
        func presentSessions(ofCluster cluster: Int32) -> Set<PresentSession> {
            Set(
                self.openProcessIDs.compactMap { processID in
                    guard let request = self.sessions[processID]?.request, request.showsPresence,
                        request.presence.cluster == cluster
                    else { return nil }
                    return PresentSession(instance: request.presence.instance, processID: processID)
                }
            )
        }

        // MARK: Sending

        mutating func recordSwallowed(_ notification: Notification) {
            self.sent.append(notification)
        }

        mutating func broadcast(_ notification: Notification, from sender: String?, at now: Instant) {
            self.sent.append(notification)
            // In the order of their opening, so that chance falls the same way in every run.
            for processID in self.openProcessIDs {
                guard let session = self.sessions[processID] else { continue }
                guard session.request.channel == notification.channel else { continue }
                let delivery = Delivery(
                    notification: notification,
                    sender: sender,
                    receiver: session.request.applicationName,
                    isEcho: processID == notification.processID
                )
                self.deliver(delivery, to: processID, at: now)
            }
        }

        private mutating func deliver(_ delivery: Delivery, to processID: Int32, at now: Instant) {
            let faults = self.faults(of: delivery.receiver)
            guard !faults.swallowsIncoming, !faults.isDeaf, faults.drops?(delivery) != true else { return }
            guard !self.happens(faults.dropProbability) else { return }
            let copies = self.happens(faults.duplicateProbability) ? 2 : 1
            let isOvertaken = self.happens(faults.reorderProbability)
            for _ in 0..<copies {
                let delay = faults.delay.map { self.draw($0) } ?? .zero
                self.sessions[processID]?.put(
                    delivery.notification,
                    dueAt: now.advanced(by: delay),
                    isOvertaken: isOvertaken,
                    capacity: self.sessionCapacity
                )
            }
            self.changedSessions.insert(processID)
        }

        private mutating func happens(_ probability: Double) -> Bool {
            probability > 0 && Double.random(in: 0..<1, using: &self.generator) < probability
        }

        private mutating func draw(_ range: ClosedRange<Duration>) -> Duration {
            range.lowerBound
                + (range.upperBound - range.lowerBound) * Double.random(in: 0...1, using: &self.generator)
        }
    }
}
