/// How to find peers.
///
/// `Cluster` calls ``run(in:)`` once its service runs, in a child task of its own, and again after every failure.
///
/// ## The contract
///
/// - **Life.** `run` announces the local node if the mechanism needs it and reports what it learns to
///   ``StrategyContext/discovery``, for as long as the node is a member. It does not return before its task is
///   cancelled. Cancellation is shutdown: it then says goodbye, bounded in time, and returns.
/// - **Order.** Facts are applied in the order in which they are reported. Report a fact again as often as you like.
/// - **Errors.** A `run` that throws, or returns uncancelled, is started again after a backoff with jitter, for ever.
///   It takes neither the application nor another strategy down. What it had reported stays as it is: an error is not
///   an empty answer. What is plainly misconfigured throws from the strategy's initialiser instead.
/// - **Emptiness.** Report a whole list only when it *is* the whole list. When a lookup fails, report nothing.
/// - **Self.** The local node may be reported; the cluster knows it by its instance id or its endpoint and drops it.
/// - **Conflicts.** A mechanism that can see two living nodes claim one endpoint reports
///   ``Discovery/conflict(at:)``, as often as it likes. Another instance at the local node's own endpoint need not be:
///   the cluster sees that one for itself when it is found.
public protocol ClusterStrategy: Sendable {
    /// A short name for logs, the status and metrics, such as `postgres`; the same for every value of the type.
    var name: String { get }

    /// Refuses what can't work for this cluster and this node, such as metadata that does not fit into a message.
    ///
    /// ``Cluster`` calls it in its initialiser, before anything runs. The default accepts everything.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``.
    func validate(clusterName: String, localNode: Node) throws

    /// Finds peers until the task is cancelled.
    func run(in context: StrategyContext) async throws
}

extension ClusterStrategy {
    /// Accepts everything.
    public func validate(clusterName: String, localNode: Node) throws {}
}
