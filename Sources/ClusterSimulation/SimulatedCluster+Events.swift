internal import ClusterAnnouncements
internal import ClusterFormation

extension SimulatedCluster {
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
        case .openSession(let node, let epoch): self.openSession(of: node, epoch: epoch)
        case .sessionOpened(let node, let epoch): self.sessionOpened(of: node, epoch: epoch)
        case .endStaleSession(let processID): self.server.closeSession(processID)
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
            return self.retry(number, epoch: epoch, at: self.now)
        }
        let key = self.withNode(number) { $0.presenceKey }
        let processID = self.server.openSession(showing: key)
        self.figures.sessionsOpened += 1
        let now = self.now
        self.withNode(number) { ($0.processID, $0.reachableSince) = (processID, now) }
        let moment = self.moment(at: now)
        self.call(number) { machine, now in
            machine.sessionOpened(processID: processID, openedAt: moment, at: now)
        }
    }

    /// Waits before the next attempt, as in production.
    private func retry(_ number: Int, epoch: Int, at moment: Int64) {
        var (backoff, members) = self.withNode(number) { ($0.backoff, $0.machine.peerCount + 1) }
        let wait = backoff.next(after: .connectionLost, members: members, using: &self.generator)
        self.withNode(number) { $0.backoff = backoff }
        self.events.insert(.openSession(node: number, epoch: epoch), at: moment + wait.inNanoseconds)
    }

    /// The node knows that its session is gone.
    func loseSession(of number: Int) {
        let now = self.now
        let epoch = self.withNode(number) { node in
            node.loseSession(at: now)
            return node.epoch
        }
        self.retry(number, epoch: epoch, at: now)
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

    /// Calls a running node's machine; what comes back does what it asks for.
    func call(_ number: Int, _ body: (inout AnnouncementProtocol, Instant) -> [AnnouncementProtocol.Action]) {
        let (now, surroundings) = (self.now, self.surroundings)
        let reactions = self.withNode(number) { node in
            node.process == .running ? node.call(at: now, surroundings, body) : []
        }
        for reaction in reactions { self.perform(reaction, of: number, at: now) }
    }

    // MARK: The medium

    /// What a node has done concerns others, too.
    func perform(_ reaction: SimulatedNode.Reaction, of number: Int, at moment: Int64) {
        switch reaction {
        case .sent(let envelope, let processID):
            self.send(envelope, processID: processID, from: number, at: moment)
        case .lost(let peer, let reason):
            self.noteLoss(of: peer, reason: reason, at: moment)
        case .gaveSessionUp(let processID, let epoch):
            self.figures.sessionsGivenUp += 1
            self.closeSession(processID, of: number, at: moment)
            self.retry(number, epoch: epoch, at: moment)
        case .looked:
            self.figures.presenceLooks += 1
        }
    }

    func send(_ envelope: Envelope, processID: Int32, from number: Int, at moment: Int64) {
        guard processID != 0 else { return }
        switch envelope.message {
        case .announce, .observe: self.figures.announcements += 1
        case .roster: self.figures.rosterMessages += 1
        case .leave: self.figures.leaves += 1
        case .absent: self.figures.absences += 1
        }
        if moment <= 10_000_000_000 { self.figures.sentInFirstTenSeconds += 1 }
        guard self.server.isUp, !self.withNode(number, { $0.isCutOff }) else { return }
        // Where sessions were given up meanwhile the server is faster than was foreseen.
        let arrival = max(self.server.take(at: moment), self.now)
        self.deliveries.append(SimulatedServer.Delivery(envelope: envelope, processID: processID, at: arrival))
    }

    private func noteLoss(of peer: Node, reason: LossReason, at moment: Int64) {
        guard reason != .left else { return }
        self.figures.suspicions += 1
        guard let instance = peer.instance, let number = self.nodeByInstance[instance] else { return }
        let isAlive = self.withNode(number) { $0.machine.local == instance && $0.isKnownToLive(at: moment) }
        if isAlive, !self.isReadingBacklog { self.figures.falseSuspicions += 1 }
    }
}
