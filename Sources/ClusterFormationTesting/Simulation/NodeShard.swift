internal import ClusterAnnouncements
internal import ClusterFormation

/// Some of a simulation's nodes: those that one thread works on when all are told something.
struct NodeShard {
    /// What a node asked for that concerns more than itself.
    enum Reaction {
        case act(node: Int, AnnouncementProtocol.Action)
        case wake(node: Int, at: Int64)
    }

    /// What telling everybody has come to.
    struct Delivery {
        var reactions: [Reaction] = []
        var wakeUps = 0
        var largestTable = 0
        /// How many of the nodes know as many peers as there are.
        var complete = 0
    }

    var nodes: [SimulatedNode] = []
    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    /// Tells all nodes that have a session what was sent on the channel.
    mutating func deliver(
        _ notification: SimulatedServer.Notification,
        at now: Int64,
        lossProbability: Double,
        expectedPeers: Int
    ) -> Delivery {
        var delivery = Delivery()
        let moment = Instant(nanoseconds: now)
        for index in self.nodes.indices where self.nodes[index].processID != 0 && !self.nodes[index].isCutOff {
            delivery.wakeUps += 1
            if lossProbability > 0, Double.random(in: 0..<1, using: &self.generator) < lossProbability { continue }
            guard self.nodes[index].process == .running else {
                self.nodes[index].unread.append((notification.envelope, notification.processID))
                continue
            }
            let actions = self.nodes[index].machine.received(
                notification.envelope,
                processID: notification.processID,
                at: moment
            )
            self.note(actions, of: index, in: &delivery)
            if let wake = self.nodes[index].takeWake(after: now) {
                delivery.reactions.append(.wake(node: self.nodes[index].index, at: wake))
            }
            let count = self.nodes[index].machine.peerCount
            if count > delivery.largestTable { delivery.largestTable = count }
            if count == expectedPeers { delivery.complete += 1 }
        }
        return delivery
    }

    private func note(
        _ actions: [AnnouncementProtocol.Action],
        of index: Int,
        in delivery: inout Delivery
    ) {
        for action in actions {
            switch action {
            case .found, .endpointConflict, .dropped: continue
            case .send, .sendRoster, .lost, .proven, .sessionSilent, .probe, .inspectPresence:
                delivery.reactions.append(.act(node: self.nodes[index].index, action))
            }
        }
    }
}
