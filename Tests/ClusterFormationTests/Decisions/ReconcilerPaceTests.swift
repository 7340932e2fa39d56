import Testing

@testable import ClusterFormation

/// What strangers can make a node dial, and how fast.
@Suite struct ReconcilerPaceTests {
    /// Lets every connect fail at once and turns the clock to the next deadline, until a moment.
    private func run(
        _ reconciler: inout Reconciler,
        _ actions: [Reconciler.Action],
        until end: Instant,
        dialled: (Node, Instant) -> Void
    ) {
        var now = Instant.start
        var actions = actions
        while true {
            while !actions.isEmpty {
                var next: [Reconciler.Action] = []
                for case .connect(let node, let id) in actions {
                    dialled(node, now)
                    next += reconciler.connectFailed(id, message: "refused", at: now)
                }
                actions = next
            }
            guard let deadline = reconciler.nextDeadline, deadline <= end else { return }
            now = max(now, deadline)
            actions = reconciler.timerFired(at: now)
        }
    }

    @Test("A crowd of addresses is dialled at a stated pace, first time and again")
    func pace() throws {
        var reconciler = makeReconciler(slots: 8, budget: ConnectBudget(perSecond: 50, atOnce: 8))
        var actions: [Reconciler.Action] = []
        for number in 0..<2_000 { actions += reconciler.want(try peer(number), isHearsay: true, at: .start) }
        var bySecond: [Int: Int] = [:]
        self.run(&reconciler, actions, until: .seconds(20)) { _, now in
            bySecond[Int(now.nanoseconds / 1_000_000_000), default: 0] += 1
        }
        #expect(bySecond.count >= 20)
        #expect(bySecond.allSatisfy { second, count in count <= (second == 0 ? 58 : 51) })
        // Nothing is left undone that there was room for.
        #expect(bySecond.values.reduce(0, +) >= 1_000)
    }

    @Test("One that never answers is dialled ever more seldom, beyond the waits of a known peer")
    func everMoreSeldom() throws {
        let peers = try (0..<200).map { try peer($0) }
        var reconciler = makeReconciler(slots: 64)
        let actions = peers.flatMap { reconciler.want($0, at: .start) }
        var dials: [Instant] = []
        self.run(&reconciler, actions, until: .seconds(7_200)) { _, now in dials.append(now) }
        let late = dials.count { $0 >= .seconds(3_600) }
        // With waits of 0 to 120 s it is once a minute for each; with 0 to 30 s it would be four times as often.
        #expect((200 * 50...200 * 75).contains(late), "\(late)")
    }

    @Test("A peer that was linked before waits for no budget")
    func provenDoNotWait() throws {
        var reconciler = makeReconciler(slots: 8, budget: ConnectBudget(perSecond: 1, atOnce: 8))
        let proven = try peer(1)
        let id = try connected(proven, &reconciler)
        for number in 100..<200 {
            for case .connect(_, let id) in reconciler.want(try peer(number), at: .start) {
                _ = reconciler.connectFailed(id, message: "refused", at: .start)
            }
        }
        let actions = reconciler.linkClosed(id, reason: nil, at: .start)
        #expect(actions.contains { if case .connect(proven, _) = $0 { true } else { false } })
    }

    @Test("Who speaks for itself overtakes those who were only heard of")
    func confirmed() throws {
        var reconciler = makeReconciler(slots: 4, budget: ConnectBudget(perSecond: 1, atOnce: 2))
        // The two dials that may be made at once go to a crowd that somebody has named.
        for number in 100..<200 { _ = reconciler.want(try peer(number), isHearsay: true, at: .start) }
        let newcomer = try peer(150)
        #expect(reconciler.want(newcomer, at: .start).isEmpty)
        let next = try #require(reconciler.nextDeadline)
        #expect(next == .seconds(1))
        let actions = reconciler.timerFired(at: next)
        let id = try connectID(actions)
        #expect(actions == [.connect(newcomer, id)])
        // The others have no slot left, however long they wait.
        #expect(reconciler.nextDeadline == .seconds(10))
    }
}
