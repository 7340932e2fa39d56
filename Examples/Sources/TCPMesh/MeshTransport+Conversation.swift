internal import ClusterFormation
internal import NIOCore
internal import Synchronization

/// One connection's life: the handshake, then frames both ways until either side ends it.
extension MeshTransport {
    func converse(_ connection: MeshConnection, over channel: Channel, seeking peer: Node? = nil) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.receive(inbound, on: connection, seeking: peer) }
                    group.addTask { for await frame in connection.outbox { try await outbound.write(frame) } }
                    group.addTask { try await self.watch(connection) }
                    group.addTask { await connection.untilStopped() }
                    // The first to end ends the others.
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
            self.ended(connection, error: MeshError.closedByPeer)
        } catch {
            self.ended(connection, error: error)
        }
    }

    private func receive(
        _ frames: NIOAsyncChannelInboundStream<MeshFrame>,
        on connection: MeshConnection,
        seeking peer: Node?
    ) async throws {
        if let peer {
            connection.send(.hello(identity: self.identity, seeks: peer.instance?.description))
        }
        for try await frame in frames {
            connection.heard()
            if connection.isLink {
                try self.take(frame, on: connection)
            } else {
                try self.shakeHands(frame, on: connection, seeking: peer)
            }
        }
    }

    private func take(_ frame: MeshFrame, on connection: MeshConnection) throws {
        switch frame {
        case .ping(let number): connection.send(.pong(number: number))
        // That it has been heard is all there is to it.
        case .pong: break
        case .text(let body):
            if let peer = connection.peer { self.onEvent(.text(body, from: peer)) }
        case .hello, .welcome, .refused, .confirm: throw MeshError.unexpectedFrame
        }
    }

    private func shakeHands(_ frame: MeshFrame, on connection: MeshConnection, seeking sought: Node?) throws {
        switch frame {
        case .hello(let remote, let seeks) where sought == nil && connection.peer == nil:
            self.answer(remote, seeking: seeks, on: connection)
        case .confirm where sought == nil && connection.peer != nil:
            self.decide(on: connection) { $0.confirmReceived(on: connection.id) }
        case .welcome(let remote) where sought != nil:
            let seeks = sought?.instance?.description
            if let refusal = MeshRefusal.judge(remote, by: self.identity, sought: seeks, found: remote) {
                throw refusal
            }
            connection.peer = remote
            self.decide(on: connection) { $0.welcomeReceived(on: connection.id, instance: remote.instance) }
        case .refused(let reason) where sought != nil:
            if reason == .crossing { self.state.withLock { $0.table.crossed(on: connection.id) } }
            throw reason
        case .hello, .welcome, .refused, .confirm, .ping, .pong, .text:
            throw MeshError.unexpectedFrame
        }
    }

    private func answer(_ remote: MeshIdentity, seeking seeks: String?, on connection: MeshConnection) {
        var refusal = MeshRefusal.judge(remote, by: self.identity, sought: seeks, found: self.identity)
        if refusal == nil {
            connection.peer = remote
            let (decision, previous) = self.state.withLock { state in
                let decision = state.table.helloReceived(
                    on: connection.id,
                    from: remote.endpoint,
                    instance: remote.instance
                )
                guard case .welcome(.some(let id)) = decision else { return (decision, nil as MeshConnection?) }
                return (decision, state.connections[id])
            }
            previous?.stop(MeshError.superseded)
            if case .refuse(let reason) = decision { refusal = reason }
        }
        if let refusal {
            connection.send(.refused(reason: refusal))
            connection.finish(refusal)
        } else {
            connection.send(.welcome(identity: self.identity))
        }
    }

    /// The handshake has come to the point where the connection becomes the link, or does not.
    private func decide(on connection: MeshConnection, _ event: (inout MeshTable) -> MeshTable.LinkDecision) {
        // Under the one lock, since a connect that finds the link in the table may be followed by a broadcast at once.
        let (isLink, waiter) = self.state.withLock { state -> (Bool, Waiter?) in
            let peer = connection.peer
            var waiter: Waiter?
            let stopped: [MeshTable.ConnectionID]
            switch event(&state.table) {
            case .abandon:
                return (false, nil)
            case .link(let fulfilsConnect, let stopping):
                stopped = stopping
                waiter = fulfilsConnect ? peer.flatMap { state.waiters.removeValue(forKey: $0.endpoint) } : nil
                if let waiter { state.links[connection.id] = waiter.link }
            case .linkAndDial(let id, let stopping):
                stopped = stopping
                if let waiter = peer.flatMap({ state.waiters[$0.endpoint] }) {
                    self.dial(waiter.peer, as: id, in: &state)
                }
            }
            for id in stopped { state.connections[id]?.stop(MeshError.superseded) }
            if connection.isDialledHere { connection.send(.confirm) }
            connection.isLink = true
            return (true, waiter)
        }
        guard isLink else { return connection.stop(MeshRefusal.crossing) }
        if let peer = connection.peer { self.onEvent(.linked(peer, isDialledHere: connection.isDialledHere)) }
        waiter?.continuation.resume()
    }

    /// Asks the peer again and again whether it is there, and ends the connection when it is not.
    private func watch(_ connection: MeshConnection) async throws {
        let configuration = self.configuration
        let handshakeDeadline = ContinuousClock.now.advanced(by: configuration.handshakeTimeout)
        for number in 1... {
            let nextPing = ContinuousClock.now.advanced(by: configuration.pingInterval)
            try await Task.sleep(until: connection.isLink ? nextPing : min(nextPing, handshakeDeadline))
            if connection.isLink {
                if connection.isSilent(for: configuration.silenceLimit) {
                    throw MeshError.silent(configuration.silenceLimit)
                }
                connection.send(.ping(number: number))
            } else if ContinuousClock.now >= handshakeDeadline {
                throw MeshError.handshakeTimeout
            }
        }
    }

    /// A connection is over: tells whoever it concerns.
    func ended(_ connection: MeshConnection, error: any Error) {
        connection.note(error as? MeshError ?? .network(Self.describe(error)))
        let reason = connection.reason ?? ""
        let (link, waiter) = self.state.withLock { state -> (Link?, Waiter?) in
            state.connections[connection.id] = nil
            let link = state.links.removeValue(forKey: connection.id)
            switch state.table.ended(connection.id) {
            case .nothing, .linkClosed:
                return (link, nil)
            case .connectFailed(let endpoint):
                return (link, state.waiters.removeValue(forKey: endpoint))
            case .dial(let id, let endpoint):
                if let waiter = state.waiters[endpoint] { self.dial(waiter.peer, as: id, in: &state) }
                return (link, nil)
            }
        }
        if connection.isLink, let peer = connection.peer { self.onEvent(.unlinked(peer, reason: reason)) }
        link?.closed(reason)
        if let waiter {
            let isSelf = error as? MeshRefusal == .localNode
            waiter.continuation.resume(throwing: isSelf ? ConnectRefusal.localNode : MeshError.network(reason))
        }
    }
}
