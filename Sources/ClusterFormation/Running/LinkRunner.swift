internal import Locking

/// Calls the connector: each link in a task of its own, with a way to end it.
final class LinkRunner: Sendable {
    private let core: ClusterCore
    private let connector: any ClusterConnector
    /// The calls under way, by the connect that began each.
    private let calls = Locked<[Reconciler.ConnectID: LinkCall]>([:])

    init(core: ClusterCore, connector: any ClusterConnector) {
        self.core = core
        self.connector = connector
    }

    func start(_ work: ClusterCore.Work, in group: inout DiscardingTaskGroup) {
        switch work {
        case .connect(let node, let id):
            let call = self.call(id)
            self.calls.withLock { $0[id] = call }
            group.addTask { await self.run(call, to: node, id) }
        case .cancelConnect(let id):
            self.calls.withLock { $0[id] }?.cancellation.wake()
        case .disconnect(_, let reason, let id):
            let isEnding = self.calls.withLock { $0[id] }?.end(reason) ?? false
            // It may have ended by itself meanwhile.
            if !isEnding { self.core.decide { $0.disconnectFinished(id, at: $1) } }
        case .cancelDisconnect(let id):
            self.calls.withLock { $0[id] }?.giveUp()
        case .abandon(let id):
            self.calls.withLock { $0[id] }?.abandon()
        }
    }

    /// Nothing waits for an orderly end any more.
    func giveUp() {
        for call in self.calls.withLock({ $0.values }) { call.giveUp() }
    }

    private func call(_ id: Reconciler.ConnectID) -> LinkCall {
        let core = self.core
        return LinkCall(isAttended: true) { call in
            // A link that comes up after the cluster has stopped is nobody's but its own task's to end.
            for case .disconnect(_, let reason, _) in core.decide({ $0.connectSucceeded(id, at: $1) }) {
                _ = call.end(reason)
            }
        }
    }

    private func run(_ call: LinkCall, to node: Node, _ id: Reconciler.ConnectID) async {
        let result = await withTaskGroup(of: Result<Void, any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(try await self.connector.link(to: node, isUp: LinkUp(call)))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await call.cancellation.wait()
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
        guard let result else { preconditionFailure("the linking task always has a result") }
        let isEndWanted = call.over() != nil
        self.calls.withLock { $0[id] = nil }
        if isEndWanted {
            self.core.decide { $0.disconnectFinished(id, at: $1) }
        } else if call.wasUp {
            let reason: String? = if case .failure(let error) = result { ErrorText.line(error) } else { nil }
            self.core.decide { $0.linkClosed(id, reason: reason, at: $1) }
        } else {
            var failure = (message: "the connector returned before the link was up", refusal: ConnectRefusal?.none)
            if case .failure(let error) = result {
                failure = (ErrorText.line(error), error as? ConnectRefusal)
            }
            self.core.decide { [failure] in
                $0.connectFailed(id, message: failure.message, refusal: failure.refusal, at: $1)
            }
        }
    }
}
