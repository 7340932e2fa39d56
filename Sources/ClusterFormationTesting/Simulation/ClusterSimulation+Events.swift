internal import ClusterAnnouncements
internal import ClusterFormation

extension ClusterSimulation {
    func handle(_ event: Event) {
        if let number = event.awaitingNode {
            let isSeen = self.withNode(number) { node in
                if node.process == .frozen { node.unseen.append(event) }
                return node.process != .frozen
            }
            guard isSeen else { return }
        }
        switch event {
        case .start(let node): self.begin(node)
        case .wake(let node): self.wake(node)
        case .openSession(let node, let epoch): self.openSession(of: node, epoch: epoch)
        case .sessionOpened(let node, let epoch): self.sessionOpened(of: node, epoch: epoch)
        case .delivery(let notification): self.deliver(notification)
        case .probeAnswered(let node, let epoch):
            self.call(node, epoch: epoch) { machine, now in
                machine.probeSucceeded(at: now)
                return []
            }
        case .presenceAnswered(let node, let epoch):
            let present = self.server.presentKeys()
            self.call(node, epoch: epoch) { machine, now in machine.presence(present, at: now) }
        case .endStaleSession(let processID, let key): self.server.closeSession(processID, showing: key)
        case .heal(let node): self.heal(node)
        case .serverIsBack: self.server.resume()
        }
    }

    // MARK: Sessions

    func begin(_ number: Int) {
        self.disturb()
        self.runningCount += 1
        let (instance, epoch) = self.withNode(number) { node in
            node.process = .running
            node.epoch += 1
            return (node.machine.local, node.epoch)
        }
        self.nodeByInstance[instance] = number
        self.openSession(of: number, epoch: epoch)
    }

    private func openSession(of number: Int, epoch: Int) {
        guard self.isCurrent(number, epoch: epoch) else { return }
        self.events.insert(
            .sessionOpened(node: number, epoch: epoch),
            at: self.now + self.configuration.server.opening.inNanoseconds
        )
    }

    private func sessionOpened(of number: Int, epoch: Int) {
        guard self.isCurrent(number, epoch: epoch) else { return }
        guard self.server.isUp, !self.withNode(number, { $0.isCutOff }) else {
            return self.retry(number, epoch: epoch)
        }
        let key = self.withNode(number) { AnnouncementProtocol.presenceKey(of: $0.machine.local) }
        let processID = self.server.openSession(showing: key)
        self.figures.sessionsOpened += 1
        let now = self.now
        self.withNode(number) { ($0.processID, $0.reachableSince) = (processID, now) }
        self.call(number, epoch: epoch) { machine, now in
            machine.sessionOpened(processID: processID, at: now)
        }
    }

    /// Waits before the next attempt as the strategy does: exponentially, with full jitter, longer in a larger cluster.
    private func retry(_ number: Int, epoch: Int) {
        let (attempts, members) = self.withNode(number) { node in
            node.failedAttempts += 1
            return (node.failedAttempts - 1, node.machine.peerCount + 1)
        }
        let first = min(5, max(0.2, Double(members) * 0.005))
        let ceiling = min(15, first * Double(1 << min(attempts, 16)))
        let wait = Int64(Double.random(in: 0...ceiling, using: &self.generator) * 1e9)
        self.events.insert(.openSession(node: number, epoch: epoch), at: self.now + wait)
    }

    /// The node knows that its session is gone.
    func loseSession(of number: Int) {
        let now = self.now
        let epoch = self.withNode(number) { node in
            node.processID = 0
            node.epoch += 1
            node.machine.sessionLost(at: Instant(nanoseconds: now))
            return node.epoch
        }
        self.retry(number, epoch: epoch)
    }

    /// A node reaches the server again; whose session is gone there hears of it now.
    private func heal(_ number: Int) {
        let (server, now) = (self.server, self.now)
        let hasLostSession = self.withNode(number) { node in
            node.cuts -= 1
            node.reachableSince = now
            guard !node.isCutOff, node.processID != 0, !server.holds(node.processID) else { return false }
            if node.process == .frozen { node.hasLostSession = true }
            return node.process == .running
        }
        if hasLostSession { self.loseSession(of: number) }
    }

    private func isCurrent(_ number: Int, epoch: Int) -> Bool {
        self.withNode(number) { $0.epoch == epoch && $0.process != .none }
    }

    // MARK: Calls

    /// Calls a node's machine, unless what it is called for is void; what comes back does what it asks for.
    func call(
        _ number: Int,
        epoch: Int?,
        _ body: (inout AnnouncementProtocol, Instant) -> [AnnouncementProtocol.Action]
    ) {
        let now = self.now
        let (actions, wake) = self.withNode(number) { node in
            guard node.process == .running, epoch == nil || epoch == node.epoch else {
                return ([AnnouncementProtocol.Action](), Int64?.none)
            }
            let actions = body(&node.machine, Instant(nanoseconds: now))
            return (actions, node.takeWake(after: now))
        }
        if let wake { self.events.insert(.wake(node: number), at: wake) }
        for action in actions { self.perform(action, of: number) }
    }

