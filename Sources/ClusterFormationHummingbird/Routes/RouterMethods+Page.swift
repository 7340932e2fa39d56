#if Hummingbird
    public import ClusterFormation
    public import Hummingbird

    extension RouterMethods {
        /// Adds a cluster's live page, and what it reads: `GET /cluster`, `/cluster/status` and `/cluster/events`.
        ///
        /// ```swift
        /// try router.group("internal").add(middleware: AdminsOnly()).addClusterPage(cluster)
        /// ```
        ///
        /// They tell addresses and metadata of all peers to whoever may ask: put them behind your authentication, or on a port
        /// of the inside. They change nothing.
        ///
        /// - Parameters:
        ///   - cluster: The cluster.
        ///   - path: Where the page is; the two others are below it. Default: `cluster`.
        ///   - configuration: The limits.
        /// - Returns: The router.
        /// - Throws: `ClusterError` with the code `invalidConfiguration` when a limit can't work.
        @discardableResult
        public func addClusterPage(
            _ cluster: Cluster,
            at path: RouterPath = "cluster",
            configuration: ClusterPageConfiguration = ClusterPageConfiguration()
        ) throws -> Self {
            try configuration.validate()
            let streams = EventStreams(cluster: cluster, configuration: configuration)
            self.group(path)
                .get { _, _ in LivePage.response() }
                .get("status") { _, _ in try JSONResponse.make(cluster.status) }
                .get("events") { request, _ in try streams.response(to: request) }
            return self
        }
    }
#endif
