#if Configuration
    import Configuration
    import Testing

    @testable import ClusterFormation
    @testable import ClusterFormationConfiguration

    @Suite struct OptionSettingsTests {
        private func options(_ values: [String: ConfigContent]) async throws -> ClusterConfiguration {
            var configuration = TestConfiguration(strategy: "local")
            configuration.values.merge(values) { _, new in new }
            return try await ClusterConfiguration(config: configuration.reader())
        }

        private func refusal(_ values: [String: ConfigContent]) async -> String? {
            let error = await #expect(throws: ClusterError.self) { _ = try await self.options(values) }
            return error?.message
        }

        @Test func `without keys the options are the defaults`() async throws {
            let options = try await self.options([:])
            let defaults = ClusterConfiguration()
            #expect(options.connectTimeout == defaults.connectTimeout)
            #expect(options.retryBackoff == defaults.retryBackoff)
            #expect(options.linkPolicy == .all)
            #expect(options.departurePolicy == defaults.departurePolicy)
        }

        @Test func `every option has a key`() async throws {
            let options = try await self.options([
                "connectTimeout": .double(2.5), "maximumConcurrentConnects": 7, "newPeerConnectsPerSecond": 8,
                "retryBackoff.initial": .double(0.25), "retryBackoff.maximum": 9, "links": 5, "preferSame": "zone",
                "departurePolicy": "dropWhenUnvouched", "maximumPeers": 10, "linkCheckInterval": 11,
                "eventBufferSize": 12, "shutdownTimeout": 13,
                "allowedNetworks": .stringArray(["10.0.0.0/8", "fd00::/8"]),
                "allowedPorts": "7000-7999",
            ])
            #expect(options.connectTimeout == .milliseconds(2_500))
            #expect(options.maximumConcurrentConnects == 7)
            #expect(options.newPeerConnectsPerSecond == 8)
            #expect(options.retryBackoff == Backoff(initial: .milliseconds(250), maximum: .seconds(9)))
            #expect(options.linkPolicy == .bounded(links: 5, preferring: .same("zone")))
            #expect(options.departurePolicy == .dropWhenUnvouched)
            #expect(options.maximumPeers == 10)
            #expect(options.linkCheckInterval == .seconds(11))
            #expect(options.eventBufferSize == 12)
            #expect(options.shutdownTimeout == .seconds(13))
            let properties = Mirror(reflecting: options).children.count
            #expect(properties == 11, "An option has come or gone: give it a key.")
        }

        @Test func `networks and ports are allowed together, and each alone`() async throws {
            func allows(_ options: ClusterConfiguration, _ host: String, _ port: Int) throws -> Bool {
                options.allowedEndpoints.contains(try Endpoint(host: host, port: port))
            }
            let both = try await self.options([
                "allowedNetworks": .stringArray(["10.0.0.0/8"]), "allowedPorts": "7000-7999",
            ])
            #expect(try allows(both, "10.1.2.3", 7000))
            #expect(try !allows(both, "10.1.2.3", 8000))
            #expect(try !allows(both, "11.1.2.3", 7000))
            let ports = try await self.options(["allowedPorts": 7000])
            #expect(try allows(ports, "node.test", 7000))
            #expect(try !allows(ports, "node.test", 7001))
            let all = try await self.options([:])
            #expect(try allows(all, "node.test", 7001))
        }

        @Test func `keys that do not go together are named`() async {
            let preferred = await self.refusal(["links": 3, "preferSame": "zone", "preferDifferent": "zone"])
            #expect(preferred?.contains("'preferSame' and 'preferDifferent'") == true)
            #expect(await self.refusal(["preferDifferent": "zone"])?.contains("'preferDifferent'") == true)
            #expect(
                await self.refusal(["retryBackoff.maximum": .double(0.01)])?.contains("'retryBackoff.maximum'") == true
            )
            let network = await self.refusal(["allowedNetworks": .stringArray(["10.0.0.1/8"])])
            #expect(network?.contains("'allowedNetworks'") == true)
            #expect(network?.contains("10.0.0.1/8") == true)
        }
    }
#endif
