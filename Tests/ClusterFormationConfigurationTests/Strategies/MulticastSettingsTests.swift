#if Configuration && Multicast
    import ClusterFormation
    import ClusterFormationMulticast
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct MulticastSettingsTests {
        @Test func `a key is required, or its absence said by name`() async {
            var configuration = TestConfiguration(strategy: "multicast")
            #expect(await configuration.refusal() == nil)
            configuration.values["multicast.unsealed"] = true
            #expect(await configuration.refusal()?.contains("'multicast.unsealed'") == true)
            configuration.values["key"] = nil
            #expect(await configuration.refusal() == nil)
            configuration.values["multicast.unsealed"] = false
            #expect(await configuration.refusal()?.contains("'key'") == true)
        }

        @Test func `the keys set its options`() async throws {
            var configuration = TestConfiguration(strategy: "multicast")
            configuration.values["multicast.transport"] = "broadcast"
            configuration.values["multicast.families"] = "ipv4"
            configuration.values["multicast.port"] = 7000
            configuration.values["multicast.interfaces"] = .stringArray(["eth0", "eth1"])
            configuration.values["multicast.heartbeatInterval"] = 2
            let settings = try await KeyReader.reading(configuration.reader()) {
                try await MulticastSettings.group.read(by: $0)
            }
            #expect(settings.configuration.transport == .broadcast)
            #expect(settings.configuration.families == .ipv4)
            #expect(settings.configuration.port == 7000)
            #expect(settings.interfaces == ["eth0", "eth1"])
            #expect(settings.announcements.made().heartbeatInterval == .seconds(2))
            #expect(Mirror(reflecting: MulticastConfiguration()).children.count == 9)
            configuration.values["multicast.families"] = "ipv6"
            #expect(await configuration.refusal()?.contains("keys of 'multicast'") == true)
        }
    }
#endif
