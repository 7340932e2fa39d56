#if Configuration
    import ClusterFormation
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct StrategyChoiceTests {
        private func names(_ change: (inout TestConfiguration) -> Void) async throws -> [String] {
            var configuration = TestConfiguration(strategy: "postgres")
            change(&configuration)
            return try await [any ClusterStrategy](config: configuration.reader()).map(\.name)
        }

        private func refusal(_ change: (inout TestConfiguration) -> Void) async -> String? {
            let error = await #expect(throws: ClusterError.self) { _ = try await self.names(change) }
            return error?.message
        }

        @Test func `each word is a strategy`() async throws {
            try await TestConfiguration.withAccount { account in
                var names: [String] = []
                for kind in StrategyCatalogue.all {
                    let configuration = TestConfiguration(strategy: kind.word, account: account)
                    names += try await [any ClusterStrategy](config: configuration.reader()).map(\.name)
                }
                let words = StrategyCatalogue.all.map { $0.word == "table" ? "postgres_table" : $0.word }
                #expect(names == words)
            }
        }

        @Test func `several words are several strategies, in their order`() async throws {
            let names = try await self.names { configuration in
                configuration.values["strategy"] = .stringArray(["static", "postgres"])
                configuration.values["static.peers"] = .stringArray(["198.51.100.8:7337"])
            }
            #expect(names == ["static", "postgres"])
        }

        @Test func `a file may name them in a string`() async throws {
            #expect(try await self.names { $0.values["strategy"] = "local, postgres" } == ["local", "postgres"])
        }

        @Test func `a fallback stands behind the one strategy`() async throws {
            let names = try await self.names { $0.values["fallback"] = "local" }
            #expect(names == ["fallback"])
            let refusal = await self.refusal { configuration in
                configuration.values["fallback"] = "local"
                configuration.values["strategy"] = .stringArray(["postgres", "static"])
            }
            #expect(refusal?.contains("'fallback'") == true)
            #expect(await self.refusal { $0.values["fallback"] = "postgres" }?.contains("same strategy") == true)
        }

        @Test func `a cluster shows both parts of a fallback`() async throws {
            var configuration = TestConfiguration(strategy: "postgres")
            configuration.values["fallback"] = "local"
            #expect(try await configuration.cluster().status.strategies.map(\.name) == ["postgres", "local"])
        }

        @Test func `what is no strategy is told with those that there are`() async {
            for key in ["strategy", "fallback"] {
                let refusal = await self.refusal { $0.values[key] = "zookeeper" }
                #expect(refusal?.contains("'\(key)' names 'zookeeper'") == true)
                for kind in StrategyCatalogue.all { #expect(refusal?.contains(kind.word) == true) }
            }
            #expect(await self.refusal { $0.values["strategy"] = nil }?.contains("'strategy' is not set") == true)
            let twice = await self.refusal { $0.values["strategy"] = .stringArray(["postgres", "postgres"]) }
            #expect(twice?.contains("twice") == true)
        }

        @Test(arguments: ["http", "consul", "rancher", "kubernetes", "multicast"])
        func `a strategy of a trait that is off is told with its trait`(word: String) async {
            guard !StrategyCatalogue.all.contains(where: { $0.word == word }) else { return }
            let refusal = await self.refusal { $0.values["strategy"] = .string(word) }
            #expect(refusal?.contains("needs its trait") == true)
        }

        @Test(arguments: [
            ("postgres", "postgres.connection"), ("table", "table.connection"), ("dns", "dns.names"),
            ("file", "file.path"),
            ("static", "static.peers"), ("http", "http.url"), ("consul", "consul.service"), ("rancher", "rancher.port"),
            ("kubernetes", "kubernetes.service"), ("multicast", "key"),
        ])
        func `a strategy without what it needs is an error that names the key`(word: String, key: String) async {
            guard StrategyCatalogue.all.contains(where: { $0.word == word }) else { return }
            var configuration = TestConfiguration(strategy: word)
            configuration.values[key] = nil
            #expect(await configuration.refusal()?.contains("'\(key)'") == true)
        }
    }
#endif
