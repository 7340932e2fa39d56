#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormation

    extension ChannelTally {
        /// Judges what was heard on the cluster's channel.
        func findings(hasKey: Bool) -> [Finding] {
            [self.keyFinding(hasKey: hasKey), self.versionFinding, self.strangerFinding]
                + (self.addressFinding.map { [$0] } ?? [])
        }

        private func count(_ reasons: Rejection.Reason...) -> Int {
            reasons.reduce(0) { $0 + (self.rejections[$1] ?? 0) }
        }

        private func sources(_ reasons: Rejection.Reason...) -> String {
            let processes = Set(reasons.flatMap { self.senders[$0] ?? [] }).sorted()
            return "from process \(processes.map { "\($0)" }.joined(separator: ", "))"
        }

        private var believed: Int {
            self.messages - self.rejections.values.reduce(0, +) - self.relayed - self.misdated
        }

        private func keyFinding(hasKey: Bool) -> Finding {
            if !hasKey {
                let sealed = self.count(.sealed)
                guard sealed > 0 else {
                    return self.believed > 0
                        ? .note(
                            .keys,
                            "unsealed",
                            "announcements are not sealed: whoever may connect to the database can send and read them",
                            remedy: "give the cluster a key: cluster-formation key generate"
                        ) : .skipped(.keys, "nobody was heard")
                }
                guard self.believed > 0 else {
                    return .note(
                        .keys,
                        "sealed",
                        "the cluster seals its announcements, and no key is given",
                        remedy: "set CLUSTER_KEY, or give --key-file or --key-environment, to have the key looked at"
                    )
                }
                return .warning(
                    .keys,
                    "keys_mixed",
                    "some nodes seal their announcements and some do not: \(sealed) sealed, \(self.believed) not",
                    remedy: "give all nodes the key"
                )
            }
            let foreign = self.count(.unknownKey, .wrongSeal)
            let unsealed = self.count(.unsealed)
            if foreign > 0 {
                let text =
                    "\(foreign) messages are sealed with another key than the given one, \(self.believed) with it "
                    + "(\(self.sources(.unknownKey, .wrongSeal)))"
                let remedy = "give all nodes of the cluster the same key; compare with: cluster-formation key check"
                // A node with this key would hear nobody.
                return self.believed == 0
                    ? .failure(.keys, "keys_mismatch", text, remedy: remedy)
                    : .warning(.keys, "keys_mismatch", text, remedy: remedy)
            }
            if unsealed > 0 {
                return .warning(
                    .keys,
                    "unsealed",
                    "\(unsealed) messages are not sealed, and nodes with the key do not believe them "
                        + "(\(self.sources(.unsealed)))",
                    remedy: "give those nodes the key"
                )
            }
            return self.believed > 0
                ? .passed(.keys, "all messages are sealed with the given key") : .skipped(.keys, "nobody was heard")
        }

        private var versionFinding: Finding {
            let others = self.count(.unsupportedVersion)
            guard others == 0 else {
                let versions = self.versions.sorted().map { "\($0)" }.joined(separator: ", ")
                return .warning(
                    .versions,
                    "other_versions",
                    "\(others) messages are of another version of the wire format (\(versions); "
                        + "\(self.sources(.unsupportedVersion)))",
                    remedy: "run the same major version of swift-cluster-formation on all nodes"
                )
            }
            return self.messages > 0
                ? .passed(.versions, "all messages are of the version that this tool speaks")
                : .skipped(.versions, "nobody was heard")
        }

        private var strangerFinding: Finding {
            let foreign = self.count(.foreignCluster)
            let noise = self.count(.malformed, .invalidField, .empty, .oversized)
            if self.relayed > 0 || self.misdated > 0 {
                return .warning(
                    .strangers,
                    "stale_messages",
                    "\(self.relayed) messages were not made for the session that brought them, and \(self.misdated) not at "
                        + "the time at which they came",
                    remedy:
                        "somebody repeats what was recorded, or a node was held up; see which sessions are on the channel"
                )
            }
            if foreign > 0 {
                return .warning(
                    .strangers,
                    "foreign_cluster",
                    "\(foreign) messages are of another cluster on this channel (\(self.sources(.foreignCluster)))",
                    remedy: "give each cluster a channel of its own"
                )
            }
            if noise > 0 {
                return .warning(
                    .strangers,
                    "noise",
                    "\(noise) messages are none of this library (\(self.sources(.malformed, .invalidField, .empty, .oversized)))",
                    remedy: "find who sends them (pg_stat_activity), or choose another channel"
                )
            }
            return .passed(.strangers, "nobody else was heard on the channel")
        }

        private var addressFinding: Finding? {
            guard let first = self.contested.min(by: { $0.key < $1.key }) else { return nil }
            return .contested(first.key, by: first.value.sorted(), of: self.contested.count)
        }
    }

    extension Finding {
        /// Two living nodes claim one address.
        static func contested(_ endpoint: Endpoint, by processes: [Int32], of count: Int) -> Finding {
            .warning(
                .addresses,
                "endpoint_conflict",
                "\(processes.count) nodes claim \(endpoint) (processes \(processes.map { "\($0)" }.joined(separator: ", ")))"
                    + (count > 1 ? ", and \(count - 1) more addresses are claimed like that" : ""),
                remedy:
                    "give each node a host and a port of its own; after a restart the former session may be seen for "
                    + "some seconds"
            )
        }
    }
#endif
