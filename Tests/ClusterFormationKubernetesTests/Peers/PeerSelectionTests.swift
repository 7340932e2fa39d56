import ClusterFormation
import Testing

@testable import ClusterFormationKubernetes

@Suite struct PeerSelectionTests {
    private func choice(
        _ records: [EndpointRecord],
        host: String = "10.244.0.200",
        _ configure: (inout KubernetesConfiguration) -> Void = { _ in }
    ) throws -> PeerSelection.Choice {
        var configuration = KubernetesConfiguration()
        configure(&configuration)
        return PeerSelection(configuration, localNode: try Node(host: host, port: 7337)).choose(from: records)
    }

    private func endpoints(_ choice: PeerSelection.Choice) -> [String] { choice.nodes.map(\.endpoint.description) }

    @Test("Zone, node and pod become metadata")
    func metadata() throws {
        var record = EndpointRecord.numbered(1)
        (record.zone, record.nodeName) = ("eu-1a", "worker-1")
        let node = try #require(try self.choice([record]).nodes.first)
        #expect(node.metadata == ["zone": "eu-1a", "node": "worker-1", "pod": "orders-1"])
        #expect(node.instance == nil)
    }

    @Test("Who is not ready is found unless it is not wanted; who is terminating never is")
    func readiness() throws {
        var (waiting, going) = (EndpointRecord.numbered(1), EndpointRecord.numbered(2))
        waiting.isReady = false
        going.isTerminating = true
        #expect(self.endpoints(try self.choice([waiting, going])) == ["10.244.0.1:7337"])
        #expect(try self.choice([waiting, going]) { $0.includesNotReady = false }.nodes.isEmpty)
    }

    @Test("Of two families the local node's is taken")
    func family() throws {
        var six = EndpointRecord.numbered(1)
        (six.address, six.family) = ("fd00::1", .ipv6)
        let both = [EndpointRecord.numbered(1), six]
        #expect(self.endpoints(try self.choice(both)) == ["10.244.0.1:7337"])
        #expect(self.endpoints(try self.choice(both, host: "fd00::9")) == ["[fd00::1]:7337"])
        #expect(self.endpoints(try self.choice(both, host: "orders-0.orders")) == ["10.244.0.1:7337"])
        #expect(self.endpoints(try self.choice([six], host: "orders-0.orders")) == ["[fd00::1]:7337"])
        #expect(self.endpoints(try self.choice(both) { $0.family = .ipv6 }) == ["[fd00::1]:7337"])
    }

    @Test("A port is the only one, one by its name, or a number")
    func port() throws {
        var record = EndpointRecord.numbered(1)
        record.ports.append(EndpointRecord.Port(name: "http", number: 80))
        #expect(self.endpoints(try self.choice([record]) { $0.port = .named("http") }) == ["10.244.0.1:80"])
        #expect(self.endpoints(try self.choice([record]) { $0.port = .number(9) }) == ["10.244.0.1:9"])
        let unknown = try self.choice([record])
        #expect(unknown.nodes.isEmpty)
        #expect(unknown.leftOut == 1)
        #expect(unknown.flaw?.code == "port_unknown")
        #expect(unknown.flaw?.message.contains("cluster (7337), http (80)") == true)
    }

    @Test("An address becomes a pod's DNS name, or its hostname under the service")
    func names() throws {
        var record = EndpointRecord.numbered(1)
        (record.hostname, record.subdomain) = ("orders-0", "orders")
        #expect(
            self.endpoints(try self.choice([record]) { $0.address = .hostname })
                == ["orders-0.orders.shop.svc.cluster.local:7337"]
        )
        #expect(
            self.endpoints(try self.choice([record]) { $0.address = .podName })
                == ["10-244-0-1.shop.pod.cluster.local:7337"]
        )
        record.hostname = nil
        #expect(try self.choice([record]) { $0.address = .hostname }.flaw?.code == "hostname_unknown")
    }

    @Test("An address that is none spoils nobody else")
    func badAddress() throws {
        var record = EndpointRecord.numbered(1)
        record.address = "10.244.0.999"
        let choice = try self.choice([record, .numbered(2)])
        #expect(self.endpoints(choice) == ["10.244.0.2:7337"])
        #expect(choice.flaw?.code == "bad_address")
    }
}
