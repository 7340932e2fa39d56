import ClusterFormation
import ServiceLifecycle

/// Prints the cluster's events until it has stopped.
struct EventReport: Service {
    private let events: ClusterEvents
    private let reporter: Reporter

    init(cluster: Cluster, reporter: Reporter) {
        // Subscribed here, before the cluster runs, so that nothing is missed.
        self.events = cluster.events
        self.reporter = reporter
    }

    func run() async {
        for await event in self.events { self.report(event) }
        // They end with the cluster, a moment before it is this service's turn to stop: one that ends by itself is a
        // failure to the group.
        try? await gracefulShutdown()
    }

    private func report(_ event: ClusterEvent) {
        switch event {
        case .peerDiscovered(let node):
            self.reporter.report("found", ["peer": node.label, "at": "\(node.endpoint)", "instance": node.life])
        case .peerUpdated(let node):
            self.reporter.report("updated", ["peer": node.label])
        case .peerReplaced(let node, previous: _):
            self.reporter.report("replaced", ["peer": node.label, "instance": node.life])
        case .peerConnected(let node):
            self.reporter.report("linked", ["peer": node.label, "instance": node.life])
        case .peerDisconnected(let node, let reason):
            self.reporter.report("unlinked", ["peer": node.label, "reason": reason])
        case .connectFailed(let node, let failures, let retryIn, let message):
            self.reporter.report(
                "failed",
                ["peer": node.label, "times": "\(failures)", "again-in": "\(retryIn)", "reason": message]
            )
        case .connectRefused(let node, let message):
            self.reporter.report("refused", ["peer": node.label, "reason": message])
        case .peerVouchersChanged(let node, let strategies):
            self.reporter.report("vouched", ["peer": node.label, "by": strategies.joined(separator: ",")])
        case .peerUnvouched(let node, let reason):
            self.reporter.report("unvouched", ["peer": node.label, "reason": "\(reason)"])
        case .peerForgotten(let node, let reason):
            self.reporter.report("forgotten", ["peer": node.label, "reason": "\(reason)"])
        case .strategyChanged(let name, let condition):
            self.reporter.report(
                "strategy",
                ["name": name, "state": "\(condition.state)", "message": condition.message ?? ""]
            )
        case .endpointConflict(let endpoint, let isLocal):
            self.reporter.report("conflict", ["at": "\(endpoint)", "local": "\(isLocal)"])
        case .missed(let count):
            self.reporter.report("missed", ["events": "\(count)"])
        }
    }
}

extension Node {
    /// Its name, or where it is.
    var label: String { self.metadata["name"] ?? "\(self.endpoint)" }

    /// Its instance id.
    var life: String { self.instance?.description ?? "unknown" }
}
