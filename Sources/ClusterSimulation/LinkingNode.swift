internal import ClusterFormation

/// The core of one node by itself that knows many peers and is linked to all of them, to measure what a change costs.
///
/// It is what a `Cluster` decides with: who is known, who is to be linked, and how to get there. Connects and disconnects
/// succeed at once.
public struct LinkingNode: Sendable {
    private var machine: ClusterMachine
    private let peers: [Node]
    private var generator = SeededGenerator(seed: 2)
    private var now = Instant.start

    /// Makes a node that knows nobody yet.
    ///
    /// - Parameter count: How many peers there are to know.
    public init(peers count: Int) {
        var configuration = ClusterConfiguration()
        configuration.maximumPeers = max(configuration.maximumPeers, count)
        // What is measured is the work, and not the pace at which peers are dialled.
        configuration.newPeerConnectsPerSecond = 1_000_000
        var generator = SeededGenerator(seed: 1)
        let local = Node(endpoint: .simulated(0), instance: .random(using: &generator))
        self.peers = (1...max(1, count)).map { number in
            Node(endpoint: .simulated(number), instance: .random(using: &generator), metadata: ["zone": "a"])
        }
        self.machine = ClusterMachine(localNode: local, strategies: ["measured"], configuration: configuration, seed: 1)
        self.machine.started(at: self.now)
    }

    /// How many peers it is linked to.
    public var linkedPeers: Int { self.machine.connectedCount }

    /// Takes in all peers, one by one, and links them.
    public mutating func discoverAll() {
        for peer in self.peers { self.take(.found(peer)) }
    }

    /// One peer, chosen by chance, leaves and comes back: two changes, with a disconnect and a connect.
    public mutating func changeOne() {
        guard let peer = self.peers.randomElement(using: &self.generator) else { return }
        self.take(.lost(peer, .left))
        self.take(.found(peer))
    }

    /// One peer, chosen by chance, says something new of itself: a change that leaves its link alone.
    public mutating func updateOne(zone: String) {
        guard var peer = self.peers.randomElement(using: &self.generator) else { return }
        peer.metadata["zone"] = zone
        self.take(.found(peer))
    }

    private mutating func take(_ evidence: Discovery.Evidence) {
        self.now = self.now.advanced(by: .microseconds(10))
        var effects = self.machine.report(evidence, by: 0, at: self.now)
        while !effects.isEmpty {
            var next: [ClusterMachine.Effect] = []
            for effect in effects {
                switch effect {
                case .connect(_, let id):
                    next += self.machine.connectSucceeded(id, at: self.now)
                case .disconnect(_, _, let id):
                    next += self.machine.disconnectFinished(id, at: self.now)
                case .cancelConnect, .cancelDisconnect, .abandon, .event, .linkUp, .connectFailed, .connectOverdue,
                    .foundSelf,
                    .refused, .notAllowed, .loopbackMixed, .drained:
                    break
                }
            }
            effects = next
        }
    }
}
