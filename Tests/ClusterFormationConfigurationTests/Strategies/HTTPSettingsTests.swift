#if Configuration && HTTP
    import ClusterFormation
    import ClusterFormationHTTP
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct HTTPSettingsTests {
        private func refusal(_ word: String, _ values: [String: ConfigContent]) async -> String? {
            var configuration = TestConfiguration(strategy: word)
            configuration.values.merge(values) { _, new in new }
            return await configuration.refusal()
        }

        @Test func `the keys of http set its options, its headers among them`() async throws {
            var configuration = TestConfiguration(strategy: "http")
            configuration.values["http.headers"] = .stringArray(["Authorization: Bearer a:b", "X-Team: orders"])
            configuration.values["http.maximumBytes"] = 2_048
            configuration.values["http.authorityFile"] = "/etc/ca.pem"
            configuration.values["http.interval"] = 2
            let settings = try await KeyReader.reading(configuration.reader()) {
                try await HTTPSettings.group.read(by: $0)
            }
            #expect(settings.headers == ["Authorization": "Bearer a:b", "X-Team": "orders"])
            #expect(settings.configuration.maximumBytes == 2_048)
            #expect(settings.configuration.authorityFile == "/etc/ca.pem")
            #expect(try settings.polling.made("http").interval == .seconds(2))
            #expect(Mirror(reflecting: HTTPListConfiguration()).children.count == 4)
        }

        @Test func `a URL or a header that can't be is told by the strategy`() async {
            #expect(await self.refusal("http", ["http.url": "ftp://a"])?.contains("keys of 'http'") == true)
            let header = await self.refusal("http", ["http.headers": .stringArray(["X Y: z"])])
            #expect(header?.contains("header field's name") == true)
            #expect(await self.refusal("consul", ["consul.server": "consul"])?.contains("keys of 'consul'") == true)
            #expect(await self.refusal("consul", ["consul.token": "a\u{7}"])?.contains("X-Consul-Token") == true)
        }

        @Test func `Consul is asked again after a second, as it holds the query itself`() async throws {
            let reader = TestConfiguration(strategy: "consul").reader()
            let settings = try await KeyReader.reading(reader) { try await ConsulSettings.group.read(by: $0) }
            #expect(try settings.polling.made("consul").interval == .seconds(1))
            #expect(settings.wait == .seconds(30))
        }
    }
#endif
