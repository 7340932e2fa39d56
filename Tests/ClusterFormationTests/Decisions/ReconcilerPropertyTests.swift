import Testing

@testable import ClusterFormation

/// A world of a connector and peers that do as they like, driven by one seed.
@Suite struct ReconcilerPropertyTests {
    private struct World {
        static let slots = 4
        static let peerCount = 24

        var reconciler: Reconciler
        var generator: SeededGenerator
        var now = Instant.start
        /// What the connector has been told to do and has not answered yet, by endpoint.
        var connecting: [Endpoint: (node: Node, id: Reconciler.ConnectID, isOverdue: Bool)] = [:]
        var disconnecting: [Reconciler.ConnectID: Node] = [:]
        var links: [Reconciler.ConnectID: Node] = [:]
        var wanted: [Endpoint: Node] = [:]
        var violations: [String] = []
        var isKind = false

        init(seed: UInt64) {
            self.generator = SeededGenerator(seed: seed)
            self.reconciler = Reconciler(
                configuration: .init(
                    maximumConcurrentConnects: Self.slots,
                    connectTimeout: .seconds(10),
                    backoff: Backoff(),
                    budget: ConnectBudget(perSecond: 2, atOnce: 2)
                ),
                seed: seed
            )
        }

        mutating func perform(_ actions: [Reconciler.Action]) {
            for action in actions {
                switch action {
                case .connect(let node, let id):
                    let endpoint = node.endpoint
                    if self.connecting[endpoint] != nil { self.violations.append("two connects to \(endpoint)") }
                    if self.disconnecting.values.contains(where: { $0.isSame(as: node) }) {
                        self.violations.append("connect during disconnect")
                    }
                    if self.links.values.contains(where: { $0.isSame(as: node) }) {
                        self.violations.append("connect to the connected \(endpoint)")
                    }
                    if self.links(to: endpoint).count > 1 { self.violations.append("a third link to \(endpoint)") }
                    if self.wanted[endpoint] == nil { self.violations.append("connect to the unwanted \(endpoint)") }
                    self.connecting[endpoint] = (node, id, false)
                case .disconnect(let node, let reason, let id):
                    if self.links.removeValue(forKey: id) == nil { self.violations.append("disconnect without a link") }
                    if self.disconnecting.updateValue(node, forKey: id) != nil {
                        self.violations.append("two disconnects")
                    }
                    let isWanted = self.wanted[node.endpoint] != nil
                    if isWanted, reason == .replaced, self.links(to: node.endpoint).isEmpty {
                        self.violations.append("a link was given up for an instance that has not answered")
                    }
                case .cancelDisconnect(let id):
                    if self.disconnecting.removeValue(forKey: id) == nil {
                        self.violations.append("a disconnect is given up that is none")
                    }
                case .linkUp:
                    break
                case .connectOverdue(let node):
                    self.connecting[node.endpoint]?.isOverdue = true
                case .cancelConnect, .linkDown, .connectFailed, .connectRefused, .foundSelf:
                    break
                }
            }
            let running = self.connecting.values.count { !$0.isOverdue }
            if running > Self.slots { self.violations.append("\(running) connects at once") }
            if running != self.reconciler.runningConnects { self.violations.append("slots are miscounted") }
            if self.reconciler.connectedCount != self.links.count { self.violations.append("links are miscounted") }
        }

        /// Whether each is linked once, as the instance that is wanted.
        func isWhole(_ peers: [Node]) -> Bool {
            self.links.count == peers.count
                && peers.allSatisfy { peer in
                    self.links(to: peer.endpoint).map { self.links[$0]?.instance } == [
                        self.wanted[peer.endpoint]?.instance
                    ]
                }
        }

        func links(to endpoint: Endpoint) -> [Reconciler.ConnectID] {
            self.links.filter { $0.value.endpoint == endpoint }.map(\.key)
        }

        mutating func advance(by duration: Duration) {
            self.now = self.now.advanced(by: duration)
            self.perform(self.reconciler.timerFired(at: self.now))
        }

