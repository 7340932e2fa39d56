#if Hummingbird
    public import ClusterFormation
    public import Hummingbird

    extension RouterMethods {
        /// Adds `GET /livez` and `GET /readyz`, for an orchestrator's or a load balancer's probes.
        ///
        /// ```swift
        /// router.addClusterHealth(cluster, minimumPeers: 1)
        /// ```
        ///
        /// `/livez` answers 200 for as long as the server answers at all. What happens to a cluster is never cured by killing
        /// the process, so nothing of it is asked. `/readyz` answers what `Cluster.readiness(minimumPeers:graceTime:)` says: 200
        /// or 503, with the reasons as JSON. An outage of what finds the peers does not make a node unready.
        ///
        /// - Parameters:
        ///   - cluster: The cluster.
        ///   - minimumPeers: How many peers are enough to be ready. Default: 0.
        ///   - graceTime: How long after the start it waits for them. Default: 30 s.
        /// - Returns: The router.
        @discardableResult
        public func addClusterHealth(
            _ cluster: Cluster,
            minimumPeers: Int = 0,
            graceTime: Duration = .seconds(30)
        ) -> Self {
            self.get("livez") { _, _ in try JSONResponse.make(Liveness()) }
            self.get("readyz") { _, _ in
                let readiness = cluster.readiness(minimumPeers: minimumPeers, graceTime: graceTime)
                return try JSONResponse.make(readiness, status: readiness.isReady ? .ok : .serviceUnavailable)
            }
            return self
        }
    }
#endif
