/// Whether a node is ready for traffic, as a health endpoint wants to know it.
public struct Readiness: Sendable, Hashable {
    /// Whether it is.
    public var isReady: Bool
    /// Why not, or what is amiss although it is; each in one line, without secrets.
    public var reasons: [String]

    /// The rule: some strategy is proven to work, and there are enough peers or there was enough time to find them.
    ///
    /// Once the cluster has come up, an outage of the strategies does not make a node unready: its links still work.
    ///
    /// Counted are the connected peers, and how many are known is said besides; without links the known ones count.
    static func judge(
        phase: ClusterStatus.Phase,
        strategies: [ClusterStatus.Strategy],
        hasBeenProven: Bool,
        counted: Int,
        known: Int?,
        minimumPeers: Int,
        isGraceOver: Bool
    ) -> Readiness {
        guard phase == .running else {
            return Readiness(isReady: false, reasons: ["The cluster is not running, it is \(phase.rawValue)."])
        }
        let impaired = strategies.filter { $0.condition.state != .active && !$0.condition.isStandby }
            .map { "Strategy \($0.name) is \($0.condition)." }
        guard hasBeenProven else { return Readiness(isReady: false, reasons: impaired) }
        guard counted < minimumPeers else { return Readiness(isReady: true, reasons: impaired) }
        let few =
            known.map { "\(counted) of at least \(minimumPeers) peers are connected, \($0) are known." }
            ?? "\(counted) of at least \(minimumPeers) peers are known."
        return Readiness(isReady: isGraceOver, reasons: [few] + impaired)
    }
}
