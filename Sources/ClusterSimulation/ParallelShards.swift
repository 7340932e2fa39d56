internal import ClusterFormation
internal import Dispatch
internal import Locking

/// Works on all shards at once, each on a thread of its own.
enum ParallelShards {
    static func map(
        _ shards: [Locked<NodeShard>],
        _ body: @Sendable (inout NodeShard) -> NodeShard.Outcome
    ) -> [NodeShard.Outcome] {
        guard shards.count > 1 else { return shards.map { $0.withLock { body(&$0) } } }
        let results = shards.map { _ in Locked(NodeShard.Outcome()) }
        DispatchQueue.concurrentPerform(iterations: shards.count) { index in
            let outcome = shards[index].withLock { body(&$0) }
            results[index].withLock { $0 = outcome }
        }
        return results.map { $0.withLock { $0 } }
    }
}
