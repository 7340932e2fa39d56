internal import Locking

/// Calls the connector: each connect and each disconnect in a task of its own, with a way to cancel it.
final class LinkRunner: Sendable {
    private let core: ClusterCore
    private let connector: any ClusterConnector
    /// For each call under way; the disconnect that ends a link has the name of the connect that made it.
    private let cancellations = Locked<[Reconciler.ConnectID: WakeSignal]>([:])

    init(core: ClusterCore, connector: any ClusterConnector) {
        self.core = core
        self.connector = connector
    }

    func start(_ work: ClusterCore.Work, in group: inout DiscardingTaskGroup) {
        switch work {
        case .connect(let node, let id):
            let cancellation = self.cancellation(of: id)
            group.addTask { await self.connect(to: node, id, cancellation) }
        case .disconnect(let node, let reason, let id):
            let cancellation = self.cancellation(of: id)
            group.addTask { await self.disconnect(from: node, reason, id, cancellation) }
        case .cancelConnect(let id), .cancelDisconnect(let id):
            self.cancellations.withLock { $0[id] }?.wake()
        }
    }

    private func cancellation(of id: Reconciler.ConnectID) -> WakeSignal {
        let cancellation = WakeSignal()
        self.cancellations.withLock { $0[id] = cancellation }
        return cancellation
    }

    private func disconnect(
        from node: Node,
        _ reason: DisconnectReason,
        _ id: Reconciler.ConnectID,
        _ cancellation: WakeSignal
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connector.disconnect(from: node, reason: reason) }
            group.addTask { await cancellation.wait() }
            await group.next()
            group.cancelAll()
        }
        self.cancellations.withLock { $0[id] = nil }
        self.core.decide { $0.disconnectFinished(id, at: $1) }
    }

    private func connect(to node: Node, _ id: Reconciler.ConnectID, _ cancellation: WakeSignal) async {
        let core = self.core
        let link = Link { reason in
            let reason = reason.map { ErrorText.line($0) }
            core.decide { $0.linkClosed(id, reason: reason, at: $1) }
        }
        let result = await withTaskGroup(of: Result<Void, any Error>?.self) { group in
            group.addTask {
                do {
                    try await self.connector.connect(to: node, link: link)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await cancellation.wait()
                return nil
            }
            // Whichever comes first ends the other; the connector's answer is waited for in any case.
            var result: Result<Void, any Error>?
            for await ended in group {
                if let ended { result = ended }
                group.cancelAll()
            }
            return result
        }
        self.cancellations.withLock { $0[id] = nil }
        switch result {
        case .success:
            // A link that comes up after the cluster has stopped is nobody's but this task's to end.
            for case .disconnect(let node, let reason, _) in core.decide({ $0.connectSucceeded(id, at: $1) }) {
                await self.connector.disconnect(from: node, reason: reason)
            }
        case .failure(let error):
            let isLocalNode = (error as? ConnectRefusal) == .localNode
            let message = ErrorText.line(error)
            core.decide { $0.connectFailed(id, message: message, isLocalNode: isLocalNode, at: $1) }
        case nil:
            preconditionFailure("the connecting task always has a result")
        }
    }
}
