internal import Locking

/// What the local node says of itself, as it is now.
package final class LocalNodeState: Sendable {
    private let state: Locked<(version: UInt64, node: Node)>
    let changes = ChangeSignal()

    package init(_ node: Node) {
        self.state = Locked((0, node))
    }

    package var node: Node { self.state.withLock { $0.node } }

    var versioned: (version: UInt64, node: Node) { self.state.withLock { $0 } }

    package func update(metadata: [String: String]) {
        let version = self.state.withLock { state in
            guard state.node.metadata != metadata else { return state.version }
            state.node.metadata = metadata
            state.version += 1
            return state.version
        }
        self.changes.changed(to: version)
    }
}
