import Testing

@testable import ClusterFormation

@Suite struct ClusterMachineTests {
    /// A machine that runs, and a connector that does what it is told when the test says so.
    private struct Subject {
        var machine: ClusterMachine
        var effects: [ClusterMachine.Effect] = []

        init(
            strategies: [String] = ["a", "b"],
            _ configure: (inout ClusterConfiguration) throws -> Void = { _ in }
        ) throws {
            var configuration = ClusterConfiguration()
            try configure(&configuration)
            self.machine = ClusterMachine(
                localNode: try localNode(metadata: ["zone": "a"]),
                strategies: strategies,
                configuration: configuration,
                seed: 1
            )
            self.machine.started(at: .start)
        }

        mutating func found(_ node: Node, by strategy: Int = 0, at now: Instant = .start) {
            self.effects += self.machine.report(.found(node), by: strategy, at: now)
        }

        mutating func lost(_ node: Node, _ reason: LossReason, by strategy: Int = 0, at now: Instant = .start) {
            self.effects += self.machine.report(.lost(node, reason), by: strategy, at: now)
        }

        /// The connects that were begun since the last call.
        mutating func takeConnects() -> [(node: Node, id: Reconciler.ConnectID)] {
            defer { self.effects.removeAll { if case .connect = $0 { true } else { false } } }
            return self.effects.compactMap { if case .connect(let node, let id) = $0 { (node, id) } else { nil } }
        }

        /// Lets every connect succeed whose peer is among the given ones, or any.
        @discardableResult
        mutating func connectAll(
            at now: Instant = .start,
            where isReachable: (Node) -> Bool = { _ in true }
        ) -> [Endpoint: Reconciler.ConnectID] {
            var links: [Endpoint: Reconciler.ConnectID] = [:]
            for (node, id) in self.takeConnects() where isReachable(node) {
                self.effects += self.machine.connectSucceeded(id, at: now)
                links[node.endpoint] = id
            }
            return links
        }

        /// All events but those of who vouches: ``ProvenanceTests`` has them.
        var events: [ClusterEvent] {
            self.effects.compactMap { effect in
                guard case .event(let event) = effect else { return nil }
                if case .peerVouchersChanged = event { return nil }
                return event
            }
        }

        var disconnects: [Node] {
            self.effects.compactMap { if case .disconnect(let node, _, _) = $0 { node } else { nil } }
        }

        /// Lets every disconnect end that was begun since the last call.
        mutating func finishDisconnects(at now: Instant) {
            let ids = self.effects.compactMap { if case .disconnect(_, _, let id) = $0 { id } else { nil } }
            self.effects.removeAll { if case .disconnect = $0 { true } else { false } }
            for id in ids { self.effects += self.machine.disconnectFinished(id, at: now) }
        }

        func link(to node: Node) -> ClusterStatus.Peer.LinkState? {
            self.machine.status(at: .start).peers.first { $0.node.endpoint == node.endpoint }?.link
        }
    }

    @Test("Evidence before the start and during the end changes nothing")
    func evidenceAtTheWrongTime() throws {
        var machine = ClusterMachine(
            localNode: try localNode(),
            strategies: ["a"],
            configuration: ClusterConfiguration(),
            seed: 1
        )
        #expect(machine.report(.found(try peer(1)), by: 0, at: .start).isEmpty)
        machine.started(at: .start)
        _ = machine.saysGoodbye(at: .start)
        #expect(machine.phase == .stopping)
        #expect(machine.report(.found(try peer(1)), by: 0, at: .start).isEmpty)
        #expect(machine.knownCount == 0)
    }

