internal import ClusterFormation

/// How peers are found by the API of Kubernetes; each value has a default.
public struct KubernetesConfiguration: Sendable, Hashable {
    /// At which of its ports a peer is reached.
    ///
    /// Default: the one that its service declares (for pods, the one that its containers declare). Where there are
    /// several, name it or give its number; until then the condition is `port_unknown`.
    public var port: KubernetesPort = .onlyOne

    /// What of a peer becomes the host of its endpoint.
    ///
    /// Default: its address. Choose what the local node announces of itself, so that it knows itself in the list.
    public var address: KubernetesAddress = .ip

    /// Which of its addresses a peer of a dual-stack cluster is known by.
    ///
    /// Default: those of the local node's family. Without a choice every peer would be there twice.
    public var family: KubernetesAddressFamily = .localNode

    /// Whether peers are found that are not ready yet.
    ///
    /// Default: true. A node that waits for its peers before it says that it is ready would never be found by them
    /// otherwise. Who is terminating is not found in either case.
    public var includesNotReady = true

    /// The namespace of the service or the pods.
    ///
    /// Default: nil, the one that the pod itself runs in.
    public var namespace: String?

    /// The domain of the Kubernetes cluster's names, for ``KubernetesAddress/podName`` and ``KubernetesAddress/hostname``.
    ///
    /// Default: `cluster.local`.
    public var clusterDomain = "cluster.local"

    /// For how long a peer is kept that the API does not list any more.
    ///
    /// Default: 5 s. Zero to an hour. An endpoint that moves from one slice to another is missing for a moment.
    public var removalGrace: Duration = .seconds(5)

    /// How many empty lists in a row it takes until an empty list is believed.
    ///
    /// Default: 3. 1 to 100. They are asked for five seconds apart, with the condition `empty_unconfirmed`.
    public var emptyAnswers = 3

    /// How long the answer to one request may take, a page of the list or the beginning of a watch.
    ///
    /// Default: 10 s. More than zero, up to five minutes.
    public var requestTimeout: Duration = .seconds(10)

    /// Where the API server is, such as `https://10.96.0.1:443`.
    ///
    /// Default: nil, from the variables `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` that every pod has.
    public var server: String?

    /// The directory of the service account: the files `token`, `ca.crt` and `namespace`.
    ///
    /// Default: `/var/run/secrets/kubernetes.io/serviceaccount`, where every pod has it that did not decline it.
    public var serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The defaults.
    public init() {}

    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        try require(
            self.removalGrace >= .zero && self.removalGrace <= .seconds(3600),
            "removalGrace is \(self.removalGrace); choose zero to an hour."
        )
        try require((1...100).contains(self.emptyAnswers), "emptyAnswers is \(self.emptyAnswers); choose 1 to 100.")
        try require(
            self.requestTimeout > .zero && self.requestTimeout <= .seconds(300),
            "requestTimeout is \(self.requestTimeout); choose more than zero, up to five minutes."
        )
        if let flaw = self.port.flaw { try require(false, flaw) }
        try require(
            (try? Endpoint(host: "host.\(self.clusterDomain)", port: 1)) != nil,
            "clusterDomain is not a DNS name; the usual one is cluster.local."
        )
    }
}
