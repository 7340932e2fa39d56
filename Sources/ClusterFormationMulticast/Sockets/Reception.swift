#if Multicast
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import Locking
    internal import NIOCore

    /// What comes of the datagrams that a session's sockets hear: those of the cluster, each once, up to a bound.
    final class Reception: Sendable {
        private struct State {
            var duplicates = DuplicateFilter()
            var limits: SourceLimits
            var interfaces = InterfaceList()
            var dropped = 0
        }

        /// How many notifications wait at most to be taken in: some megabytes; the oldest make room.
        static let mostWaiting = 2_048

        /// What is heard, to be iterated once.
        let notifications: AsyncThrowingStream<Notification, any Error>

        private let continuation: AsyncThrowingStream<Notification, any Error>.Continuation
        private let channel: String
        private let tag: UInt64
        private let clock: ClusterClock
        private let state: Locked<State>

        init(channel: String, tag: UInt64, clock: ClusterClock) {
            self.channel = channel
            self.tag = tag
            self.clock = clock
            self.state = Locked(State(limits: SourceLimits(at: clock.now)))
            (self.notifications, self.continuation) = AsyncThrowingStream.makeStream(
                bufferingPolicy: .bufferingNewest(Self.mostWaiting)
            )
        }

        /// How many datagrams of the cluster were not taken in: too many came at once.
        var dropped: Int { self.state.withLock { $0.dropped } }

        /// The interfaces have changed.
        func update(_ interfaces: InterfaceList) {
            self.state.withLock { $0.interfaces = interfaces }
        }

        /// A socket has heard something.
        func take(_ bytes: ByteBuffer, from source: SocketAddress) {
            guard let datagram = Datagram(bytes, tag: self.tag) else { return }
            let (now, hash, address) = (self.clock.now, bytes.hashValue, source.ipAddress ?? "")
            let isFromOutside: Bool? = self.state.withLock { state in
                guard state.duplicates.isNew(hash, at: now) else { return nil }
                guard state.limits.admits(address, at: now) else {
                    state.dropped += 1
                    return nil
                }
                return state.interfaces.isOutside(address)
            }
            guard let isFromOutside else { return }
            let notification = Notification(
                channel: self.channel,
                payload: datagram.payload,
                processID: datagram.session,
                isFromOutside: isFromOutside
            )
            if case .dropped = self.continuation.yield(notification) { self.state.withLock { $0.dropped += 1 } }
        }

        /// Nothing more is heard: because of an error, or because the session was closed.
        func finish(_ error: NotifierError?) {
            self.continuation.finish(throwing: error)
        }
    }
#endif
