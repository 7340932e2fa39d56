internal import Locking
internal import Logging

/// The machine behind its lock, and the way that everything takes: lock, decide, unlock, act.
final class ClusterCore: Sendable {
    /// What needs a task of its own; the rest is done by the caller that brought it about.
    enum Work: Sendable {
        case connect(Node, Reconciler.ConnectID)
        case cancelConnect(Reconciler.ConnectID)
        case disconnect(Node, DisconnectReason, Reconciler.ConnectID)
        case cancelDisconnect(Reconciler.ConnectID)
        case abandon(Reconciler.ConnectID)
    }

    let clock: ClusterClock
    let hub: EventHub
    let work = EffectQueue<Work>()
    /// Tells the task that keeps time that a deadline has moved.
    let timer = WakeSignal()
    /// Tells that the list of peers may have changed.
    let peerChanges = ChangeSignal()
    private let metrics: ClusterMetrics
    private let log: ClusterLog
    /// What decides.
    ///
    /// Only values of their own leave the lock: a copy of the machine, or of a table of it, would make the next change copy
    /// that table while others wait for the lock.
    private let machine: Locked<ClusterMachine>
    /// Changed under the machine's lock alone, so that both are of one moment.
    private let stability: Locked<PeerStability>
    /// Held while the gauges are set, so that the last caller that sets them has the latest figures.
    private let gauges = Locked(())

    init(machine: ClusterMachine, clock: ClusterClock, hub: EventHub, metrics: ClusterMetrics, log: ClusterLog) {
        self.machine = Locked(machine)
        self.stability = Locked(PeerStability(at: clock.now))
        self.clock = clock
        self.hub = hub
        self.metrics = metrics
        self.log = log
    }

    var nextDeadline: Instant? { self.machine.withLock { $0.nextDeadline } }

    /// How many peers count for those who wait; costs nothing, unlike the whole status.
    var countedPeers: Int { self.machine.withLock { $0.countedPeers } }

    /// The list of peers, and its version.
    var peers: (version: UInt64, peers: [Node]) {
        // Sorted behind the lock.
        let (version, peers) = self.machine.withLock { ($0.listVersion, $0.unsortedPeers) }
        return (version, peers.sorted { $0.endpoint < $1.endpoint })
    }

    var status: ClusterStatus {
        let now = self.clock.now
        var status = self.machine.withLock { $0.status(at: now) }
        status.peers.sort { $0.node.endpoint < $1.node.endpoint }
        return status
    }

    func readiness(minimumPeers: Int, graceTime: Duration) -> Readiness {
        let now = self.clock.now
        return self.machine.withLock {
            $0.readiness(minimumPeers: minimumPeers, graceTime: graceTime, at: now)
        }
    }

    /// Whether the peers that count have been the same ones for a span; nil when the cluster has stopped or is about to.
    func stability(atLeast minimum: Int, for span: Duration) -> PeerStability.Verdict? {
        self.machine.withLock { machine in
            guard machine.phase == .idle || machine.phase == .running else { return nil }
            let (list, count, now) = (Self.countedList(of: machine), machine.countedPeers, self.clock.now)
            return self.stability.withLock { $0.verdict(on: list, of: count, atLeast: minimum, for: span, at: now) }
        }
    }

    /// How long ago the peers that count were others.
    var timeSinceChange: Duration {
        self.machine.withLock { machine in
            self.stability.withLock { $0.since(Self.countedList(of: machine)) }
        }.duration(to: self.clock.now)
    }

    private static func countedList(of machine: ClusterMachine) -> PeerStability.List {
        machine.linksPeers ? .connected : .known
    }

    /// True for the first caller only.
    func start() -> Bool {
        let now = self.clock.now
        let isFirst = self.machine.withLock { machine in
            guard machine.phase == .idle else { return false }
            machine.started(at: now)
            self.stability.withLock { $0.started(at: now) }
            return true
        }
        if isFirst { self.setStrategyGauges() }
        return isFirst
    }

    /// Hands something to the machine and does what it answers.
    ///
    /// - Returns: What is left to do after the end, when nobody takes work any more.
    @discardableResult
    func decide(_ event: (inout ClusterMachine, Instant) -> [ClusterMachine.Effect]) -> [Work] {
        let now = self.clock.now
        let (effects, left, missed, hasNewCounts, hasEarlierDeadline, version) = self.machine.withLock { machine in
            let before = (
                deadline: machine.nextDeadline, known: machine.knownCount, connected: machine.connectedCount,
                vouched: machine.vouchedCounts
            )
            let effects = event(&machine, now)
            // What is queued under the lock is queued in the order in which it was decided.
            let work = effects.compactMap(Self.work)
            let isTaken = self.work.append(work)
            var missed = 0
            for case .event(let event) in effects {
                self.stability.withLock { $0.happened(event, at: now) }
                missed += self.hub.emit(event)
            }
            if effects.contains(where: { if case .drained = $0 { true } else { false } }) { self.work.finish() }
            let hasNewCounts =
                (machine.knownCount, machine.connectedCount) != (before.known, before.connected)
                || machine.vouchedCounts != before.vouched
            let isEarlier = machine.nextDeadline.map { next in before.deadline.map { next < $0 } ?? true } ?? false
            return (effects, isTaken ? [] : work, missed, hasNewCounts, isEarlier, machine.listVersion)
        }
        self.peerChanges.changed(to: version)
        if hasEarlierDeadline { self.timer.wake() }
        if hasNewCounts { self.setGauges() }
        if missed > 0 { self.metrics.eventsMissed(missed) }
        for effect in effects { self.tell(effect) }
        return left
    }

    private func setGauges() {
        self.gauges.withLock { _ in
            let (known, connected, names, vouched) = self.machine.withLock {
                ($0.knownCount, $0.connectedCount, $0.names, $0.vouchedCounts)
            }
            self.metrics.peers(known: known, connected: connected)
            self.metrics.peers(of: names, vouched)
        }
    }

    private func setStrategyGauges() {
        self.gauges.withLock { _ in
            self.metrics.strategies(self.machine.withLock { $0.strategies })
        }
    }

    private static func work(_ effect: ClusterMachine.Effect) -> Work? {
        switch effect {
        case .connect(let node, let id): .connect(node, id)
        case .cancelConnect(let id): .cancelConnect(id)
        case .disconnect(let node, let reason, let id): .disconnect(node, reason, id)
        case .cancelDisconnect(let id): .cancelDisconnect(id)
        case .abandon(let id): .abandon(id)
        case .event, .linkUp, .connectFailed, .connectOverdue, .foundSelf, .refused, .notAllowed,
            .loopbackMixed, .drained:
            nil
        }
    }

    private func tell(_ effect: ClusterMachine.Effect) {
        switch effect {
        case .event(let event):
            self.metrics.event(event)
            if case .strategyChanged = event { self.setStrategyGauges() }
            self.log.event(event)
        case .connect: self.metrics.connectBegan()
        case .linkUp(let duration): self.metrics.linkUp(after: duration)
        case .connectFailed: self.metrics.connectFailed()
        case .connectOverdue(let node): self.log.connectOverdue(node)
        case .foundSelf(let node): self.log.foundSelf(node)
        case .refused:
            self.metrics.refused()
            self.log.refused()
        case .notAllowed(let node):
            self.metrics.notAllowed()
            self.log.notAllowed(node)
        case .loopbackMixed(let node): self.log.loopbackMixed(node)
        case .cancelConnect, .disconnect, .cancelDisconnect, .abandon, .drained: break
        }
    }

    func strategyRestarted(_ name: String) {
        self.metrics.strategyRestarted(name)
    }
}
