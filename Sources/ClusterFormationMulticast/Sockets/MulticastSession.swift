#if Multicast
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import Locking
    internal import NIOCore

    /// One life of a session on the network, from the moment at which it has joined.
    struct MulticastSession: NotifierSession {
        /// How fast a session sends: what the buffers of slow listeners hold at once, and a third of what one is given for
        /// all sources together each second.
        static let sentAtOnce = 64
        static let sentPerSecond = 1_000
        /// How often a goodbye is sent, since nobody asks for one that was lost, and how far apart.
        static let farewells = 3
        static let farewellPause = Duration.milliseconds(20)

        let processID: Int32
        let openedAt: Moment

        private let tag: UInt64
        private let reception: Reception
        private let sockets: MulticastSockets
        private let eventLoop: any EventLoop
        private let scanning: RepeatedTask
        private let clock: ClusterClock
        private let wallClock: @Sendable () -> Moment
        private let pace: Locked<Allowance>

        init(
            tag: UInt64,
            reception: Reception,
            sockets: MulticastSockets,
            eventLoop: any EventLoop,
            scanInterval: Duration,
            clock: ClusterClock,
            wallClock: @escaping @Sendable () -> Moment
        ) {
            self.processID = .random(in: 1 ... .max)
            self.openedAt = wallClock()
            self.tag = tag
            self.reception = reception
            self.sockets = sockets
            self.eventLoop = eventLoop
            self.clock = clock
            self.wallClock = wallClock
            self.pace = Locked(Allowance(atOnce: Self.sentAtOnce, perSecond: Self.sentPerSecond, at: clock.now))
            let interval = TimeAmount(scanInterval)
            self.scanning = eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { _ in
                eventLoop.makeFutureWithTask { await sockets.scan() }
            }
        }

        var notifications: AsyncThrowingStream<Notification, any Error> { self.reception.notifications }

        /// The same everywhere: a network has no name.
        ///
        /// What somebody without the key forwards from another network can be opened here, for as long as the clocks'
        /// tolerance lasts.
        var place: String { "udp" }

        var isShown: Bool { false }

        var droppedNotifications: Int { self.reception.dropped }

        func notify(_ payload: String) async throws -> Moment {
            guard payload.utf8.count <= Datagram.longestPayload else {
                throw NotifierError(
                    code: .payloadTooLarge,
                    message:
                        "The payload has \(payload.utf8.count) bytes, and a datagram holds \(Datagram.longestPayload)."
                )
            }
            let wait = self.pace.withLock { $0.reserve(at: self.clock.now) }
            if wait > .zero { try await Task.sleep(for: wait, clock: .continuous) }
            try await self.send(payload)
            return self.wallClock()
        }

        /// Nothing is asked of the network: the answer is this machine's time.
        func probe() async throws -> Moment { self.wallClock() }

        func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>? { nil }

        func close(farewell: String?, within bound: Duration) async {
            self.scanning.cancel()
            if let farewell { await self.sayGoodbye(farewell, within: bound) }
            await self.sockets.close()
        }

        private func sayGoodbye(_ farewell: String, within bound: Duration) async {
            let end = self.clock.now.advanced(by: bound)
            for number in 1...Self.farewells {
                try? await self.send(farewell)
                guard number < Self.farewells, self.clock.now.advanced(by: Self.farewellPause) < end else { return }
                // By the loop's clock, since the task is cancelled already.
                try? await self.eventLoop.scheduleTask(in: TimeAmount(Self.farewellPause)) {}.futureResult.get()
            }
        }

        private func send(_ payload: String) async throws {
            try await self.sockets.send(Datagram(tag: self.tag, session: self.processID, payload: payload))
        }
    }
#endif
