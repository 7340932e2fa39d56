import Testing

@testable import ClusterFormation

func makeReconciler(
    slots: Int = 8,
    budget: ConnectBudget = ConnectBudget(perSecond: 1_000_000, atOnce: 1_000_000)
) -> Reconciler {
    Reconciler(
        configuration: .init(
            maximumConcurrentConnects: slots,
            connectTimeout: .seconds(10),
            backoff: Backoff(initial: .milliseconds(100), maximum: .seconds(30)),
            budget: budget
        ),
        seed: 1
    )
}

func connectID(_ actions: [Reconciler.Action]) throws -> Reconciler.ConnectID {
    try #require(
        actions.compactMap { if case .connect(_, let id) = $0 { id } else { nil } }.first
    )
}

/// A peer whose link came up at the start.
func connected(_ node: Node, _ reconciler: inout Reconciler) throws -> Reconciler.ConnectID {
    let id = try connectID(reconciler.want(node, at: .start))
    #expect(reconciler.connectSucceeded(id, at: .start) == [.linkUp(node, after: .zero)])
    return id
}
