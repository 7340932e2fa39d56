import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationDNS

/// Whole clusters that find each other by a real name server.
@Suite(.enabled("dnsmasq is not installed") { Dnsmasq.isInstalled }, .timeLimit(.minutes(2)))
struct FormationTests {
    private struct Member: Sendable {
        let cluster: Cluster
        let connector = RecordingConnector()
        let log = StrategyLog()

        init(_ number: Int, _ configuration: DNSConfiguration) throws {
            self.cluster = try Cluster(
                name: "orders",
                localNode: Node(host: "10.0.0.\(number)", port: 7_337),
                strategy: DNSStrategy(name: "orders.test.", configuration: configuration),
                connector: self.connector,
                logger: self.log.logger
            )
        }
    }

    @Test func `nodes find each other and not themselves, and no outage of DNS costs a link`() async throws {
        try await Dnsmasq.with(hosts: ["orders.test": ["10.0.0.1", "10.0.0.2", "10.0.0.3"]]) { server in
            let configuration = try DNSConfiguration.quick(server.port)
            let members = try (1...3).map { try Member($0, configuration) }
            try await withThrowingTaskGroup { group in
                for member in members { group.addTask { try await member.cluster.run() } }
                for member in members { try await member.cluster.waitForPeers(atLeast: 2, within: .seconds(30)) }
                let events = members.map(\.cluster.events)
                server.stop()
                for (member, events) in zip(members, events) {
                    for await event in events {
                        guard case .strategyChanged(_, let condition) = event, condition.state == .impaired else {
                            continue
                        }
                        break
                    }
                    #expect(member.cluster.status.connectedPeers.count == 2)
                }
                let later = members.map(\.cluster.events)
                try await server.start()
                for (member, events) in zip(members, later) {
                    for await event in events {
                        guard case .strategyChanged(_, .active) = event else { continue }
                        break
                    }
                    #expect(member.cluster.status.connectedPeers.count == 2)
                    #expect(member.cluster.status.peers.count == 2)
                    #expect(member.connector.violations.isEmpty)
                    // A line is written after its event.
                    try await member.log.wait(for: ["info: Strategy", "warning: Strat", "info: Strategy"])
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
