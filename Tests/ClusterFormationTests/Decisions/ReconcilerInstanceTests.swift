import Testing

@testable import ClusterFormation

/// One instance follows another at an endpoint, or is said to; and links are ended.
@Suite struct ReconcilerInstanceTests {
    /// A link to the older instance beside which the younger one is being dialled, or waits after a failure.
    private func replacing(_ old: Node, with new: Node, isDialling: Bool) throws
        -> (reconciler: Reconciler, link: Reconciler.ConnectID, dial: Reconciler.ConnectID)
    {
        var reconciler = makeReconciler()
        let link = try connected(old, &reconciler)
        let dial = try connectID(reconciler.want(new, at: .start))
        if !isDialling { _ = reconciler.connectFailed(dial, message: "no", at: .start) }
        return (reconciler, link, dial)
    }

    // MARK: Restarts

    @Test("A restarted peer's old link is ended when the new instance has answered, and not before")
    func replaced() throws {
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connected(old, &reconciler)
        let actions = reconciler.want(new, at: .seconds(60))
        let next = try connectID(actions)
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
        var reconciler = makeReconciler()
        let real = try peer(1)
        let id = try connected(real, &reconciler)
        var now = Instant.seconds(60)
        var dials: [Reconciler.ConnectID] = []
        var actions: [Reconciler.Action] = []
        // A new instance is claimed ten times a second, for a minute; nobody answers as one of them.
        for life in UInt64(2)..<602 {
            now = now.advanced(by: .milliseconds(100))
            actions = reconciler.want(try peer(1, life: life), at: now) + reconciler.timerFired(at: now)
            for case .connect(_, let dial) in actions {
                dials.append(dial)
                actions += reconciler.connectFailed(dial, message: "wrong instance", at: now)
            }
            for case .linkDown in actions { Issue.record("the link is gone") }
        }
        #expect(reconciler.connectedCount == 1)
        #expect(!dials.isEmpty && dials.count < 30)
        // It is wanted as itself again: nothing has happened to its link.
        #expect(reconciler.want(real, at: now).isEmpty)
        #expect(reconciler.linkClosed(id, reason: "reset", at: now).first == .linkDown(real, reason: "reset"))
    }

    @Test("An instance in whose place another one answers is not tried again; the next instance is")
    func refused() throws {
        var reconciler = makeReconciler()
        let (known, next) = (try peer(1), try peer(1, life: 2))
        let dial = try connectID(reconciler.want(known, at: .start))
        let actions = reconciler.connectFailed(dial, message: "another", refusal: .otherInstance, at: .start)
        #expect(actions == [.connectRefused(known, message: "another")])
        #expect(reconciler.nextDeadline.map { $0 > .seconds(9) } ?? true)
        #expect(reconciler.want(known, at: .seconds(1)).isEmpty)
        #expect(reconciler.timerFired(at: .seconds(86_400)).isEmpty)
        #expect(try reconciler.want(next, at: .seconds(86_400)) == [.connect(next, .init(rawValue: dial.rawValue + 1))])
    }

    @Test("A claimed instance that is refused leaves the link of the real one, which is taken up again")
    func refusedClaim() throws {
        var reconciler = makeReconciler()
        let (real, claimed) = (try peer(1), try peer(1, life: 2))
        _ = try connected(real, &reconciler)
        let dial = try connectID(reconciler.want(claimed, at: .seconds(60)))
        _ = reconciler.connectFailed(dial, message: "another", refusal: .otherInstance, at: .seconds(60))
        #expect(reconciler.connectedCount == 1)
        // One claim after the other makes no more dials than failures would.
        #expect(reconciler.want(try peer(1, life: 3), at: .seconds(60)).isEmpty)
        #expect(reconciler.want(real, at: .seconds(61)).isEmpty)
        #expect(reconciler.isConnected(real.endpoint))
        #expect(reconciler.timerFired(at: .seconds(86_400)).isEmpty)
    }

    @Test("When the link breaks beside which an instance was refused, that one is dialled")
    func refusedAndThenAlone() throws {
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connected(old, &reconciler)
        let dial = try connectID(reconciler.want(new, at: .start))
        _ = reconciler.connectFailed(dial, message: "not yet", refusal: .otherInstance, at: .start)
        let actions = reconciler.linkClosed(id, reason: "reset", at: .start)
        #expect(actions.last == .connect(new, try connectID(actions)))
    }

    @Test("A peer that nobody knows an instance of is tried again after a refusal like any other")
    func refusedWithoutInstance() throws {
        var reconciler = makeReconciler()
        let dial = try connectID(reconciler.want(try peer(1, life: nil), at: .start))
        let actions = reconciler.connectFailed(dial, message: "another", refusal: .otherInstance, at: .start)
        guard case .connectFailed(_, failures: 1, _, message: "another") = actions.first else {
            Issue.record("it was not a failure: \(actions)")
            return
        }
    }

