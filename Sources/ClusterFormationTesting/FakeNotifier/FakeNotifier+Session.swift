public import ClusterAnnouncements
internal import ClusterFormation

extension FakeNotifier {
    /// One session on the bus.
    public struct Session: NotifierSession {
        let bus: FakeNotifier
        let request: NotifierSessionRequest
        let wakeUp: Observed<UInt64>

        /// The process id that the bus has given the session.
        public let processID: Int32

        /// When the bus opened the session, by its clock.
        public let openedAt: Moment

        init(bus: FakeNotifier, request: NotifierSessionRequest, processID: Int32, wakeUp: Observed<UInt64>) {
            self.openedAt = bus.moment
            self.bus = bus
            self.request = request
            self.processID = processID
            self.wakeUp = wakeUp
        }

        /// What the session hears.
        public var notifications: Notifications { Notifications(session: self) }

        /// The bus: every one is the only one of its kind.
        public var place: String { "bus" }

        /// True: the bus shows all its sessions.
        public var isShown: Bool { self.bus.state.value.sessions[self.processID]?.request.showsPresence ?? true }

        /// How many notifications were dropped because nobody consumed them.
        public var droppedNotifications: Int { self.bus.state.value.sessions[self.processID]?.dropped ?? 0 }

        /// Sends to the channel, unless the faults say otherwise.
        public func notify(_ payload: String) async throws -> Moment {
            guard payload.utf8.count <= self.bus.medium.maximumPayloadBytes else {
                throw NotifierError(code: .payloadTooLarge, message: "the payload is longer than the bus carries")
            }
            let notification = Notification(channel: self.request.channel, payload: payload, processID: self.processID)
            let now = self.bus.clock.now
            try await self.ask { state, faults in
                if var refusal = faults.sendingRefusal {
                    refusal.keepsSession = true
                    return refusal
                }
                if faults.swallowsOutgoing {
                    state.recordSwallowed(notification)
                } else {
                    state.broadcast(notification, from: self.request.applicationName, at: now)
                }
                return nil
            }
            return self.bus.moment
        }

        /// Returns the bus's time if the session is open and answers.
        public func probe() async throws -> Moment {
            try await self.ask { _, _ in nil }
            return self.bus.moment
        }

        /// The sessions that are open, unless the faults hide them.
        public func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>? {
            try await self.ask { _, _ in nil }
            let state = self.bus.state.value
            let isVisible = state.faults(of: self.request.applicationName).showsPresence
            return isVisible ? state.presentSessions(ofCluster: cluster) : nil
        }

        /// Sends the farewell and closes the session.
        public func close(farewell: String?, within bound: Duration) async {
            let now = self.bus.clock.now
            self.bus.act { state in
                guard state.sessions[self.processID]?.isOpen == true else { return }
                let faults = state.faults(of: self.request.applicationName)
                if let farewell, faults.sendingRefusal == nil {
                    let notification = Notification(
                        channel: self.request.channel,
                        payload: farewell,
                        processID: self.processID
                    )
                    if faults.swallowsOutgoing {
                        state.recordSwallowed(notification)
                    } else {
                        state.broadcast(notification, from: self.request.applicationName, at: now)
                    }
                }
                state.end(self.processID, with: nil)
            }
        }

        /// Does what a statement does, and returns when its answer is there: never, where a direction is swallowed.
        private func ask(_ statement: (inout State, Faults) -> NotifierError?) async throws {
            try Task.checkCancellation()
            let (failure, isAnswered) = self.bus.act { state -> (NotifierError?, Bool) in
                guard let session = state.sessions[self.processID], session.isOpen else {
                    return (state.sessions[self.processID]?.error ?? .closedByCaller, true)
                }
                let faults = state.faults(of: self.request.applicationName)
                let failure = statement(&state, faults)
                return (failure, !faults.swallowsOutgoing && !faults.swallowsIncoming)
            }
            if !isAnswered {
                let processID = self.processID
                try await self.bus.state.wait { $0.sessions[processID]?.isOpen != true }
                throw self.bus.state.value.sessions[processID]?.error ?? .closedByCaller
            }
            if let failure { throw failure }
        }
    }

    /// What a session hears, as a sequence to be iterated once.
    public struct Notifications: AsyncSequence, Sendable {
        let session: Session

        /// Makes the iterator.
        public func makeAsyncIterator() -> Iterator { Iterator(session: self.session) }

        /// Waits for the next notification.
        public struct Iterator: AsyncIteratorProtocol {
            let session: Session

            /// The next notification; nil when the session was closed or the task is cancelled.
            public mutating func next() async throws -> Notification? {
                try await self.next(isolation: #isolation)
            }

            /// The next notification; nil when the session was closed or the task is cancelled.
            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws -> Notification? {
                let (bus, processID) = (self.session.bus, self.session.processID)
                while !Task.isCancelled {
                    let seen = self.session.wakeUp.value
                    switch bus.act({ $0.takeNext(for: processID, at: bus.clock.now) }) {
                    case .deliver(let notification): return notification
                    case .ended(nil): return nil
                    case .ended(let error?): throw error
                    case .wait: try? await self.waitForChange(since: seen, orUntil: nil)
                    case .waitUntil(let moment): try? await self.waitForChange(since: seen, orUntil: moment)
                    }
                }
                return nil
            }

            private func waitForChange(since seen: UInt64, orUntil moment: Instant?) async throws {
                let (clock, wakeUp) = (self.session.bus.clock, self.session.wakeUp)
                guard let moment else { return try await wakeUp.wait { $0 != seen } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await wakeUp.wait { $0 != seen } }
                    group.addTask { try await clock.sleep(until: moment) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }
}

extension NotifierError {
    static let closedByCaller = NotifierError(code: .closed, message: "the session was closed from this side")
}
