public import ClusterFormation
internal import Synchronization

extension MeshTransport: TwoCallConnector {
    /// Returns with the link, whichever side has made it.
    public func connect(to peer: Node, link: Link) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.begin(Waiter(peer: peer, link: link, continuation: continuation))
            }
        } onCancel: {
            self.giveUp(peer)
        }
    }

    private func begin(_ waiter: Waiter) {
        let result = self.state.withLock { state -> Result<Void, any Error>? in
            // Cancelled before there was a waiter to be given up.
            guard !Task.isCancelled else { return .failure(CancellationError()) }
            let peer = waiter.peer
            switch state.table.connect(to: peer.endpoint, instance: peer.instance) {
            case .use(let id):
                state.links[id] = waiter.link
                return .success(())
            case .wait:
                state.waiters[peer.endpoint] = waiter
            case .dial(let id):
                state.waiters[peer.endpoint] = waiter
                self.dial(peer, as: id, in: &state)
            }
            return nil
        }
        if let result { waiter.continuation.resume(with: result) }
    }

    func dial(_ peer: Node, as id: MeshTable.ConnectionID, in state: inout State) {
        let connection = self.makeConnection(id: id, isDialledHere: true, in: &state)
        self.dialsInput.yield(Dial(connection: connection, peer: peer))
    }

    private func giveUp(_ peer: Node) {
        let (waiter, connection) = self.state.withLock { state -> (Waiter?, MeshConnection?) in
            guard let waiter = state.waiters.removeValue(forKey: peer.endpoint) else { return (nil, nil) }
            let id = state.table.cancelConnect(to: peer.endpoint)
            return (waiter, id.flatMap { state.connections[$0] })
        }
        connection?.stop(MeshError.stopped)
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// Closes the link; an instance that is not the peer's keeps its own.
    public func disconnect(from peer: Node, reason: DisconnectReason) async {
        let connections = self.state.withLock { state in
            state.table.disconnect(from: peer.endpoint, instance: peer.instance).compactMap { state.connections[$0] }
        }
        for connection in connections { connection.stop("\(MeshError.stopped) (\(reason))") }
    }
}
