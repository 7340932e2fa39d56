import Testing

@testable import ClusterFormation

@Suite struct ReconcilerTests {
    // MARK: Once each

    @Test("A peer is handed over once, however often it is wanted")
    func once() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
        #expect(reconciler.want(node, at: .start).isEmpty)
        #expect(reconciler.connectSucceeded(id, at: .start).isEmpty)
        #expect(reconciler.connectedCount == 1)
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A failed connect is tried again after a wait, and not before")
    func retry() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
        let actions = reconciler.connectFailed(id, message: "no", at: .start)
        guard case .connectFailed(node, failures: 1, retryIn: let delay, message: "no") = actions.first else {
            Issue.record("it was not said that the connect failed: \(actions)")
            return
        }
        #expect(delay <= .milliseconds(100))
        #expect(reconciler.want(node, at: .start).isEmpty)
        let deadline = Instant.start.advanced(by: delay)
        #expect(reconciler.timerFired(at: deadline.advanced(by: .nanoseconds(-1))).isEmpty)
        #expect(try connectID(reconciler.timerFired(at: deadline)) != id)
    }

    @Test(
        "Waits grow, stay below the maximum, and differ; a stranger's maximum is four times as long",
        arguments: [1, 4]
    )
    func backoff(patience: Int) throws {
        var reconciler = makeReconciler()
        var now = Instant.start
        var id: Reconciler.ConnectID
        if patience == 1 {
            id = try connected(peer(1), &reconciler)
            now = .seconds(60)
            id = try connectID(reconciler.linkClosed(id, reason: nil, at: now))
        } else {
            id = try connectID(reconciler.want(peer(1), at: now))
        }
        var delays: [Duration] = []
        for _ in 0..<40 {
            let actions = reconciler.connectFailed(id, message: "no", at: now)
            guard case .connectFailed(_, _, let delay, _) = actions.first else { continue }
            delays.append(delay)
            now = now.advanced(by: delay)
            id = try connectID(reconciler.timerFired(at: now))
        }
        #expect(delays.count == 40)
        for (index, delay) in delays.enumerated() {
            // The link that broke counts as a first failure.
            let doublings = min(patience == 1 ? index + 1 : index, 20)
            #expect(delay <= min(.seconds(30) * patience, .milliseconds(100) * (1 << doublings)))
        }
        #expect(Set(delays).count > 35)
        #expect(delays.suffix(30).reduce(.zero, +) / 30 > .seconds(8))
    }

    // MARK: Deadlines and cancellation

    @Test("A connect that takes too long is cancelled, gives its slot back, and is not doubled")
    func overdue() throws {
        var reconciler = makeReconciler(slots: 1)
        let (slow, other) = (try peer(1), try peer(2))
        let id = try connectID(reconciler.want(slow, at: .start))
        #expect(reconciler.want(other, at: .start).isEmpty)
        #expect(reconciler.nextDeadline == .seconds(10))
        let actions = reconciler.timerFired(at: .seconds(10))
        #expect(actions.prefix(2) == [.connectOverdue(slow), .cancelConnect(id)])
        #expect(actions.count == 3)
        // It ignores its cancellation: the other one connects meanwhile, the slow one is not tried a second time.
        _ = reconciler.connectSucceeded(try connectID(actions), at: .seconds(11))
        #expect(reconciler.timerFired(at: .seconds(100)).isEmpty)
        #expect(reconciler.want(slow, at: .seconds(100)).isEmpty)
        let late = reconciler.connectFailed(id, message: "cancelled", at: .seconds(100))
        guard case .connectFailed(slow, failures: 1, retryIn: _, message: let message) = late.first else {
            Issue.record("it was not said that the connect failed: \(late)")
            return
        }
        #expect(message.contains("10"))
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A connect that succeeds though it was cancelled is a link all the same")
    func lateSuccess() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
        _ = reconciler.timerFired(at: .seconds(10))
        #expect(reconciler.connectSucceeded(id, at: .seconds(12)) == [.linkUp(node, after: .seconds(12))])
        #expect(reconciler.runningConnects == 0)
    }

    @Test("A connect to a peer that is lost is cancelled, and a link that it made yet is ended")
    func lostWhileConnecting() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
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
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
        _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start)
        #expect(reconciler.want(node, at: .start).isEmpty)
        let actions = reconciler.connectFailed(id, message: "cancelled", at: .start)
        #expect(actions.count == 1)
        #expect(try connectID(actions) != id)
    }

    // MARK: Links that break

    @Test("A link that breaks after a while is made again at once")
    func brokenLink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
        let actions = reconciler.linkClosed(id, reason: "reset", at: .seconds(60))
        #expect(actions.first == .linkDown(node, reason: "reset"))
        #expect(try connectID(actions) != id)
        #expect(reconciler.linkClosed(id, reason: "late word", at: .seconds(60)).isEmpty)
    }

    @Test("A peer that accepts and closes again and again is backed off from")
    func flappingLink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        var now = Instant.start
        var id = try connected(node, &reconciler)
        var waits = 0
        for _ in 0..<20 {
            var actions = reconciler.linkClosed(id, reason: nil, at: now)
            if case .waiting(let until) = reconciler[node.endpoint]?.phase {
                waits += 1
                now = until
                actions = reconciler.timerFired(at: now)
            }
            id = try connectID(actions)
            _ = reconciler.connectSucceeded(id, at: now)
        }
        #expect(waits == 19)
        // Then it lives long enough to be trusted again.
        let actions = reconciler.linkClosed(id, reason: nil, at: now.advanced(by: .seconds(10)))
        #expect(try connectID(actions) != id)
    }

    @Test("A link that is only kept is not made again")
    func keptLink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
        #expect(reconciler.keep(node.endpoint, reason: .lost, at: .start).isEmpty)
        #expect(reconciler.linkClosed(id, reason: "reset", at: .seconds(60)) == [.linkDown(node, reason: "reset")])
        #expect(reconciler.peers.isEmpty)
    }

    @Test("A link that is kept and then wanted again is made again")
    func keptAndWantedLink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
        _ = reconciler.keep(node.endpoint, reason: .lost, at: .start)
        #expect(reconciler.want(node, at: .start).isEmpty)
        #expect(try connectID(reconciler.linkClosed(id, reason: nil, at: .seconds(60))) != id)
    }

    @Test("Keeping a link that is not there means not to want it")
    func keepWithoutLink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
        #expect(reconciler.keep(node.endpoint, reason: .notWanted, at: .start) == [.cancelConnect(id)])
    }

    // MARK: What is left behind

    @Test("Deadlines of peers that came and went are swept")
    func deadlinesAreSwept() throws {
        var reconciler = makeReconciler()
        var most = 0
        for number in 0..<20_000 {
            let node = try peer(number)
            for case .connect(_, let id) in reconciler.want(node, at: .start) {
                _ = reconciler.connectFailed(id, message: "no", at: .start)
            }
            _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start)
            most = max(most, reconciler.deadlineCount)
        }
        #expect(reconciler.peers.isEmpty)
        #expect(most <= 1_026)
    }

    @Test("The local node under another name is not tried again")
    func localNodeRefused() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connectID(reconciler.want(node, at: .start))
        #expect(reconciler.connectFailed(id, message: "", refusal: .localNode, at: .start) == [.foundSelf(node)])
        #expect(reconciler.peers.isEmpty)
    }

    // MARK: Slots

    @Test("Newcomers leave slots free for those who just lost a link")
    func slotsForTheProven() throws {
        var reconciler = makeReconciler(slots: 8)
        let proven = try peer(1)
        let id = try connected(proven, &reconciler)
        for number in 100..<200 { _ = reconciler.want(try peer(number), at: .start) }
        #expect(reconciler.runningConnects == 6)
        #expect(try connectID(reconciler.linkClosed(id, reason: nil, at: .seconds(60))) != id)
        #expect(reconciler.runningConnects == 7)
    }

    @Test("Those who fail again and again leave slots free for newcomers")
    func slotsForTheNew() throws {
        var reconciler = makeReconciler(slots: 8)
        var now = Instant.start
        // All of them swallow packets: each connect runs into its deadline.
        var running = try (100..<200).flatMap { reconciler.want(try peer($0), at: now) }
        for _ in 0..<40 {
            now = now.advanced(by: .seconds(10))
            let actions = reconciler.timerFired(at: now)
            var next: [Reconciler.Action] = []
            for case .connect(_, let id) in running {
                next += reconciler.connectFailed(id, message: "timeout", at: now)
            }
            running = actions + next
        }
        #expect(reconciler.peers.count == 100 && reconciler.peers.values.allSatisfy { $0.failures > 0 })
        #expect(reconciler.runningConnects == 4)
        #expect(try connectID(reconciler.want(peer(1), at: now)).rawValue > 0)
    }

    @Test("Proven peers that are gone for good do not keep newcomers out")
    func goneForGood() throws {
        var reconciler = makeReconciler(slots: 8)
        var links: [Reconciler.ConnectID] = []
        for number in 100..<200 { links.append(try connected(peer(number), &reconciler)) }
        var now = Instant.seconds(60)
        var running = links.flatMap { reconciler.linkClosed($0, reason: "power cut", at: now) }
        for _ in 0..<40 {
            now = now.advanced(by: .seconds(10))
            let actions = reconciler.timerFired(at: now)
            var next: [Reconciler.Action] = []
            for case .connect(_, let id) in running {
                next += reconciler.connectFailed(id, message: "timeout", at: now)
            }
            running = actions + next
        }
        #expect(reconciler.runningConnects == 4)
        #expect(try connectID(reconciler.want(peer(1), at: now)).rawValue > 0)
    }

    @Test("A flood of peers that come and go leaves nothing behind")
    func floodLeavesNothing() throws {
        var reconciler = makeReconciler(slots: 2)
        for number in 0..<60_000 {
            let node = try peer(number)
            _ = reconciler.want(node, at: .start)
            if number > 100 { _ = reconciler.unwant(node.endpoint, reason: .lost, at: .start) }
        }
        #expect(reconciler.peers.count <= 101)
        #expect(reconciler.queuedEntries < 2_100)
    }
}
