#if Configuration
    internal import ClusterFormation

    /// The keys of a cluster's options.
    struct OptionSettings: Sendable {
        var configuration = ClusterConfiguration()
        var allowedNetworks: [String]?
        var allowedPorts: ClosedRange<Int>?
        var links: Int?
        var preferSame: String?
        var preferDifferent: String?

        func made() throws -> ClusterConfiguration {
            var configuration = self.configuration
            let backoff = configuration.retryBackoff
            guard backoff.initial <= backoff.maximum else {
                throw KeyError(
                    "The key 'retryBackoff.initial' is \(Seconds.text(backoff.initial)), which is more than "
                        + "'retryBackoff.maximum', \(Seconds.text(backoff.maximum)); choose less."
                )
            }
            configuration.allowedEndpoints = try self.allowedEndpoints()
            configuration.linkPolicy = try self.linkPolicy()
            return configuration
        }

        private func allowedEndpoints() throws -> AllowedEndpoints {
            let ports = self.allowedPorts ?? 1...65_535
            guard let networks = self.allowedNetworks else {
                return self.allowedPorts == nil ? .all : .matching { ports.contains($0.port) }
            }
            do {
                return try .networks(networks, ports: ports)
            } catch let error as ClusterError {
                throw KeyError("The key 'allowedNetworks' can't be used: \(error.message)")
            }
        }

        private func linkPolicy() throws -> LinkPolicy {
            guard self.preferSame == nil || self.preferDifferent == nil else {
                throw KeyError("The keys 'preferSame' and 'preferDifferent' are both set; set one of them.")
            }
            let preference =
                self.preferSame.map { LinkPolicy.Preference.same($0) }
                ?? self.preferDifferent.map { LinkPolicy.Preference.different($0) }
            guard let links = self.links else {
                guard preference == nil else {
                    let key = self.preferSame == nil ? "preferDifferent" : "preferSame"
                    throw KeyError("The key '\(key)' is set, and 'links' is not: all peers are connected; set both.")
                }
                return .all
            }
            return .bounded(links: links, preferring: preference)
        }
    }
#endif
