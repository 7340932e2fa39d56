#if Configuration
    import ClusterFormation
    import ClusterFormationDNS
    import ClusterFormationPostgres
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    /// Where the keys of one strategy end up, and which do not go together.
    @Suite struct StrategySettingsTests {
        private func settings<Target: StrategySettings>(
            _ type: Target.Type,
            _ values: [String: ConfigContent]
        ) async throws -> Target {
            var configuration = TestConfiguration(strategy: Target.word)
            configuration.values.merge(values) { _, new in new }
            let config = configuration.reader()
            return try await KeyReader.reading(config) { try await Target.group.read(by: $0) }
        }

        private func refusal(_ word: String, _ values: [String: ConfigContent]) async -> String? {
            var configuration = TestConfiguration(strategy: word)
            configuration.values.merge(values) { _, new in new }
            return await configuration.refusal()
        }

        @Test func `the keys of postgres set its options`() async throws {
            let settings = try await self.settings(
                PostgresSettings.self,
                [
                    "postgres.channel": "mesh", "postgres.heartbeatInterval": .double(0.5),
                    "postgres.timeToLiveIntervals": 6, "postgres.maximumDeliveryRate": 500,
                    "postgres.maximumPeers": 100,
                    "postgres.maximumInstancesPerSession": 3, "postgres.farewellTimeout": 1, "postgres.openTimeout": 20,
                    "postgres.connectTimeout": 3, "postgres.statementTimeout": .double(0.4),
                    "postgres.poolerCheckTimeout": 6, "postgres.applicationName": "orders",
                    "postgres.bufferLimit": 65_536,
                ]
            )
            #expect(settings.channel == "mesh")
            let announcements = settings.announcements.made()
            #expect(announcements.heartbeatInterval == .milliseconds(500))
            #expect(announcements.echoDeadline == .seconds(1))
            #expect(announcements.timeToLiveIntervals == 6)
            #expect(announcements.maximumDeliveryRate == 500)
            #expect(announcements.maximumPeers == 100)
            #expect(announcements.maximumInstancesPerSession == 3)
            #expect(settings.strategy.farewellTimeout == .seconds(1))
            #expect(settings.strategy.openTimeout == .seconds(20))
            #expect(settings.notifier.connectTimeout == .seconds(3))
            #expect(settings.notifier.statementTimeout == .milliseconds(400))
            #expect(settings.notifier.poolerCheckTimeout == .seconds(6))
            #expect(settings.notifier.applicationName == "orders")
            #expect(settings.notifier.bufferLimit == 65_536)
        }

        @Test func `every option of the strategies has a key`() {
            // When one of these counts changes, an option has come or gone: give it a key.
            #expect(Mirror(reflecting: AnnouncementConfiguration()).children.count == 6)
            #expect(Mirror(reflecting: PostgresNotifyStrategy.Configuration()).children.count == 4)
            #expect(Mirror(reflecting: PostgresNotifierConfiguration()).children.count == 5)
            #expect(Mirror(reflecting: PostgresTableConfiguration()).children.count == 10)
            #expect(Mirror(reflecting: PollingConfiguration()).children.count == 5)
            // Two of these are for its own tests.
            #expect(Mirror(reflecting: DNSConfiguration()).children.count == 7)
        }

        @Test func `the default that the table has in words is the option's`() {
            #expect(PollingConfiguration().removalGrace == .answers(3))
            let key = PollingSettings.settings("dns").map(\.row).first { $0.key == "dns.removalAnswers" }
            #expect(key?.standard == "`3`")
        }

        @Test func `the echo's deadline is twice the interval, or what is given, and never too long`() async throws {
            let slow = try await self.settings(PostgresSettings.self, ["postgres.heartbeatInterval": 3_600])
            #expect(slow.announcements.made().echoDeadline == .seconds(3_600))
            let refusal = await self.refusal(
                "postgres",
                ["postgres.heartbeatInterval": 10, "postgres.echoDeadline": 5]
            )
            #expect(refusal?.contains("keys of 'postgres'") == true)
            #expect(refusal?.contains("echoDeadline") == true)
        }

        @Test func `a connection string that libpq can't read is told by its key`() async {
            let refusal = await self.refusal("postgres", ["postgres.connection": "postgres://db.test:x/app"])
            #expect(refusal?.contains("'postgres.connection'") == true)
            let table = await self.refusal("table", ["table.connection": "hots=db.test"])
            #expect(table?.contains("'table.connection'") == true)
            let channel = await self.refusal("postgres", ["postgres.channel": "a\u{7}"])
            #expect(channel?.contains("keys of 'postgres'") == true)
            #expect(channel?.contains("channel") == true)
        }

        @Test func `a table is in the database of postgres unless it has one of its own`() async throws {
            var configuration = TestConfiguration(strategy: "table")
            configuration.values["table.connection"] = nil
            #expect(await configuration.refusal()?.contains("'postgres.connection'") == true)
            configuration.values["postgres.connection"] = "postgres://app@db.test/app"
            #expect(await configuration.refusal() == nil)
            configuration.values["table.name"] = "a.b.c"
            #expect(await configuration.refusal()?.contains("keys of 'table'") == true)
        }

        @Test func `a key is rotated by two keys`() async throws {
            let other = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
            var configuration = TestConfiguration(strategy: "postgres")
            configuration.values["acceptedKeys"] = .stringArray([other])
            #expect(await configuration.refusal()?.contains("'acceptedKeys'") == true)
            configuration.values["key"] = .string(TestConfiguration.key)
            #expect(await configuration.refusal() == nil)
            let shared = try await KeyReader.reading(configuration.reader()) {
                try await SharedSettings.group.read(by: $0)
            }
            #expect(try shared.keys().map { "\($0)" } == "ClusterKeyRing(2 redacted)")
        }

        @Test func `the keys of dns set its options`() async throws {
            let settings = try await self.settings(
                DNSSettings.self,
                [
                    "dns.families": "ipv6", "dns.nameServers": .stringArray(["127.0.0.1:8600", "[::1]:53"]),
                    "dns.usesTCP": true, "dns.keepsTargetNames": true, "dns.interval": 2, "dns.longestWait": 20,
                    "dns.timeout": 1, "dns.removalAnswers": 2, "dns.emptyAnswers": 4, "dns.port": 7000,
                ]
            )
            #expect(settings.configuration.families == .ipv6)
            #expect(settings.configuration.nameServers.map(\.description) == ["127.0.0.1:8600", "[::1]:53"])
            #expect(settings.configuration.usesTCP && settings.configuration.keepsTargetNames)
            let polling = try settings.polling.made("dns")
            #expect(polling.interval == .seconds(2))
            #expect(polling.longestWait == .seconds(20))
            #expect(polling.timeout == .seconds(1))
            #expect(polling.removalGrace == .answers(2))
            #expect(polling.emptyAnswers == 4)
            #expect(settings.port == 7000)
            let grace = try await self.settings(DNSSettings.self, ["dns.removalGrace": .double(1.5)])
            #expect(try grace.polling.made("dns").removalGrace == .duration(.milliseconds(1_500)))
        }

        @Test func `keys of dns that do not go together are named`() async {
            let service: ConfigContent = .stringArray(["_mesh._tcp.orders.test"])
            #expect(await self.refusal("dns", ["dns.services": service])?.contains("'dns.services'") == true)
            let grace = await self.refusal("dns", ["dns.removalAnswers": 2, "dns.removalGrace": 2])
            #expect(grace?.contains("'dns.removalGrace'") == true)
            let server = await self.refusal("dns", ["dns.nameServers": .stringArray(["ns1.test:53"])])
            #expect(server?.contains("keys of 'dns'") == true)
            let name = await self.refusal("dns", ["dns.names": .stringArray(["a..b"])])
            #expect(name?.contains("keys of 'dns'") == true)
        }

        @Test func `a static peer without a port has the default one, or is named`() async throws {
            let peers: ConfigContent = .stringArray(["10.0.0.7", "[2001:db8::7]"])
            #expect(await self.refusal("static", ["static.peers": peers])?.contains("'10.0.0.7'") == true)
            #expect(await self.refusal("static", ["static.peers": peers, "static.defaultPort": 7337]) == nil)
            #expect(await self.refusal("local", ["local.directory": "run/orders"])?.contains("keys of 'local'") == true)
        }
    }
#endif
