#if Multicast
    import ClusterFormation
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct MulticastConfigurationTests {
        private func refusal(_ change: (inout MulticastConfiguration) -> Void) -> String? {
            var configuration = MulticastConfiguration()
            change(&configuration)
            do {
                _ = try MulticastStrategy(sealing: .unsealed, configuration: configuration)
                return nil
            } catch {
                guard let error = error as? ClusterError, error.code == .invalidConfiguration else {
                    Issue.record("\(error)")
                    return nil
                }
                return error.message
            }
        }

        @Test func theDefaultsWork() {
            #expect(self.refusal { _ in } == nil)
        }

        @Test func whatCantWorkIsRefusedWithWhatToDo() {
            #expect(self.refusal { $0.port = 0 }?.contains("choose 1 to 65,535") == true)
            #expect(self.refusal { $0.port = 65_536 }?.contains("choose 1 to 65,535") == true)
            #expect(self.refusal { $0.hops = 256 }?.contains("choose 1 to 255") == true)
            #expect(self.refusal { $0.clockTolerance = .zero }?.contains("choose 1 s to 1 day") == true)
            #expect(self.refusal { $0.interfaceScanInterval = .zero }?.contains("choose 100 ms to 1 h") == true)
            #expect(self.refusal { $0.interfaces = [] }?.contains("name at least one") == true)
            #expect(self.refusal { $0.families = [] }?.contains("choose ipv4, ipv6, or both") == true)
            #expect(self.refusal { ($0.transport, $0.families) = (.broadcast, .ipv6) }?.contains("IPv4 alone") == true)
            #expect(self.refusal { $0.announcements.heartbeatInterval = .zero }?.contains("heartbeatInterval") == true)
            #expect(self.refusal { $0.farewellTimeout = .zero }?.contains("farewellTimeout") == true)
        }

        @Test func aNodeWhoseAnnouncementDoesNotFitIntoADatagramIsRefused() throws {
            let strategy = try MulticastStrategy(sealing: .unsealed)
            let node = try Node(
                host: "198.51.100.7",
                port: 7337,
                metadata: ["note": String(repeating: "x", count: 1_024)]
            )
            #expect(throws: ClusterError.self) { try strategy.validate(clusterName: "orders", localNode: node) }
            let fit = try Node(host: "198.51.100.7", port: 7337, metadata: ["note": String(repeating: "x", count: 500)])
            try strategy.validate(clusterName: "orders", localNode: fit)
        }
    }
#endif