    private func wake(_ number: Int) {
        let now = self.now
        let isDue = self.withNode(number) { node in
            // An earlier call has been put in its place, or it is frozen and will be called when it is thawed.
            guard node.wakeAt <= now, node.process == .running else { return false }
            node.wakeAt = .max
            return true
        }
        guard isDue else { return }
        self.call(number, epoch: nil) { machine, now in
            guard let deadline = machine.nextDeadline, deadline <= now else { return [] }
            return machine.timerFired(at: now)
        }
    }

    // MARK: The medium

    func perform(_ action: AnnouncementProtocol.Action, of number: Int) {
        switch action {
        case .send(let envelope):
            self.send(envelope, from: number)
        case .sendRoster(let entries):
            for envelope in self.pack(entries, from: number) { self.send(envelope, from: number) }
        case .lost(let peer, let reason):
            self.noteLoss(of: peer, reason: reason)
        case .proven:
            self.withNode(number) { $0.failedAttempts = 0 }
        case .sessionSilent:
            self.figures.sessionsGivenUp += 1
            self.closeSession(of: number)
            self.loseSession(of: number)
        case .probe:
            self.ask(number) { .probeAnswered(node: number, epoch: $0) }
        case .inspectPresence:
            self.figures.presenceLooks += 1
            self.ask(number) { .presenceAnswered(node: number, epoch: $0) }
        case .found, .endpointConflict, .dropped:
            break
        }
    }

    /// A question goes to the server and its answer comes back, unless the way is cut.
    private func ask(_ number: Int, _ answer: (Int) -> Event) {
        let (epoch, isCutOff) = self.withNode(number) { ($0.epoch, $0.isCutOff) }
        guard !isCutOff else { return }
        let wait = self.configuration.server.latency.inNanoseconds * 2
        self.events.insert(answer(epoch), at: self.now + wait)
    }

    func send(_ envelope: Envelope, from number: Int) {
        let (processID, isCutOff) = self.withNode(number) { ($0.processID, $0.isCutOff) }
        guard processID != 0 else { return }
        switch envelope.message {
        case .announce: self.figures.announcements += 1
        case .roster: self.figures.rosterMessages += 1
        case .leave: self.figures.leaves += 1
        case .absent: self.figures.absences += 1
        }
        if self.now <= 10_000_000_000 { self.figures.sentInFirstTenSeconds += 1 }
        guard !isCutOff, self.server.isUp else { return }
        let notification = SimulatedServer.Notification(
            envelope: envelope,
            processID: processID,
            life: self.server.life
        )
        self.events.insert(.delivery(notification), at: self.server.take(at: self.now))
    }

    /// Cuts a roster into messages as the codec does, by about as many bytes as an entry's text takes.
    private func pack(_ entries: [Roster.Entry], from number: Int) -> [Envelope] {
        var envelopes: [Envelope] = []
        var chunk: [Roster.Entry] = []
        var bytes = 0
        func finish() {
            guard !chunk.isEmpty else { return }
            let (sender, sequence) = self.withNode(number) { ($0.machine.local, $0.machine.takeSequence()) }
            envelopes.append(
                Envelope(sender: sender, sequence: sequence, message: .roster(Roster(entries: chunk)))
            )
            (chunk, bytes) = ([], 0)
        }
        for entry in entries {
            // The instance's 32 digits, the names of the fields and their numbers.
            let size =
                92 + entry.endpoint.host.utf8.count
                + entry.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
            if bytes + size > 7_900 { finish() }
            chunk.append(entry)
            bytes += size
        }
        finish()
        return envelopes
    }

    private func deliver(_ notification: SimulatedServer.Notification) {
        guard notification.life == self.server.life else { return }
        for delivery in self.tellEverybody(notification) {
            self.figures.wakeUps += delivery.wakeUps
            self.figures.largestTable = max(self.figures.largestTable, delivery.largestTable)
            for reaction in delivery.reactions {
                switch reaction {
                case .act(let node, let action): self.perform(action, of: node)
                case .wake(let node, let moment): self.events.insert(.wake(node: node), at: moment)
                }
            }
        }
    }

    private func tellEverybody(_ notification: SimulatedServer.Notification) -> [NodeShard.Delivery] {
        let (now, loss, expected) = (self.now, self.configuration.lossProbability, self.runningCount - 1)
        let deliveries = ParallelShards.map(self.shards) { shard in
            shard.deliver(notification, at: now, lossProbability: loss, expectedPeers: expected)
        }
        let complete = deliveries.reduce(0) { $0 + $1.complete }
        if self.figures.convergence == nil, complete == self.runningCount {
            self.figures.convergence = .nanoseconds(now - self.disturbedAt)
        }
        return deliveries
    }

    private func noteLoss(of peer: Node, reason: LossReason) {
        guard reason != .left else { return }
        self.figures.suspicions += 1
        guard let instance = peer.instance, let number = self.nodeByInstance[instance] else { return }
        let now = self.now
        let isAlive = self.withNode(number) { $0.machine.local == instance && $0.isKnownToLive(at: now) }
        if isAlive, !self.isReadingBacklog { self.figures.falseSuspicions += 1 }
    }
}