        mutating func answer(_ endpoint: Endpoint, succeeds: Bool) {
            guard let attempt = self.connecting[endpoint] else { return }
            if succeeds {
                self.connecting[endpoint] = nil
                self.links[attempt.id] = attempt.node
                self.perform(self.reconciler.connectSucceeded(attempt.id, at: self.now))
            } else {
                self.connecting[endpoint] = nil
                let isRefusal = Bool.random(using: &self.generator) && !self.isKind
                self.perform(
                    self.reconciler.connectFailed(
                        attempt.id,
                        message: "no",
                        refusal: isRefusal ? .otherInstance : nil,
                        at: self.now
                    )
                )
            }
        }

        mutating func finishDisconnect(_ endpoint: Endpoint) {
            guard let id = self.disconnecting.first(where: { $0.value.endpoint == endpoint })?.key else { return }
            self.disconnecting[id] = nil
            self.perform(self.reconciler.disconnectFinished(id, at: self.now))
        }

        mutating func anything(among peers: [Node]) {
            var node = peers[Int.random(in: 0..<peers.count, using: &self.generator)]
            let endpoint = node.endpoint
            switch Int.random(in: 0..<12, using: &self.generator) {
            case 0, 1:
                node.instance = self.wanted[endpoint]?.instance ?? node.instance
                self.wanted[endpoint] = node
                self.perform(self.reconciler.want(node, at: self.now))
            case 2:
                node.instance = .random(using: &self.generator)
                self.wanted[endpoint] = node
                self.perform(self.reconciler.want(node, at: self.now))
            case 3:
                self.wanted[endpoint] = nil
                self.perform(self.reconciler.unwant(endpoint, reason: .lost, at: self.now))
            case 4:
                if let node = self.reconciler[endpoint]?.node {
                    self.perform(self.reconciler.relink(node, at: self.now))
                }
            case 5:
                // Whether it is still wanted then is the reconciler's word: it keeps it only if there is a link.
                self.perform(self.reconciler.keep(endpoint, reason: .notWanted, at: self.now))
                self.wanted[endpoint] = nil
            case 6, 7:
                self.answer(endpoint, succeeds: true)
            case 8:
                self.answer(endpoint, succeeds: false)
            case 9:
                self.finishDisconnect(endpoint)
            case 10:
                guard let id = self.links(to: endpoint).randomElement(using: &self.generator) else { return }
                self.links[id] = nil
                self.perform(self.reconciler.linkClosed(id, reason: nil, at: self.now))
            default:
                self.advance(by: .milliseconds(Int.random(in: 1...5_000, using: &self.generator)))
            }
        }
    }

    @Test(
        "Whatever happens: never two calls for one peer, never too many at once, in the end all are linked",
        arguments: UInt64(0)..<200
    )
    func anything(seed: UInt64) throws {
        let peers = try (0..<World.peerCount).map { try peer($0) }
        var world = World(seed: seed)
        for _ in 0..<400 { world.anything(among: peers) }
        #expect(world.violations.isEmpty)

        // From now on the world is kind; what was refused comes as its next instance.
        world.isKind = true
        for var node in peers {
            guard case .refused = world.reconciler[node.endpoint]?.phase else { continue }
            node.instance = .random(using: &world.generator)
            world.wanted[node.endpoint] = node
            world.perform(world.reconciler.want(node, at: world.now))
        }
        for node in peers where world.wanted[node.endpoint] == nil {
            world.wanted[node.endpoint] = node
            world.perform(world.reconciler.want(node, at: world.now))
        }
        for _ in 0..<200 where !world.isWhole(peers) {
            for node in peers {
                world.finishDisconnect(node.endpoint)
                world.answer(node.endpoint, succeeds: true)
            }
            world.advance(by: .seconds(1))
        }
        #expect(world.isWhole(peers))
        #expect(world.violations.isEmpty)

        for node in peers { world.perform(world.reconciler.unwant(node.endpoint, reason: .shutdown, at: world.now)) }
        while let node = world.disconnecting.values.first { world.finishDisconnect(node.endpoint) }
        #expect(world.reconciler.isEmpty)
    }
}

extension Node {
    fileprivate func isSame(as other: Node) -> Bool {
        self.endpoint == other.endpoint && self.instance == other.instance
    }
}
