internal import ClusterAnnouncements
internal import ClusterFormation

/// Some of a simulation's nodes: those that one thread works on.
struct NodeShard {
    /// A time in which nobody hears what is said in it.
    struct Window: Sendable {
        /// What was said before and is heard now, in order.
        var deliveries: [SimulatedServer.Delivery]
        /// When it is over.
        var until: Int64
        var lossProbability: Double
        var expectedPeers: Int
        var surroundings: SimulatedNode.Surroundings
    }

    /// What has come of a window.
    struct Outcome: Sendable {
        var reactions: [(at: Int64, node: Int, what: SimulatedNode.Reaction)] = []
        var wakeUps = 0
        var largestTable = 0
        /// How many of the nodes knew as many peers as there are, after each delivery.
        var complete: [Int] = []

        mutating func note(_ reactions: [SimulatedNode.Reaction], of node: Int, at moment: Int64) {
            for reaction in reactions { self.reactions.append((moment, node, reaction)) }
        }
    }

    private var nodes: [SimulatedNode] = []
    /// When each node does something by itself; kept apart, since it is asked of all of them all the time.
    private var moments: [Int64] = []
    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    /// When the next node does something by itself.
    var nextMoment: Int64 { self.moments.min() ?? .max }

    mutating func append(_ node: SimulatedNode) {
        self.nodes.append(node)
        self.moments.append(node.nextMoment)
    }

    mutating func withNode<Result>(_ index: Int, _ body: (inout SimulatedNode) -> Result) -> Result {
        defer { self.moments[index] = self.nodes[index].nextMoment }
        return body(&self.nodes[index])
    }

    /// Takes one node after the other through the time.
    mutating func live(through window: Window) -> Outcome {
        var outcome = Outcome()
        outcome.complete = Array(repeating: 0, count: window.deliveries.count)
        for index in self.nodes.indices where !window.deliveries.isEmpty || self.moments[index] < window.until {
            self.nodes[index].live(through: window, &outcome, using: &self.generator)
            self.moments[index] = self.nodes[index].nextMoment
        }
        return outcome
    }
}