    @Test("When the link of the older instance breaks, the younger one is dialled at once")
    func previousBreaks() throws {
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connected(old, &reconciler)
        let dial = try connectID(reconciler.want(new, at: .start))
        _ = reconciler.connectFailed(dial, message: "not yet", at: .start)
        let actions = reconciler.linkClosed(id, reason: "reset", at: .start)
        #expect(actions.first == .linkDown(old, reason: "reset"))
        #expect(actions.last == .connect(new, try connectID(actions)))
        #expect(reconciler.connectedCount == 0)
    }

    @Test("A peer that is wanted as the instance whose link was put aside has one link in the end")
    func backToThePrevious() throws {
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connected(old, &reconciler)
        // While the other one is dialled ...
        let dial = try connectID(reconciler.want(new, at: .start))
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
        let (old, new) = (try peer(1), try peer(1, life: 2))
        var (reconciler, id, dial) = try self.replacing(old, with: new, isDialling: isDialling)
        let actions = reconciler.unwant(new.endpoint, reason: .lost, at: .start)
        #expect(actions.contains(.disconnect(old, .lost, id)))
        #expect(actions.contains(.cancelConnect(dial)) == isDialling)
        if isDialling { _ = reconciler.connectFailed(dial, message: "cancelled", at: .start) }
        _ = reconciler.disconnectFinished(id, at: .start)
        #expect(reconciler.isEmpty)
        #expect(reconciler.connectedCount == 0)
    }

    @Test("A link that was put aside is kept when nobody vouches for the younger instance", arguments: [true, false])
    func previousIsKept(isDialling: Bool) throws {
        let (old, new) = (try peer(1), try peer(1, life: 2))
        var (reconciler, id, dial) = try self.replacing(old, with: new, isDialling: isDialling)
        #expect(reconciler.keep(new.endpoint, reason: .lost, at: .start) == (isDialling ? [.cancelConnect(dial)] : []))
        if isDialling { _ = reconciler.connectFailed(dial, message: "cancelled", at: .start) }
        #expect(reconciler.connectedCount == 1)
        #expect(reconciler.nextDeadline.map { reconciler.timerFired(at: $0) } ?? [] == [])
        #expect(reconciler.linkClosed(id, reason: "reset", at: .seconds(60)) == [.linkDown(old, reason: "reset")])
        #expect(reconciler.isEmpty)
    }

    // MARK: Disconnects

    @Test("A disconnect that takes too long is given up, and holds up nobody")
    func overdueDisconnect() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
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
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connected(old, &reconciler)
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
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connectID(reconciler.want(old, at: .start))
        #expect(reconciler.want(new, at: .start) == [.cancelConnect(id)])
        #expect(reconciler.want(new, at: .start).isEmpty)
        let actions = reconciler.connectFailed(id, message: "cancelled", at: .start)
        #expect(actions == [.connect(new, try connectID(actions))])
    }

    @Test("A link to the old life that came up too late is kept until the new one has answered")
    func replacedButConnected() throws {
        var reconciler = makeReconciler()
        let (old, new) = (try peer(1), try peer(1, life: 2))
        let id = try connectID(reconciler.want(old, at: .start))
        _ = reconciler.want(new, at: .start)
        let actions = reconciler.connectSucceeded(id, at: .start)
        #expect(actions.first == .linkUp(old, after: .zero))
        #expect(actions.last == .connect(new, try connectID(actions)))
        #expect(
            reconciler.connectSucceeded(try connectID(actions), at: .start).contains(
                .disconnect(old, .replaced, id)
            )
        )
    }

    @Test("A restart forgets the failures of the old life")
    func replacedWhileWaiting() throws {
        var reconciler = makeReconciler()
        let id = try connectID(reconciler.want(peer(1), at: .start))
        _ = reconciler.connectFailed(id, message: "no", at: .start)
        #expect(try connectID(reconciler.want(peer(1, life: 2), at: .start)) != id)
    }

    @Test("A peer that left but is still listed is dialled again after a wait")
    func relink() throws {
        var reconciler = makeReconciler()
        let node = try peer(1)
        let id = try connected(node, &reconciler)
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
        var reconciler = makeReconciler()
        let id = try connected(try peer(1), &reconciler)
        _ = reconciler.relink(try peer(1, life: nil), at: .start)
        #expect(reconciler.want(try peer(1, life: 2), at: .start).isEmpty)
        _ = try connectID(reconciler.disconnectFinished(id, at: .start))
    }

    @Test("Whoever comes after the instance that left is dialled after a wait")
    func relinkToWhoever() throws {
        var reconciler = makeReconciler()
        let whoever = try peer(1, life: nil)
        let id = try connected(try peer(1), &reconciler)
        _ = reconciler.relink(whoever, at: .start)
        #expect(reconciler.disconnectFinished(id, at: .start).count == 1)
        let due = try #require(reconciler.nextDeadline)
        guard case .connect(whoever, _) = reconciler.timerFired(at: due).first else {
            Issue.record("the one that left is dialled")
            return
        }
    }
}
