extension Cluster {
    /// Waits until so many peers are connected, or known where the cluster has no connector.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - limit: For how long.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/timeout`` and a message that says how far it came, or
    ///   ``ClusterError/Code/notRunning`` when the cluster stops meanwhile; `CancellationError` when the task is cancelled.
    public func waitForPeers(atLeast count: Int, within limit: Duration) async throws {
        let (core, events) = (self.core, self.events)
        let deadline = core.clock.now.advanced(by: limit)
        let isReached = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                if core.countedPeers >= count { return true }
                for await event in events {
                    switch event {
                    case .peerConnected, .peerDiscovered, .missed:
                        if core.countedPeers >= count { return true }
                    default: continue
                    }
                }
                try Task.checkCancellation()
                throw ClusterError(
                    code: .notRunning,
                    message: "The cluster has stopped before \(count) peers were there."
                )
            }
            group.addTask {
                try await core.clock.sleep(until: deadline)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        // With no time to wait, the deadline may be found first.
        guard !isReached, core.countedPeers < count else { return }
        let status = self.status
        let strategies = status.strategies.map { "strategy \($0.name) is \($0.condition)" }.joined(separator: "; ")
        let known = "\(status.peers.count) are known"
        let few = status.linksPeers ? "peers are connected after \(limit), \(known)" : "peers are known after \(limit)"
        throw ClusterError(code: .timeout, message: "\(core.countedPeers) of \(count) \(few); \(strategies).")
    }
}
