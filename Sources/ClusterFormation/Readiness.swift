/// Whether a node is ready for traffic, as a health endpoint wants to know it.
public struct Readiness: Sendable, Hashable {
    /// Whether it is.
    public var isReady: Bool
    /// Why not, or what is amiss although it is; each in one line, without secrets.
    public var reasons: [String]

    /// The rule: some strategy is proven to work, and there are enough peers or there was enough time to find them.
    ///
    /// Once the cluster has come up, an outage of the strategies does not make a node unready: its links still work.
    static func judge(_ status: ClusterStatus, minimumPeers: Int, graceTime: Duration, hasBeenProven: Bool) -> Readiness {
        guard status.phase == .running else {
            return Readiness(isReady: false, reasons: ["The cluster is not running, it is \(status.phase.rawValue)."])
        }
        let impaired = status.strategies.filter { $0.condition.state != .active }
            .map { "Strategy \($0.name) is \($0.condition)." }
        guard hasBeenProven else { return Readiness(isReady: false, reasons: impaired) }
        let connected = status.connectedPeers.count
        guard connected < minimumPeers else { return Readiness(isReady: true, reasons: impaired) }
        let few = "\(connected) of at least \(minimumPeers) peers are connected, \(status.peers.count) are known."
        return Readiness(isReady: status.uptime >= graceTime, reasons: [few] + impaired)
    }
}