    @Test(
        "A peer is discovered, connected, kept when it expires, and forgotten with its link without being dialled again"
    )
    func lifeOfAPeer() throws {
        var subject = try Subject()
        let node = try peer(1)
        subject.found(node)
        let links = subject.connectAll()
        subject.lost(node, .expired)
        #expect(subject.link(to: node) == .connected)
        let id = try #require(links[node.endpoint])
        subject.effects += subject.machine.linkClosed(id, reason: "reset", at: .seconds(60))
        #expect(
            subject.events == [
                .peerDiscovered(node), .peerConnected(node), .peerUnvouched(node, .expired),
                .peerDisconnected(node, reason: "reset"), .peerForgotten(node, .expired),
            ]
        )
        #expect(subject.takeConnects().isEmpty)
        #expect(subject.machine.knownCount == 0)
    }

    @Test("A peer that expired and came back is dialled again when its link breaks")
    func backFromExpiry() throws {
        var subject = try Subject()
        let node = try peer(1)
        subject.found(node)
        let links = subject.connectAll()
        subject.lost(node, .expired)
        subject.found(node)
        let id = try #require(links[node.endpoint])
        subject.effects += subject.machine.linkClosed(id, reason: nil, at: .seconds(60))
        #expect(subject.takeConnects().count == 1)
    }

    @Test("Other living nodes with this node's endpoint are told of once, and are not connected")
    func localEndpointConflict() throws {
        var subject = try Subject()
        var node = try localNode()
        for life in 1...100 {
            node.instance = InstanceID(high: 9, low: UInt64(life))
            subject.found(node)
        }
        #expect(subject.events == [.endpointConflict(node.endpoint, isLocal: true)])
        #expect(subject.takeConnects().isEmpty)
    }

    @Test("A conflict that a strategy sees takes the same way, whether it is about this node or about two peers")
    func reportedConflict() throws {
        var subject = try Subject()
        let (local, other) = (try localNode(), try peer(1))
        for strategy in [0, 1, 0] {
            subject.effects += subject.machine.report(.conflict(other.endpoint), by: strategy, at: .start)
            subject.effects += subject.machine.report(.conflict(local.endpoint), by: strategy, at: .start)
        }
        var twin = local
        twin.instance = InstanceID(high: 9, low: 9)
        subject.found(twin)
        #expect(
            subject.events == [
                .endpointConflict(other.endpoint, isLocal: false), .endpointConflict(local.endpoint, isLocal: true),
            ]
        )
        #expect(subject.machine.knownCount == 0, "a conflict finds nobody")
    }

    @Test("The local node under another name is forgotten, and not dialled again")
    func alias() throws {
        var subject = try Subject()
        let node = try peer(1, life: nil)
        for _ in 0..<3 {
            subject.effects += subject.machine.report(.replaceAll([node]), by: 0, at: .start)
            for (_, id) in subject.takeConnects() {
                subject.effects += subject.machine.connectFailed(id, message: "", refusal: .localNode, at: .start)
            }
        }
        #expect(
            subject.events == [
                .strategyChanged(name: "a", .active), .peerDiscovered(node), .peerForgotten(node, .localNode),
            ]
        )
    }

    // MARK: Conditions

    @Test("A whole list is proof of a strategy that says nothing of itself")
    func listIsProof() throws {
        var subject = try Subject()
        #expect(!subject.machine.readiness(minimumPeers: 0, graceTime: .zero, at: .start).isReady)
        _ = subject.machine.report(.replaceAll([]), by: 1, at: .start)
        #expect(subject.machine.status(at: .start).strategies.map(\.condition) == [.starting, .active])
        #expect(subject.machine.readiness(minimumPeers: 0, graceTime: .zero, at: .start).isReady)
        _ = subject.machine.strategyFailed("thrown", at: 1)
        #expect(subject.machine.status(at: .start).strategies[1].condition.code == "strategy_failed")
        _ = subject.machine.report(.replaceAll([]), by: 1, at: .start)
        #expect(subject.machine.status(at: .start).strategies[1].condition == .active)
    }

    @Test("What a strategy says of itself is not overruled by its lists")
    func ownWords() throws {
        var subject = try Subject()
        let condition = StrategyCondition.impaired(code: "pooler", message: "use a direct connection")
        _ = subject.machine.report(.condition(condition), by: 0, at: .start)
        _ = subject.machine.report(.replaceAll([]), by: 0, at: .start)
        #expect(subject.machine.status(at: .start).strategies[0].condition == condition)
    }

    @Test("A strategy's words are made fit for one line")
    func conditionText() throws {
        var subject = try Subject()
        let condition = StrategyCondition.impaired(
            code: "bad\ncode",
            message: String(repeating: "x\u{1b}", count: 1_000)
        )
        _ = subject.machine.report(.condition(condition), by: 0, at: .start)
        let told = subject.machine.status(at: .start).strategies[0].condition
        #expect(told.code == "bad code")
        #expect((told.message?.count ?? 0) <= 303)
        #expect(told.message?.contains("\u{1b}") == false)
    }

    @Test("Readiness asks for peers until the grace time is over, and says what is missing")
    func readiness() throws {
        var subject = try Subject()
        _ = subject.machine.report(.active, by: 0)
        let early = subject.machine.readiness(minimumPeers: 1, graceTime: .seconds(30), at: .seconds(29))
        #expect(!early.isReady)
        #expect(early.reasons.first?.contains("0 of at least 1") == true)
        #expect(subject.machine.readiness(minimumPeers: 1, graceTime: .seconds(30), at: .seconds(30)).isReady)
        subject.found(try peer(1))
        subject.connectAll()
        #expect(subject.machine.readiness(minimumPeers: 1, graceTime: .seconds(30), at: .start).isReady)
        // An outage later on does not make it unready, though it is told of.
        _ = subject.machine.report(.impaired(code: "unreachable", message: "down"), by: 0)
        let later = subject.machine.readiness(minimumPeers: 1, graceTime: .zero, at: .seconds(60))
        #expect(later.isReady)
        #expect(later.reasons.contains { $0.contains("unreachable") })
        _ = subject.machine.shutDown(at: .seconds(60))
        #expect(!subject.machine.readiness(minimumPeers: 0, graceTime: .zero, at: .seconds(60)).isReady)
    }

    // MARK: Bounded links

    @Test("A newcomer that can't be reached displaces no link that works")
    func unreachableNewcomer() throws {
        var subject = try Subject { $0.linkPolicy = .bounded(links: 3) }
        for number in 0..<3 { subject.found(try peer(number)) }
        subject.connectAll()
        // Of a hundred newcomers some are chosen; none of them answers.
        for number in 100..<200 { subject.found(try peer(number)) }
        #expect(!subject.takeConnects().isEmpty)
        #expect(subject.disconnects.isEmpty)
        #expect(subject.machine.connectedCount == 3)
    }

    @Test("A link that the policy has no use for is closed when another is up in its place")
    func displacedLink() throws {
        var subject = try Subject { $0.linkPolicy = .bounded(links: 3) }
        for number in 0..<200 {
            subject.found(try peer(number))
            subject.connectAll()
            #expect(subject.machine.connectedCount <= 3)
        }
        #expect(subject.machine.connectedCount == 3)
        #expect(!subject.disconnects.isEmpty)
        let connected = subject.machine.status(at: .start).connectedPeers.map(\.endpoint)
        let local = try localNode().endpoint
        let best = try (0..<200).map { try peer($0).endpoint }
            .sorted { LinkSelection.weight(local, $0) > LinkSelection.weight(local, $1) }.prefix(3)
        #expect(Set(connected) == Set(best))
    }

    @Test("A displaced link that breaks is not made again; one that is chosen again is")
    func displacedLinkBreaks() throws {
        var subject = try Subject { $0.linkPolicy = .bounded(links: 1) }
        let local = try localNode().endpoint
        let nodes = try (0..<2).map { try peer($0) }
            .sorted { LinkSelection.weight(local, $0.endpoint) < LinkSelection.weight(local, $1.endpoint) }
        let (worse, better) = (nodes[0], nodes[1])
        subject.found(worse)
        let links = subject.connectAll()
        subject.found(better)
        #expect(subject.takeConnects().map(\.node) == [better])
        let id = try #require(links[worse.endpoint])
        subject.effects += subject.machine.linkClosed(id, reason: nil, at: .seconds(60))
        #expect(subject.takeConnects().isEmpty)
        #expect(subject.link(to: worse) == .notWanted)
        subject.lost(better, .expired)
        #expect(subject.takeConnects().map(\.node) == [worse])
    }

    @Test("A displaced peer that restarts loses the link to its old life")
    func displacedPeerRestarts() throws {
        var subject = try Subject { $0.linkPolicy = .bounded(links: 1) }
        let local = try localNode().endpoint
        let nodes = try (0..<2).map { try peer($0) }
            .sorted { LinkSelection.weight(local, $0.endpoint) < LinkSelection.weight(local, $1.endpoint) }
        subject.found(nodes[0])
        subject.connectAll()
        subject.found(nodes[1])
        var restarted = nodes[0]
        restarted.instance = InstanceID(high: 7, low: 7)
        subject.found(restarted)
        #expect(subject.disconnects == [nodes[0]])
    }

    // MARK: Links that break without a word

    @Test("A link that the connector does not have is made again; one that came up meanwhile is left alone")
    func linkCheck() throws {
        var subject = try Subject()
        let (old, new) = (try peer(1), try peer(2))
        subject.found(old)
        subject.connectAll(at: .seconds(1))
        subject.found(new, at: .seconds(20))
        subject.connectAll(at: .seconds(20))
        // The connector was asked before the second link came up, and answered after.
        subject.effects += subject.machine.checkLinks([], askedAt: .seconds(19), at: .seconds(21))
        #expect(subject.takeConnects().map(\.node) == [old])
        #expect(subject.link(to: new) == .connected)
    }

    // MARK: Claims

    @Test(
        "A claimed instance that says goodbye, or falls silent, takes no link of another with it",
        arguments: [LossReason.left, .expired]
    )
    func claimedInstanceGoes(reason: LossReason) throws {
        var subject = try Subject()
        let (real, claimed) = (try peer(1), try peer(1, life: 2))
        subject.found(real)
        subject.connectAll()
        subject.found(claimed)
        for (_, id) in subject.takeConnects() {
            subject.effects += subject.machine.connectFailed(id, message: "no", at: .start)
        }
        subject.lost(claimed, reason)
        #expect(subject.disconnects.isEmpty)
        #expect(subject.machine.connectedCount == 1)
        #expect(subject.link(to: real) == .connected)
        // Its next word sets all right again, without a dial.
        subject.found(real)
        #expect(subject.takeConnects().isEmpty)
        #expect(subject.machine.status(at: .start).connectedPeers == [real])
    }

    // MARK: The end

    @Test("The end waits for the links to be closed")
    func orderlyEnd() throws {
        var subject = try Subject()
        let node = try peer(1)
        subject.found(node)
        subject.connectAll()
        _ = subject.machine.saysGoodbye(at: .seconds(1))
        subject.effects += subject.machine.shutDown(at: .seconds(2))
        #expect(subject.disconnects == [node])
        #expect(subject.machine.phase == .stopping)
        subject.finishDisconnects(at: .seconds(3))
        #expect(subject.machine.phase == .stopped)
        #expect(subject.machine.nextDeadline == nil)
    }

    @Test("Neither a strategy that does not end nor a link that does not close holds up the other for ever")
    func boundedEnd() throws {
        var subject = try Subject { $0.shutdownTimeout = .seconds(5) }
        subject.found(try peer(1))
        subject.connectAll()
        _ = subject.machine.saysGoodbye(at: .start)
        #expect(subject.machine.nextDeadline == .seconds(5))
        subject.effects += subject.machine.timerFired(at: .seconds(5))
        #expect(subject.disconnects.count == 1)
        #expect(subject.machine.nextDeadline == .seconds(10))
        subject.effects += subject.machine.timerFired(at: .seconds(10))
        #expect(subject.machine.phase == .stopped)
    }

    @Test("Nothing is connected any more after the end began, whatever comes back late")
    func lateConnect() throws {
        var subject = try Subject()
        let node = try peer(1)
        subject.found(node)
        let id = try #require(subject.takeConnects().first?.id)
        subject.effects += subject.machine.shutDown(at: .start)
        subject.effects += subject.machine.connectSucceeded(id, at: .start)
        #expect(subject.disconnects == [node])
        subject.finishDisconnects(at: .start)
        #expect(subject.machine.phase == .stopped)
        #expect(subject.takeConnects().isEmpty)
    }

    @Test("Who drops this node because of its goodbye is not connected again")
    func droppedDuringTheGoodbye() throws {
        var subject = try Subject()
        subject.found(try peer(1))
        let id = try #require(subject.connectAll().values.first)
        _ = subject.machine.saysGoodbye(at: .seconds(60))
        subject.effects += subject.machine.linkClosed(id, reason: nil, at: .seconds(60))
        subject.effects += subject.machine.timerFired(at: .seconds(61))
        #expect(subject.takeConnects().isEmpty)
        subject.effects += subject.machine.shutDown(at: .seconds(61))
        #expect(subject.machine.phase == .stopped, "it has no link left to wait for")
    }

    @Test("A bounded policy makes no new links while those of a stopping node are closed")
    func noOtherLinksAtTheEnd() throws {
        var subject = try Subject { $0.linkPolicy = .bounded(links: 2) }
        let nodes = try (1...9).map { try peer($0) }
        for node in nodes { subject.found(node) }
        subject.connectAll()
        // They are kept for their links alone, and so forgotten with them, which makes room in the choice.
        for node in nodes where subject.link(to: node) == .connected { subject.lost(node, .expired) }
        _ = subject.takeConnects()
        subject.effects += subject.machine.shutDown(at: .seconds(1))
        #expect(subject.takeConnects().isEmpty)
        subject.finishDisconnects(at: .seconds(1))
        #expect(subject.machine.phase == .stopped)
    }

    // MARK: Floods

    @Test("A flood of addresses that swallow packets stays bounded, and a peer among them keeps its link")
    func flood() throws {
        var subject = try Subject {
            $0.maximumPeers = 100
            $0.maximumConcurrentConnects = 8
        }
        let friend = try peer(1)
        subject.found(friend)
        let id = try #require(subject.connectAll()[friend.endpoint])
        for number in 1_000..<9_000 { subject.found(try peer(number), at: .seconds(1)) }
        #expect(subject.machine.knownCount == 100)
        #expect(subject.link(to: friend) == .connected)
        #expect(subject.takeConnects().count <= 6)
        subject.effects += subject.machine.linkClosed(id, reason: nil, at: .seconds(60))
        #expect(subject.takeConnects().map(\.node) == [friend])
    }

    // MARK: Addresses

    @Test("A peer whose address is not allowed is known, shown as such, told of once, and never dialled")
    func notAllowed() throws {
        var subject = try Subject { $0.allowedEndpoints = try .networks(["10.0.0.0/24"]) }
        let (allowed, other) = (try peer(1), try peer(256))
        for _ in 0..<2 {
            subject.found(allowed)
            subject.found(other)
        }
        #expect(subject.takeConnects().map(\.node) == [allowed])
        #expect(subject.link(to: other) == .notAllowed)
        #expect(subject.effects.count { if case .notAllowed(other) = $0 { true } else { false } } == 1)
        // In its next life it is no more allowed than before.
        subject.found(try peer(256, life: 2))
        subject.lost(try peer(256, life: 2), .expired)
        subject.found(other)
        #expect(subject.takeConnects().isEmpty)
        #expect(subject.link(to: other) == .notAllowed)
    }

    @Test("One that is not allowed takes no place among a bounded number of links")
    func notAllowedIsNotChosen() throws {
        var subject = try Subject {
            $0.linkPolicy = .bounded(links: 2)
            $0.allowedEndpoints = .matching { $0.host.hasPrefix("10.0.0.") }
        }
        for number in 256..<300 { subject.found(try peer(number)) }
        for number in 1...2 { subject.found(try peer(number)) }
        #expect(try Set(subject.takeConnects().map(\.node)) == [peer(1), peer(2)])
    }

    @Test("Loopback addresses beside others are told of once")
    func loopbackBesideOthers() throws {
        var subject = try Subject()
        for host in ["127.0.0.1", "127.0.0.2", "localhost", "a.localhost", "::1"] {
            subject.found(try peer(1))
            subject.found(try Node(host: host, port: 7000))
        }
        #expect(subject.effects.count { if case .loopbackMixed = $0 { true } else { false } } == 1)
    }
}
