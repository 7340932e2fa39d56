internal import ClusterFormation

extension SimulatedCluster {
    /// For how long the nodes are worked on one by one, while the server is far behind; who opens a session anew in between
    /// waits for the end.
    ///
    /// So a window is short when sessions are lost, and twice as long as the one before otherwise: what a node knows comes
    /// into the processor's caches once for each.
    static let windowLengths: ClosedRange<Int64> = 20_000_000_000...600_000_000_000

    /// Lets every node live through a time in which it hears nothing that is said in that time: whatever a node sends,
    /// the server delivers when it is over.
    ///
    /// So each node can be taken through all of it at a stretch, while what it knows is in the processor's caches, and on
    /// as many threads as one likes.
    func passWindow(from start: Int64, before end: Int64) {
        let safe = self.server.earliestDelivery(ofSentAt: start)
        let until = min(safe, end, start + self.windowLength)
        let count = self.deliveries.prefix { $0.at < until }.count
        let window = NodeShard.Window(
            deliveries: Array(self.deliveries.prefix(count)),
            until: until,
            lossProbability: self.configuration.lossProbability,
            expectedPeers: self.runningCount - 1,
            surroundings: self.surroundings
        )
        self.deliveries.removeFirst(count)
        let outcomes = ParallelShards.map(self.shards) { shard in shard.live(through: window) }
        self.now = until - 1
        self.noteConvergence(outcomes, window)
        for outcome in outcomes {
            self.figures.wakeUps += outcome.wakeUps
            self.figures.largestTable = max(self.figures.largestTable, outcome.largestTable)
        }
        // The same order, however many threads there are.
        let reactions = outcomes.flatMap(\.reactions).enumerated().sorted { first, second in
            (first.element.at, first.element.node, first.offset) < (
                second.element.at, second.element.node, second.offset
            )
        }
        let isCalm = !reactions.contains { if case .gaveSessionUp = $0.element.what { true } else { false } }
        self.windowLength = min(
            isCalm ? self.windowLength * 2 : Self.windowLengths.lowerBound,
            Self.windowLengths.upperBound
        )
        for (_, reaction) in reactions { self.perform(reaction.what, of: reaction.node, at: reaction.at) }
    }

    private func noteConvergence(_ outcomes: [NodeShard.Outcome], _ window: NodeShard.Window) {
        guard self.figures.convergence == nil else { return }
        for (index, delivery) in window.deliveries.enumerated()
        where outcomes.reduce(0, { $0 + $1.complete[index] }) == self.runningCount {
            self.figures.convergence = .nanoseconds(delivery.at - self.disturbedAt)
            return
        }
    }
}
