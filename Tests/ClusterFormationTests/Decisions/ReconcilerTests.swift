import Testing

@testable import ClusterFormation

@Suite struct ReconcilerTests {
    private func reconciler(slots: Int = 8) -> Reconciler {
        Reconciler(
            configuration: .init(
                maximumConcurrentConnects: slots,
                connectTimeout: .seconds(10),
                backoff: Backoff(initial: .milliseconds(100), maximum: .seconds(30))
            ),
            seed: 1
        )
    }

    private func connectID(_ actions: [Reconciler.Action]) throws -> Reconciler.ConnectID {
        try #require(
            actions.compactMap { if case .connect(_, let id) = $0 { id } else { nil } }.first
        )
    }

    /// A peer whose link came up at the start.
    private func connected(_ node: Node, _ reconciler: inout Reconciler) throws -> Reconciler.ConnectID {
        let id = try self.connectID(reconciler.want(node, at: .start))
        #expect(reconciler.connectSucceeded(id, at: .start) == [.linkUp(node, after: .zero)])
        return id
    }

    // MARK: Once each

    @Test("A peer is handed over once, however often it is wanted")
    func once() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        #expect(reconciler.want(node, at: .start).isEmpty)
        #expect(reconciler.connectSucceeded(id, at: .start).isEmpty)
        #expect(reconciler.connectedCount == 1)
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A failed connect is tried again after a wait, and not before")
    func retry() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        let actions = reconciler.connectFailed(id, message: "no", isLocalNode: false, at: .start)
        guard case .connectFailed(node, failures: 1, retryIn: let delay, message: "no") = actions.first else {
            Issue.record("it was not said that the connect failed: \(actions)")
            return
        }
        #expect(delay <= .milliseconds(100))
        #expect(reconciler.want(node, at: .start).isEmpty)
        let deadline = Instant.start.advanced(by: delay)
        #expect(reconciler.timerFired(at: deadline.advanced(by: .nanoseconds(-1))).isEmpty)
        #expect(try self.connectID(reconciler.timerFired(at: deadline)) != id)
    }

    @Test("Waits grow, stay below the maximum, and differ")
    func backoff() throws {
        var reconciler = self.reconciler()
        var now = Instant.start
        var id = try self.connectID(reconciler.want(peer(1), at: now))
        var delays: [Duration] = []
        for _ in 0..<40 {
            let actions = reconciler.connectFailed(id, message: "no", isLocalNode: false, at: now)
            guard case .connectFailed(_, _, let delay, _) = actions.first else { continue }
            delays.append(delay)
            now = now.advanced(by: delay)
            id = try self.connectID(reconciler.timerFired(at: now))
        }
        #expect(delays.count == 40)
        for (index, delay) in delays.enumerated() {
            #expect(delay <= min(.seconds(30), .milliseconds(100) * (1 << min(index, 20))))
        }
        #expect(Set(delays).count > 35)
        #expect(delays.suffix(30).reduce(.zero, +) / 30 > .seconds(8))
    }

    // MARK: Deadlines and cancellation

    @Test("A connect that takes too long is cancelled, gives its slot back, and is not doubled")
    func overdue() throws {
        var reconciler = self.reconciler(slots: 1)
        let (slow, other) = (try peer(1), try peer(2))
        let id = try self.connectID(reconciler.want(slow, at: .start))
        #expect(reconciler.want(other, at: .start).isEmpty)
        #expect(reconciler.nextDeadline == .seconds(10))
        let actions = reconciler.timerFired(at: .seconds(10))
        #expect(actions.prefix(2) == [.connectOverdue(slow), .cancelConnect(id)])
        #expect(actions.count == 3)
        // It ignores its cancellation: the other one connects meanwhile, the slow one is not tried a second time.
        _ = reconciler.connectSucceeded(try self.connectID(actions), at: .seconds(11))
        #expect(reconciler.timerFired(at: .seconds(100)).isEmpty)
        #expect(reconciler.want(slow, at: .seconds(100)).isEmpty)
        let late = reconciler.connectFailed(id, message: "cancelled", isLocalNode: false, at: .seconds(100))
        guard case .connectFailed(slow, failures: 1, retryIn: _, message: let message) = late.first else {
            Issue.record("it was not said that the connect failed: \(late)")
            return
        }
        #expect(message.contains("10"))
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A connect that succeeds though it was cancelled is a link all the same")
    func lateSuccess() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        _ = reconciler.timerFired(at: .seconds(10))
        #expect(reconciler.connectSucceeded(id, at: .seconds(12)) == [.linkUp(node, after: .seconds(12))])
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A connect to a peer that is lost is cancelled, and a link that it made yet is ended")
    func lostWhileConnecting() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        #expect(reconciler.unwant(node.endpoint, reason: .lost, at: .start) == [.cancelConnect(id)])
        #expect(reconciler.unwant(node.endpoint, reason: .lost, at: .start).isEmpty)
        let actions = reconciler.connectSucceeded(id, at: .start)
        #expect(actions.contains(.disconnect(node, .lost, id)))
        #expect(!reconciler.isEmpty)
        #expect(reconciler.disconnectFinished(id, at: .start).isEmpty)
        #expect(reconciler.isEmpty)
    }

    @Test("A peer that comes back while its connect is being cancelled is tried again at once")
    func backWhileCancelling() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start)
        #expect(reconciler.want(node, at: .start).isEmpty)
        let actions = reconciler.connectFailed(id, message: "cancelled", isLocalNode: false, at: .start)
        #expect(actions.count == 1)
        #expect(try self.connectID(actions) != id)
    }

    // MARK: Links that break

    @Test("A link that breaks after a while is made again at once")
    func brokenLink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        let actions = reconciler.linkClosed(id, reason: "reset", at: .seconds(60))
        #expect(actions.first == .linkDown(node, reason: "reset"))
        #expect(try self.connectID(actions) != id)
        #expect(reconciler.linkClosed(id, reason: "late word", at: .seconds(60)).isEmpty)
    }

    @Test("A peer that accepts and closes again and again is backed off from")
    func flappingLink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        var now = Instant.start
        var id = try self.connected(node, &reconciler)
        var waits = 0
        for _ in 0..<20 {
            var actions = reconciler.linkClosed(id, reason: nil, at: now)
            if case .waiting(let until) = reconciler[node.endpoint]?.phase {
                waits += 1
                now = until
                actions = reconciler.timerFired(at: now)
            }
            id = try self.connectID(actions)
            _ = reconciler.connectSucceeded(id, at: now)
        }
        #expect(waits == 19)
        // Then it lives long enough to be trusted again.
        let actions = reconciler.linkClosed(id, reason: nil, at: now.advanced(by: .seconds(10)))
        #expect(try self.connectID(actions) != id)
    }

    @Test("A link that breaks before its connect returned is up and down at once")
    func closedBeforeUp() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        #expect(reconciler.linkClosed(id, reason: "gone", at: .start).isEmpty)
        let actions = reconciler.connectSucceeded(id, at: .start)
        #expect(actions.first == .linkUp(node, after: .zero))
        #expect(actions.contains(.linkDown(node, reason: "closed")))
        #expect(reconciler.connectedCount == 0)
    }

    @Test("A link that is only kept is not made again")
    func keptLink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        #expect(reconciler.keep(node.endpoint, reason: .lost, at: .start).isEmpty)
        #expect(reconciler.linkClosed(id, reason: "reset", at: .seconds(60)) == [.linkDown(node, reason: "reset")])
        #expect(reconciler.peers.isEmpty)
    }

    @Test("A link that is kept and then wanted again is made again")
    func keptAndWantedLink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        _ = reconciler.keep(node.endpoint, reason: .lost, at: .start)
        #expect(reconciler.want(node, at: .start).isEmpty)
        #expect(try self.connectID(reconciler.linkClosed(id, reason: nil, at: .seconds(60))) != id)
    }

    @Test("Keeping a link that is not there means not to want it")
    func keepWithoutLink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        #expect(reconciler.keep(node.endpoint, reason: .notWanted, at: .start) == [.cancelConnect(id)])
    }

    // MARK: Restarts

    @Test("A restarted peer's old link is ended when the new instance has answered, and not before")
    func replaced() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        let actions = reconciler.want(new, at: .seconds(60))
        let next = try self.connectID(actions)
        #expect(actions == [.connect(new, next)])
        #expect(reconciler.connectedCount == 1)
        #expect(
            reconciler.connectSucceeded(next, at: .seconds(61)) == [
                .linkDown(old, reason: "replaced"), .disconnect(old, .replaced, id), .linkUp(new, after: .seconds(1)),
            ]
        )
        #expect(reconciler.linkClosed(id, reason: "late word", at: .seconds(61)).isEmpty)
        #expect(reconciler.connectedCount == 1)
        #expect(reconciler.disconnectFinished(id, at: .seconds(61)).isEmpty)
        #expect(reconciler.isConnected(new.endpoint))
    }

    @Test("A restart that was only claimed costs no link, and no more than one dial at a time")
    func claimedRestart() throws {
        var reconciler = self.reconciler()
        let real = try peer(1)
        let id = try self.connected(real, &reconciler)
        var now = Instant.seconds(60)
        var dials: [Reconciler.ConnectID] = []
        var actions: [Reconciler.Action] = []
        // A new instance is claimed ten times a second, for a minute; nobody answers as one of them.
        for life in UInt64(2)..<602 {
            now = now.advanced(by: .milliseconds(100))
            actions = reconciler.want(try peer(1, life: life), at: now) + reconciler.timerFired(at: now)
            for case .connect(_, let dial) in actions {
                dials.append(dial)
                actions += reconciler.connectFailed(dial, message: "wrong instance", isLocalNode: false, at: now)
            }
            for case .linkDown in actions { Issue.record("the link is gone") }
        }
        #expect(reconciler.connectedCount == 1)
        #expect(!dials.isEmpty && dials.count < 30)
        // It is wanted as itself again: nothing has happened to its link.
        #expect(reconciler.want(real, at: now).isEmpty)
        #expect(reconciler.linkClosed(id, reason: "reset", at: now).first == .linkDown(real, reason: "reset"))
    }

    @Test("When the link of the older instance breaks, the younger one is dialled at once")
    func previousBreaks() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        let dial = try self.connectID(reconciler.want(new, at: .start))
        _ = reconciler.connectFailed(dial, message: "not yet", isLocalNode: false, at: .start)
        let actions = reconciler.linkClosed(id, reason: "reset", at: .start)
        #expect(actions.first == .linkDown(old, reason: "reset"))
        #expect(actions.last == .connect(new, try self.connectID(actions)))
        #expect(reconciler.connectedCount == 0)
    }

    @Test("A peer that is wanted as the instance whose link was put aside has one link in the end")
    func backToThePrevious() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        // While the other one is dialled ...
        let dial = try self.connectID(reconciler.want(new, at: .start))
        #expect(reconciler.want(old, at: .start) == [.cancelConnect(dial)])
        // ... which answers all the same.
        let actions = reconciler.connectSucceeded(dial, at: .start)
        #expect(actions.last == .disconnect(new, .replaced, dial))
        #expect(reconciler.connectedCount == 1)
        _ = reconciler.disconnectFinished(dial, at: .start)
        #expect(reconciler.linkClosed(id, reason: nil, at: .seconds(60)).count == 2)
    }

    @Test("A peer that is lost loses both links", arguments: [true, false])
    func bothAreDropped(isDialling: Bool) throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        let dial = try self.connectID(reconciler.want(new, at: .start))
        if !isDialling { _ = reconciler.connectFailed(dial, message: "no", isLocalNode: false, at: .start) }
        let actions = reconciler.unwant(new.endpoint, reason: .lost, at: .start)
        #expect(actions.contains(.disconnect(old, .lost, id)))
        #expect(actions.contains(.cancelConnect(dial)) == isDialling)
        if isDialling { _ = reconciler.connectFailed(dial, message: "cancelled", isLocalNode: false, at: .start) }
        _ = reconciler.disconnectFinished(id, at: .start)
        #expect(reconciler.isEmpty)
        #expect(reconciler.connectedCount == 0)
    }

    @Test("A link that was put aside is kept when nobody vouches for the younger instance", arguments: [true, false])
    func previousIsKept(isDialling: Bool) throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        let dial = try self.connectID(reconciler.want(new, at: .start))
        if !isDialling { _ = reconciler.connectFailed(dial, message: "no", isLocalNode: false, at: .start) }
        #expect(reconciler.keep(new.endpoint, reason: .lost, at: .start) == (isDialling ? [.cancelConnect(dial)] : []))
        if isDialling { _ = reconciler.connectFailed(dial, message: "cancelled", isLocalNode: false, at: .start) }
        #expect(reconciler.connectedCount == 1)
        #expect(reconciler.nextDeadline.map { reconciler.timerFired(at: $0) } ?? [] == [])
        #expect(reconciler.linkClosed(id, reason: "reset", at: .seconds(60)) == [.linkDown(old, reason: "reset")])
        #expect(reconciler.isEmpty)
    }

    // MARK: Disconnects

    @Test("A disconnect that takes too long is given up, and holds up nobody")
    func overdueDisconnect() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        _ = reconciler.relink(node, at: .start)
        #expect(reconciler.timerFired(at: Instant.seconds(10).advanced(by: .nanoseconds(-1))).isEmpty)
        let actions = reconciler.timerFired(at: .seconds(10))
        #expect(actions.first == .cancelDisconnect(id))
        #expect(actions.count == 2)
        guard case .waiting = reconciler[node.endpoint]?.phase else {
            Issue.record("it is not to be dialled again")
            return
        }
        #expect(reconciler.disconnectFinished(id, at: .seconds(11)).isEmpty)
    }

    @Test("The end waits for disconnects, and for none longer than it may take")
    func endWaitsForDisconnects() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connected(old, &reconciler)
        _ = reconciler.want(new, at: .start)
        let dial = Reconciler.ConnectID(rawValue: id.rawValue + 1)
        _ = reconciler.connectSucceeded(dial, at: .start)
        _ = reconciler.unwant(new.endpoint, reason: .shutdown, at: .seconds(1))
        #expect(reconciler.timerFired(at: .seconds(10)) == [.cancelDisconnect(id)])
        #expect(!reconciler.isEmpty)
        #expect(reconciler.timerFired(at: .seconds(11)) == [.cancelDisconnect(dial)])
        #expect(reconciler.isEmpty)
    }

    // MARK: Restarts during a connect

    @Test("A peer that restarts while it is being connected is connected anew when the old connect has ended")
    func replacedWhileConnecting() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connectID(reconciler.want(old, at: .start))
        #expect(reconciler.want(new, at: .start) == [.cancelConnect(id)])
        #expect(reconciler.want(new, at: .start).isEmpty)
        let actions = reconciler.connectFailed(id, message: "cancelled", isLocalNode: false, at: .start)
        #expect(actions == [.connect(new, try self.connectID(actions))])
    }

    @Test("A link to the old life that came up too late is kept until the new one has answered")
    func replacedButConnected() throws {
        var reconciler = self.reconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try self.connectID(reconciler.want(old, at: .start))
        _ = reconciler.want(new, at: .start)
        let actions = reconciler.connectSucceeded(id, at: .start)
        #expect(actions.first == .linkUp(old, after: .zero))
        #expect(actions.last == .connect(new, try self.connectID(actions)))
        #expect(
            reconciler.connectSucceeded(try self.connectID(actions), at: .start).contains(
                .disconnect(old, .replaced, id)
            )
        )
    }

    @Test("A restart forgets the failures of the old life")
    func replacedWhileWaiting() throws {
        var reconciler = self.reconciler()
        let id = try self.connectID(reconciler.want(peer(1), at: .start))
        _ = reconciler.connectFailed(id, message: "no", isLocalNode: false, at: .start)
        #expect(try self.connectID(reconciler.want(peer(1, life: 2), at: .start)) != id)
    }

    @Test("A peer that left but is still listed is dialled again after a wait")
    func relink() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connected(node, &reconciler)
        #expect(
            reconciler.relink(node, at: .start) == [
                .linkDown(node, reason: "peerLeft"), .disconnect(node, .peerLeft, id),
            ]
        )
        guard case .connectFailed = reconciler.disconnectFinished(id, at: .start).first else {
            Issue.record("it does not wait")
            return
        }
        #expect(reconciler.nextDeadline != nil)
    }

    @Test("A younger instance than the one that left does not wait")
    func relinkToYounger() throws {
        var reconciler = self.reconciler()
        let id = try self.connected(try peer(1), &reconciler)
        _ = reconciler.relink(try peer(1, life: nil), at: .start)
        #expect(reconciler.want(try peer(1, life: 2), at: .start).isEmpty)
        _ = try self.connectID(reconciler.disconnectFinished(id, at: .start))
    }

    @Test("Whoever comes after the instance that left is dialled after a wait")
    func relinkToWhoever() throws {
        var reconciler = self.reconciler()
        let whoever = try peer(1, life: nil)
        let id = try self.connected(try peer(1), &reconciler)
        _ = reconciler.relink(whoever, at: .start)
        #expect(reconciler.disconnectFinished(id, at: .start).count == 1)
        let due = try #require(reconciler.nextDeadline)
        guard case .connect(whoever, _) = reconciler.timerFired(at: due).first else {
            Issue.record("the one that left is dialled")
            return
        }
    }

    @Test("Deadlines of peers that came and went are swept")
    func deadlinesAreSwept() throws {
        var reconciler = self.reconciler()
        var most = 0
        for number in 0..<20_000 {
            let node = try peer(number)
            for case .connect(_, let id) in reconciler.want(node, at: .start) {
                _ = reconciler.connectFailed(id, message: "no", isLocalNode: false, at: .start)
            }
            _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start)
            most = max(most, reconciler.deadlineCount)
        }
        #expect(reconciler.peers.isEmpty)
        #expect(most <= 1_026)
    }

    @Test("The local node under another name is not tried again")
    func localNodeRefused() throws {
        var reconciler = self.reconciler()
        let node = try peer(1)
        let id = try self.connectID(reconciler.want(node, at: .start))
        #expect(reconciler.connectFailed(id, message: "", isLocalNode: true, at: .start) == [.foundSelf(node)])
        #expect(reconciler.peers.isEmpty)
    }

    // MARK: Slots

    @Test("Newcomers leave slots free for those who just lost a link")
    func slotsForTheProven() throws {
        var reconciler = self.reconciler(slots: 8)
        let proven = try peer(1)
        let id = try self.connected(proven, &reconciler)
        for number in 100..<200 { _ = reconciler.want(try peer(number), at: .start) }
        #expect(reconciler.runningConnects == 6)
        #expect(try self.connectID(reconciler.linkClosed(id, reason: nil, at: .seconds(60))) != id)
        #expect(reconciler.runningConnects == 7)
    }

    @Test("Those who fail again and again leave slots free for newcomers")
    func slotsForTheNew() throws {
        var reconciler = self.reconciler(slots: 8)
        var now = Instant.start
        // All of them swallow packets: each connect runs into its deadline.
        var running = try (100..<200).flatMap { reconciler.want(try peer($0), at: now) }
        for _ in 0..<40 {
            now = now.advanced(by: .seconds(10))
            let actions = reconciler.timerFired(at: now)
            var next: [Reconciler.Action] = []
            for case .connect(_, let id) in running {
                next += reconciler.connectFailed(id, message: "timeout", isLocalNode: false, at: now)
            }
            running = actions + next
        }
        #expect(reconciler.peers.count == 100 && reconciler.peers.values.allSatisfy { $0.failures > 0 })
        #expect(reconciler.runningConnects == 4)
        #expect(try self.connectID(reconciler.want(peer(1), at: now)).rawValue > 0)
    }

    @Test("Proven peers that are gone for good do not keep newcomers out")
    func goneForGood() throws {
        var reconciler = self.reconciler(slots: 8)
        var links: [Reconciler.ConnectID] = []
        for number in 100..<200 { links.append(try self.connected(peer(number), &reconciler)) }
        var now = Instant.seconds(60)
        var running = links.flatMap { reconciler.linkClosed($0, reason: "power cut", at: now) }
        for _ in 0..<40 {
            now = now.advanced(by: .seconds(10))
            let actions = reconciler.timerFired(at: now)
            var next: [Reconciler.Action] = []
            for case .connect(_, let id) in running {
                next += reconciler.connectFailed(id, message: "timeout", isLocalNode: false, at: now)
            }
            running = actions + next
        }
        #expect(reconciler.runningConnects == 4)
        #expect(try self.connectID(reconciler.want(peer(1), at: now)).rawValue > 0)
    }

    @Test("A flood of peers that come and go leaves nothing behind")
    func floodLeavesNothing() throws {
        var reconciler = self.reconciler(slots: 2)
        for number in 0..<60_000 {
            let node = try peer(number)
            _ = reconciler.want(node, at: .start)
            if number > 100 { _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start) }
        }
        #expect(reconciler.peers.count <= 101)
        #expect(reconciler.queuedEntries < 2_100)
    }
}
