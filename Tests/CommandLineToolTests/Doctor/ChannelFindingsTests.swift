#if CommandLine
    import ClusterAnnouncements
    import ClusterFormation
    import Testing

    @testable import CommandLineTool

    /// What the doctor makes of what is heard on a channel.
    @Suite struct ChannelFindingsTests {
        private static let start = Moment(microseconds: 1_767_225_600_000_000)

        private static func codec(_ key: UInt8?, cluster: String = "orders") throws -> AnnouncementCodec {
            let ring = try key.map { key in ClusterKeyRing(try ClusterKey(bytes: (0..<32).map { $0 &* 7 &+ key })) }
            return AnnouncementCodec(cluster: cluster, keys: ring).bound(toChannel: "c", at: "1@1")
        }

        private static func payload(
            _ codec: AnnouncementCodec,
            instance: UInt64 = 1,
            from processID: Int32 = 5,
            at moment: Moment = start
        ) throws -> String {
            let announcement = Announcement(
                endpoint: try Endpoint(host: "10.0.0.1", port: 7000),
                timeToLive: .seconds(20)
            )
            return try codec.encode(
                Envelope(
                    sender: InstanceID(high: 0, low: instance),
                    number: 1,
                    moment: moment,
                    processID: processID,
                    message: .announce(announcement)
                )
            )
        }

        private func findings(_ codec: AnnouncementCodec, hasKey: Bool, _ payloads: [String]) -> [Check: Finding] {
            var tally = ChannelTally(codec: codec)
            for payload in payloads { tally.take(payload, from: 5, at: Self.start) }
            return Dictionary(tally.findings(hasKey: hasKey).map { ($0.check, $0) }) { first, _ in first }
        }

        @Test func `Messages with the given key are well, and those of another one are not`() throws {
            let (own, other) = (try Self.codec(1), try Self.codec(2))
            let (mine, theirs) = (try Self.payload(own), try Self.payload(other))
            #expect(self.findings(own, hasKey: true, [mine])[.keys]?.level == .passed)
            let mixed = self.findings(own, hasKey: true, [mine, theirs])[.keys]
            #expect(mixed?.level == .warning)
            #expect(mixed?.code == "keys_mismatch")
            #expect(mixed?.message.contains("process 5") == true)
            #expect(self.findings(own, hasKey: true, [theirs])[.keys]?.level == .failure)
        }

        @Test func `Sealed and unsealed messages are told apart`() throws {
            let (sealing, open) = (try Self.codec(1), try Self.codec(nil))
            let (sealed, unsealed) = (try Self.payload(sealing), try Self.payload(open))
            #expect(self.findings(sealing, hasKey: true, [sealed, unsealed])[.keys]?.code == "unsealed")
            #expect(self.findings(open, hasKey: false, [unsealed])[.keys]?.code == "unsealed")
            #expect(self.findings(open, hasKey: false, [sealed])[.keys]?.code == "sealed")
            #expect(self.findings(open, hasKey: false, [sealed, unsealed])[.keys]?.code == "keys_mixed")
            #expect(self.findings(open, hasKey: false, [])[.keys]?.level == .skipped)
        }

        @Test func `Other versions, other clusters, noise and recordings are told`() throws {
            let open = try Self.codec(nil)
            let version = self.findings(open, hasKey: false, ["{\"v\":2}"])[.versions]
            #expect(version?.code == "other_versions", "\(String(describing: version))")
            let foreign = try Self.payload(try Self.codec(nil, cluster: "stock"))
            #expect(self.findings(open, hasKey: false, [foreign])[.strangers]?.code == "foreign_cluster")
            #expect(self.findings(open, hasKey: false, ["hello"])[.strangers]?.code == "noise")
            let old = try Self.payload(open, at: Self.start.advanced(by: .seconds(-60)))
            #expect(self.findings(open, hasKey: false, [old])[.strangers]?.code == "stale_messages")
            let relayed = try Self.payload(open, from: 6)
            #expect(self.findings(open, hasKey: false, [relayed])[.strangers]?.code == "stale_messages")
        }

        @Test func `Two instances with one address are told`() throws {
            let open = try Self.codec(nil)
            let payloads = [try Self.payload(open, instance: 1), try Self.payload(open, instance: 2)]
            let finding = self.findings(open, hasKey: false, payloads)[.addresses]
            #expect(finding?.code == "endpoint_conflict")
            #expect(self.findings(open, hasKey: false, [payloads[0], payloads[0]])[.addresses] == nil)
        }
    }
#endif
