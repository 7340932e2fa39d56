#if Configuration && Kubernetes
    internal import ClusterFormation
    internal import ClusterFormationKubernetes

    /// The keys of the strategy `kubernetes`.
    struct KubernetesSettings: StrategySettings {
        var service: String?
        var podSelector: String?
        var port: KubernetesPort?
        var configuration = KubernetesConfiguration()

        static let word = "kubernetes"

        static let group = SettingGroup(start: KubernetesSettings(), settings: Self.peers + Self.server)

        private static let peers: [Setting<KubernetesSettings>] = [
            Setting(
                "kubernetes.service",
                \.service,
                .text(upTo: 63),
                without: "this or `kubernetes.podSelector`",
                "the service whose endpoints are peers"
            ),
            Setting(
                "kubernetes.podSelector",
                \.podSelector,
                .text(upTo: 1_024),
                without: "this or `kubernetes.service`",
                "the labels of the pods that are peers: `app=orders,tier!=batch`"
            ),
            Setting(
                "kubernetes.port",
                \.port,
                .kubernetesPort,
                without: "the only one",
                "at which of its ports a peer is reached"
            ),
            Setting(
                "kubernetes.address",
                \.configuration.address,
                .choice(["ip": .ip, "podName": .podName, "hostname": .hostname]),
                in: KubernetesSettings(),
                "what of a peer becomes its host"
            ),
            Setting(
                "kubernetes.family",
                \.configuration.family,
                .choice(["localNode": .localNode, "ipv4": .ipv4, "ipv6": .ipv6]),
                in: KubernetesSettings(),
                "which of its addresses a peer is known by"
            ),
            Setting(
                "kubernetes.includesNotReady",
                \.configuration.includesNotReady,
                .flag,
                in: KubernetesSettings(),
                "whether peers are found that are not ready yet"
            ),
            Setting(
                "kubernetes.removalGrace",
                \.configuration.removalGrace,
                .seconds(.zero...Limits.hour),
                in: KubernetesSettings(),
                "for how long a peer is kept that is not listed"
            ),
            Setting(
                "kubernetes.emptyAnswers",
                \.configuration.emptyAnswers,
                .integer(1...100),
                in: KubernetesSettings(),
                "how many empty lists in a row are believed"
            ),
        ]

        private static let server: [Setting<KubernetesSettings>] = [
            Setting(
                "kubernetes.namespace",
                \.configuration.namespace,
                .text(upTo: 63),
                without: "the pod's own",
                "the namespace of the service or the pods"
            ),
            Setting(
                "kubernetes.clusterDomain",
                \.configuration.clusterDomain,
                .text(upTo: 253),
                in: KubernetesSettings(),
                "the domain of Kubernetes' names, for `podName` and `hostname`"
            ),
            Setting(
                "kubernetes.requestTimeout",
                \.configuration.requestTimeout,
                .seconds(Limits.moment...(.seconds(300))),
                in: KubernetesSettings(),
                "how long the answer to one request may take"
            ),
            Setting(
                "kubernetes.server",
                \.configuration.server,
                .text(upTo: Limits.addressBytes),
                without: "the pod's own",
                "where the API server is"
            ),
            Setting(
                "kubernetes.serviceAccountDirectory",
                \.configuration.serviceAccountDirectory,
                .text(upTo: Limits.pathBytes),
                in: KubernetesSettings(),
                "the directory of `token`, `ca.crt` and `namespace`"
            ),
        ]

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            var configuration = self.configuration
            configuration.port = self.port ?? .onlyOne
            switch (self.service, self.podSelector) {
            case (let service?, nil): return try KubernetesStrategy(service: service, configuration: configuration)
            case (nil, let selector?):
                return try KubernetesStrategy(
                    podSelector: selector,
                    port: configuration.port,
                    configuration: configuration
                )
            case (nil, nil):
                throw KeyError(
                    "The strategy 'kubernetes' needs the key 'kubernetes.service' or 'kubernetes.podSelector'; "
                        + "set it to the service's name, or to the pods' labels."
                )
            case (.some, .some):
                throw KeyError(
                    "The keys 'kubernetes.service' and 'kubernetes.podSelector' are both set; set one of them."
                )
            }
        }
    }

    extension ValueForm where Value == KubernetesPort {
        /// A port's number or its name.
        static var kubernetesPort: ValueForm {
            ValueForm<String>.text(upTo: 63, .word).map("port, or its name") { text in
                guard let number = Int(text) else { return .named(text) }
                guard (1...65_535).contains(number) else { throw ValueFlaw("give a number from 1 to 65535, or a name") }
                return .number(number)
            } text: {
                $0.description
            }
        }
    }
#endif
