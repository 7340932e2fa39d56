#if Configuration && Kubernetes
    import ClusterFormation
    import ClusterFormationKubernetes
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct KubernetesSettingsTests {
        private func settings(_ values: [String: ConfigContent]) async throws -> KubernetesSettings {
            var configuration = TestConfiguration(strategy: "kubernetes")
            configuration.values.merge(values) { _, new in new }
            let config = configuration.reader()
            return try await KeyReader.reading(config) { try await KubernetesSettings.group.read(by: $0) }
        }

        @Test func `a port is a number, in any form, or a name`() async throws {
            #expect(try await self.settings([:]).port == nil)
            #expect(try await self.settings(["kubernetes.port": 7337]).port == .number(7337))
            #expect(try await self.settings(["kubernetes.port": "7337"]).port == .number(7337))
            #expect(try await self.settings(["kubernetes.port": "mesh"]).port == .named("mesh"))
            let error = await #expect(throws: ClusterError.self) {
                _ = try await self.settings(["kubernetes.port": 70_000])
            }
            #expect(error?.message.contains("'kubernetes.port'") == true)
        }

        @Test func `the keys set its options`() async throws {
            let settings = try await self.settings([
                "kubernetes.address": "hostname", "kubernetes.family": "ipv6", "kubernetes.includesNotReady": false,
                "kubernetes.namespace": "shop", "kubernetes.clusterDomain": "corp.test", "kubernetes.removalGrace": 7,
                "kubernetes.emptyAnswers": 5, "kubernetes.requestTimeout": .double(2.5),
            ])
            #expect(settings.configuration.address == .hostname)
            #expect(settings.configuration.family == .ipv6)
            #expect(!settings.configuration.includesNotReady)
            #expect(settings.configuration.namespace == "shop")
            #expect(settings.configuration.clusterDomain == "corp.test")
            #expect(settings.configuration.removalGrace == .seconds(7))
            #expect(settings.configuration.emptyAnswers == 5)
            #expect(settings.configuration.requestTimeout == .milliseconds(2_500))
            #expect(Mirror(reflecting: KubernetesConfiguration()).children.count == 11)
        }

        @Test func `a service and a selector do not go together`() async throws {
            var configuration = TestConfiguration(strategy: "kubernetes")
            configuration.values["kubernetes.podSelector"] = "app=orders"
            #expect(await configuration.refusal()?.contains("'kubernetes.podSelector'") == true)
        }

        @Test func `what Kubernetes mounts and is not there is told by the strategy`() async {
            let refusal = await TestConfiguration(strategy: "kubernetes").refusal()
            #expect(refusal?.contains("keys of 'kubernetes'") == true)
            #expect(refusal?.contains("/nowhere") == true)
        }
    }
#endif
