extension Cluster {
    /// Waits until at least so many peers are connected, or known where the cluster has no connector, and have been the same
    /// ones for a while.
    ///
    /// A rolling restart or a start of many nodes at once has then come to its end, as far as this node can see. It returns
    /// at once where that is so already. A peer that restarts counts as a change even if its successor is connected within
    /// the same moment; new metadata do not, and neither do connects that fail.
    ///
    /// ```swift
    /// try await cluster.waitUntilStable(for: .seconds(5), atLeast: 4, within: .seconds(60))
    /// ```
    ///
    /// - Parameters:
    ///   - span: For how long the peers must have been the same ones. At most as long as `limit`, or it can't succeed in a
    ///     cluster that has just begun to run.
    ///   - count: How many there must be. With 0, a node that has not found anybody is taken for one that is alone.
    ///   - limit: For how long to wait at most.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/timeout`` and a message that says how far it came, or
    ///   ``ClusterError/Code/notRunning`` when the cluster stops meanwhile; `CancellationError` when the task is cancelled.
    public func waitUntilStable(for span: Duration, atLeast count: Int, within limit: Duration) async throws {
        let (core, events, changes) = (self.core, self.events, WakeSignal())
        let deadline = core.clock.now.advanced(by: limit)
        let isStable = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                // They wake whoever looks, and the look is what counts: it does not matter how late they are read.
                for await _ in events { changes.wake() }
                try Task.checkCancellation()
                throw Self.stopped(before: count, for: span)
            }
            group.addTask {
                while true {
                    guard let verdict = core.stability(atLeast: count, for: span) else {
                        throw Self.stopped(before: count, for: span)
                    }
                    guard case .unstable(let end) = verdict else { return true }
                    guard core.clock.now < deadline else { return false }
                    await core.clock.sleep(until: min(end ?? deadline, deadline), or: changes)
                    try Task.checkCancellation()
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard !isStable else { return }
        let status = self.status
        let state = status.linksPeers ? "connected" : "known"
        let strategies = status.strategies.map { "strategy \($0.name) is \($0.condition)" }.joined(separator: "; ")
        throw ClusterError(
            code: .timeout,
            message: "\(core.countedPeers) of \(count) peers are \(state) after \(limit), and the last change was "
                + "\(core.timeSinceChange) ago, not \(span); \(strategies)."
        )
    }

    private static func stopped(before count: Int, for span: Duration) -> ClusterError {
        ClusterError(
            code: .notRunning,
            message: "The cluster has stopped before \(count) peers were there and the same ones for \(span)."
        )
    }
}
