internal import ClusterFormationTesting

/// What a ``FaultProxy``'s thread does: waits for sockets, moves bytes, and heeds the faults.
struct ProxyLoop {
    private struct Connection {
        let client: Int32
        let server: Int32
        var toServer = Stream()
        var toClient = Stream()
        var filter = NotificationFilter()
    }

    /// One direction of a connection.
    fileprivate struct Stream {
        var chunks: [(dueAt: ContinuousClock.Instant, bytes: [UInt8])] = []
        /// The source has closed; what it had sent is still to go out.
        var hasEnded = false
        /// The source has closed, and the other side is not to know.
        var isMute = false

        var isFull: Bool { self.chunks.count >= 64 }

        func isDue(at now: ContinuousClock.Instant) -> Bool { self.chunks.first.map { $0.dueAt <= now } ?? false }
    }

    private let listener: LoopbackListener
    private let upstream: FaultProxy.Upstream
    private let wakeUp: WakeUpPipe
    private let state: Observed<FaultProxy.State>
    private var connections: [Connection] = []
    private var cutsSeen = 0

    init(
        listener: LoopbackListener,
        upstream: FaultProxy.Upstream,
        wakeUp: WakeUpPipe,
        state: Observed<FaultProxy.State>
    ) {
        self.listener = listener
        self.upstream = upstream
        self.wakeUp = wakeUp
        self.state = state
    }

    mutating func run() {
        while true {
            let state = self.state.value
            if state.isStopped || state.cuts != self.cutsSeen {
                self.cutsSeen = state.cuts
                for connection in self.connections { Self.reset(connection) }
                self.connections = []
                self.reportCount()
            }
            if state.isStopped { break }
            self.turn(stallsAccept: state.faults.stallsAccept)
        }
        self.listener.close()
    }

    /// Waits for the next thing to happen, and does it.
    private mutating func turn(stallsAccept: Bool) {
        var now = ContinuousClock.now
        var interests = [
            SocketPoll.Interest(descriptor: self.wakeUp.reader, reads: true),
            SocketPoll.Interest(descriptor: self.listener.descriptor, reads: !stallsAccept),
        ]
        for connection in self.connections {
            interests.append(Self.interest(connection.client, in: connection.toServer, out: connection.toClient, now))
            interests.append(Self.interest(connection.server, in: connection.toClient, out: connection.toServer, now))
        }
        let nextDue = self.connections.flatMap { [$0.toServer, $0.toClient] }
            .compactMap { $0.chunks.first?.dueAt }.filter { $0 > now }.min()
        let ready = SocketPoll.wait(for: interests, atMost: nextDue.map { now.duration(to: $0) })
        now = ContinuousClock.now
        // What was changed during the wait holds for what has come meanwhile.
        let state = self.state.value
        let faults = state.faults

        if ready[0].canRead { self.wakeUp.drain() }
        // What went out decides whether a connection is over, and what came in whether it is to be looked at again.
        for index in self.connections.indices {
            let (client, server) = (ready[2 + 2 * index], ready[3 + 2 * index])
            let dueAt = now.advanced(by: faults.delay)
            if client.canRead {
                self.connections[index].toServer.read(
                    from: self.connections[index].client,
                    dueAt: dueAt,
                    isSwallowed: faults.swallowsClientToServer
                ) { $0 }
            }
            if server.canRead {
                // It reads along from the start, so that it knows where a message begins when it is to drop some.
                var filter = self.connections[index].filter
                self.connections[index].toClient.read(
                    from: self.connections[index].server,
                    dueAt: dueAt,
                    isSwallowed: faults.swallowsServerToClient
                ) { filter.pass($0, dropsNotifications: faults.dropsNotifications) }
                self.connections[index].filter = filter
            }
            self.connections[index].toServer.write(to: self.connections[index].server, at: now)
            self.connections[index].toClient.write(to: self.connections[index].client, at: now)
        }
        self.closeFinished()
        // A cut is for those who are here: nobody else comes in before it is done.
        if ready[1].canRead, !faults.stallsAccept, state.cuts == self.cutsSeen { self.accept(faults) }
    }

    private static func interest(
        _ descriptor: Int32,
        in incoming: Stream,
        out outgoing: Stream,
        _ now: ContinuousClock.Instant
    ) -> SocketPoll.Interest {
        SocketPoll.Interest(
            descriptor: descriptor,
            reads: !incoming.hasEnded && !incoming.isMute && !incoming.isFull,
            writes: outgoing.isDue(at: now)
        )
    }

    private mutating func accept(_ faults: FaultProxy.Faults) {
        guard let client = self.listener.accept() else { return }
        let server: Int32? = faults.refusesNew ? nil : StreamSocket.connect(to: self.upstream)
        guard let server else { return StreamSocket.reset(client) }
        StreamSocket.makeNonblocking(client)
        StreamSocket.makeNonblocking(server)
        self.connections.append(Connection(client: client, server: server))
        self.reportCount()
    }

    private mutating func closeFinished() {
        let finished = { (connection: Connection) in
            connection.toServer.hasEnded && connection.toServer.chunks.isEmpty
                || connection.toClient.hasEnded && connection.toClient.chunks.isEmpty
                || connection.toServer.isMute && connection.toClient.isMute
        }
        guard self.connections.contains(where: finished) else { return }
        for connection in self.connections where finished(connection) {
            StreamSocket.close(connection.client)
            StreamSocket.close(connection.server)
        }
        self.connections.removeAll(where: finished)
        self.reportCount()
    }

    private func reportCount() {
        let count = self.connections.count
        self.state.update { $0.connections = count }
    }

    private static func reset(_ connection: Connection) {
        StreamSocket.reset(connection.client)
        StreamSocket.reset(connection.server)
    }
}

extension ProxyLoop.Stream {
    fileprivate mutating func read(
        from descriptor: Int32,
        dueAt: ContinuousClock.Instant,
        isSwallowed: Bool,
        filter: ([UInt8]) -> [UInt8]
    ) {
        switch StreamSocket.read(descriptor) {
        case .bytes(let bytes):
            let passed = filter(bytes)
            if !isSwallowed, !passed.isEmpty { self.chunks.append((dueAt, passed)) }
        case .nothingYet:
            break
        case .ended:
            if isSwallowed { self.isMute = true } else { self.hasEnded = true }
        }
    }

    fileprivate mutating func write(to descriptor: Int32, at now: ContinuousClock.Instant) {
        while let chunk = self.chunks.first, chunk.dueAt <= now {
            guard let count = StreamSocket.write(chunk.bytes, to: descriptor) else {
                // Nobody is there to read any of it; the other direction's end closes the connection.
                self.chunks = []
                return
            }
            if count < chunk.bytes.count {
                self.chunks[0].bytes.removeFirst(count)
                return
            }
            self.chunks.removeFirst()
        }
    }
}
