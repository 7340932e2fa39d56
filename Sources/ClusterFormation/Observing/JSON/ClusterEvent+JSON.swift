extension ClusterEvent: Encodable {
    private enum CodingKeys: String, CodingKey {
        case version
        case event
        case node
        case previous
        case reason
        case failures
        case retryIn = "retry_in_seconds"
        case message
        case strategy
        case condition
        case endpoint
        case isLocal = "is_local"
        case strategies
        case count
    }

    private var word: String {
        switch self {
        case .peerDiscovered: "peer_discovered"
        case .peerUpdated: "peer_updated"
        case .peerReplaced: "peer_replaced"
        case .peerConnected: "peer_connected"
        case .peerDisconnected: "peer_disconnected"
        case .connectFailed: "connect_failed"
        case .connectRefused: "connect_refused"
        case .peerVouchersChanged: "peer_vouchers_changed"
        case .peerUnvouched: "peer_unvouched"
        case .peerForgotten: "peer_forgotten"
        case .strategyChanged: "strategy_changed"
        case .endpointConflict: "endpoint_conflict"
        case .missed: "missed"
        }
    }

    /// Writes version 1 of the form that <doc:StatusJSON> tells field by field: one object for each event.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(JSONForm.version, forKey: .version)
        try container.encode(self.word, forKey: .event)
        switch self {
        case .peerDiscovered(let node), .peerUpdated(let node), .peerConnected(let node):
            try container.encode(node, forKey: .node)
        case .peerReplaced(let node, let previous):
            try container.encode(node, forKey: .node)
            try container.encode(previous, forKey: .previous)
        case .peerDisconnected(let node, let reason):
            try container.encode(node, forKey: .node)
            try container.encode(reason, forKey: .reason)
        case .connectFailed(let node, let failures, let delay, let message):
            try container.encode(node, forKey: .node)
            try container.encode(failures, forKey: .failures)
            try container.encode(JSONForm.seconds(delay), forKey: .retryIn)
            try container.encode(message, forKey: .message)
        case .connectRefused(let node, let message):
            try container.encode(node, forKey: .node)
            try container.encode(message, forKey: .message)
        case .peerVouchersChanged(let node, let strategies):
            try container.encode(node, forKey: .node)
            try container.encode(strategies, forKey: .strategies)
        case .peerUnvouched(let node, let reason), .peerForgotten(let node, let reason):
            try container.encode(node, forKey: .node)
            try container.encode(JSONForm.word(reason.description), forKey: .reason)
        case .strategyChanged(let name, let condition):
            try container.encode(name, forKey: .strategy)
            try container.encode(condition, forKey: .condition)
        case .endpointConflict(let endpoint, let isLocal):
            try container.encode(endpoint.description, forKey: .endpoint)
            try container.encode(isLocal, forKey: .isLocal)
        case .missed(let count):
            try container.encode(count, forKey: .count)
        }
    }
}
