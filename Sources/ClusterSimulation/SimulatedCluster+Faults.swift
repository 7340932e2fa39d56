internal import ClusterAnnouncements
internal import ClusterFormation

extension SimulatedCluster {
    /// A node says goodbye and ends.
    public func leave(_ node: Int) {
        guard self.isRunning(node) else { return }
        let now = Instant(nanoseconds: self.now)
        let (farewell, processID) = self.withNode(node) { ($0.machine.stamp(.leave, at: now), $0.processID) }
        self.send(farewell, processID: processID, from: node, at: self.now)
        self.end(node)
    }

    /// A node's process is killed; the server sees its session end, unless the node is cut off.
    public func crash(_ node: Int) {
        guard self.withNode(node, { $0.process != .none }) else { return }
        self.end(node)
    }

    /// A node's process is started again on the same endpoint, as another instance.
    ///
    /// One that still runs is killed first.
    public func restart(_ node: Int) {
        self.crash(node)
        let machine = self.makeMachine(node)
        self.withNode(node) { $0.machine = machine }
        self.begin(node)
    }

    /// A node's process is stopped, as by SIGSTOP; what it is sent waits for it.
    public func freeze(_ node: Int) {
        guard self.isRunning(node) else { return }
        self.disturb()
        self.runningCount -= 1
        self.withNode(node) { $0.process = .frozen }
    }

    /// A frozen node goes on: it reads what it was sent meanwhile.
    public func thaw(_ node: Int) {
        guard self.withNode(node, { $0.process == .frozen }) else { return }
        self.disturb()
        self.runningCount += 1
        let now = self.now
        let (unread, unseen, hasLostSession) = self.withNode(node) { state in
            state.process = .running
            state.reachableSince = now
            state.postponeAppointments(to: now)
            defer { (state.unread, state.unseen, state.hasLostSession) = ([], [], false) }
            return (state.unread, state.unseen, state.hasLostSession)
        }
        // What it reads now was true when it was said.
        self.isReadingBacklog = true
        for message in unread {
            self.call(node) { machine, now in
                machine.received(message.envelope, processID: message.processID, at: now)
            }
        }
        self.isReadingBacklog = false
        for event in unseen { self.handle(event) }
        // The timers and answers that it waited for are overdue, and come when time goes on.
        if hasLostSession { self.loseSession(of: node) }
    }

    /// Cuts nodes off from the server for a time; neither side notices at once.
    public func cutOff(_ nodes: some Sequence<Int>, for duration: Duration) {
        self.disturb()
        for node in nodes {
            self.withNode(node) { $0.cuts += 1 }
            self.events.insert(.heal(node: node), at: self.now + duration.inNanoseconds)
        }
    }

    /// Stops the server, and with it all sessions, and starts it again after a time.
    public func restartServer(after downtime: Duration) {
        self.disturb()
        self.server.stop(at: self.now)
        // What was waiting there is gone.
        self.deliveries.removeAll()
        self.events.insert(.serverIsBack, at: self.now + downtime.inNanoseconds)
        for node in 0..<self.nodeCount {
            let process = self.withNode(node) { state in
                guard state.processID != 0 else { return SimulatedNode.Process.none }
                // Who is cut off does not see the connection end, and finds out by itself.
                if state.isCutOff { return .none }
                if state.process == .frozen { state.hasLostSession = true }
                return state.process
            }
            if process == .running { self.loseSession(of: node) }
        }
    }

    /// Sets the server's clock: forward, or back where the duration is negative.
    public func stepClock(by step: Duration) {
        self.disturb()
        self.server.clockStep += step.inNanoseconds
    }

    private func isRunning(_ node: Int) -> Bool {
        self.withNode(node) { $0.process == .running }
    }

    private func end(_ node: Int) {
        self.disturb()
        let (processID, isOfThisLife) = self.withNode(node) { ($0.processID, !$0.hasLostSession) }
        if isOfThisLife { self.closeSession(processID, of: node, at: self.now) }
        let wasRunning = self.withNode(node) { state in
            let wasRunning = state.process == .running
            state.process = .none
            state.processID = 0
            state.epoch += 1
            state.forgetAppointments()
            (state.unread, state.unseen, state.hasLostSession) = ([], [], false)
            return wasRunning
        }
        if wasRunning { self.runningCount -= 1 }
    }

    /// The node's side of the session is closed; the server sees it at once, or after a while where the way is cut.
    func closeSession(_ processID: Int32, of node: Int, at moment: Int64) {
        guard processID != 0, self.server.holds(processID) else { return }
        let isCutOff = self.withNode(node) { $0.isCutOff }
        guard isCutOff else { return self.server.closeSession(processID) }
        self.events.insert(
            .endStaleSession(processID: processID),
            at: moment + self.configuration.server.noticesLossAfter.inNanoseconds
        )
    }
}
