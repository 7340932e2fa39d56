internal import Locking

/// Calls the connector: each connect and each disconnect in a task of its own, each connect with a way to cancel it.
final class LinkRunner: Sendable {
    private let core: ClusterCore
    private let connector: any ClusterConnector
    private let disconnectTimeout: Duration
    private let cancellations = Locked<[Reconciler.ConnectID: WakeSignal]>([:])

    init(core: ClusterCore, connector: any ClusterConnector, disconnectTimeout: Duration) {
        self.core = core
        self.connector = connector
        self.disconnectTimeout = disconnectTimeout
    }

    func start(_ work: ClusterCore.Work, in group: inout DiscardingTaskGroup) {
        switch work {
        case .connect(let node, let id):
            let cancellation = WakeSignal()
            self.cancellations.withLock { $0[id] = cancellation }
            group.addTask { await self.connect(to: node, id, cancellation) }
        case .cancelConnect(let id):
            self.cancellations.withLock { $0[id] }?.wake()
        case .disconnect(let node, let reason):
            group.addTask { await self.disconnect(from: node, reason) }
        }
    }

    /// Ends a link; one that does not come to its end is cancelled, and does not hold up the node that is at the endpoint next.
    private func disconnect(from node: Node, _ reason: DisconnectReason) async {
        let deadline = self.core.clock.now.advanced(by: self.disconnectTimeout)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connector.disconnect(from: node, reason: reason) }
            group.addTask {
                do { try await self.core.clock.sleep(until: deadline) } catch { return }
            }
            await group.next()
            self.core.decide { $0.disconnectFinished(node.endpoint, at: $1) }
            group.cancelAll()
        }
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
            for case .disconnect(let node, let reason) in core.decide({ $0.connectSucceeded(id, at: $1) }) {
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
