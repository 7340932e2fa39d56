import ClusterFormation
import Testing

@testable import ClusterFormationDNS

@Suite struct DNSStrategyConfigurationTests {
    private func refusal(_ body: () throws -> DNSStrategy) -> String? {
        let error = #expect(throws: ClusterError.self) { _ = try body() }
        #expect(error?.code == .invalidConfiguration)
        return error?.message
    }

    @Test func `names, ports and servers that can't work are refused`() throws {
        #expect(self.refusal { try DNSStrategy(names: []) }?.contains("1 to 64") == true)
        #expect(self.refusal { try DNSStrategy(names: (0..<65).map { "n\($0)" }) }?.contains("1 to 64") == true)
        #expect(self.refusal { try DNSStrategy(name: "a..b") }?.contains("not a DNS name") == true)
        #expect(self.refusal { try DNSStrategy(name: "a.test", port: 0) }?.contains("65535") == true)
        #expect(self.refusal { try DNSStrategy(service: "") } != nil)
        var configuration = DNSConfiguration()
        configuration.nameServers = [try Endpoint(host: "ns1.test", port: 53)]
        #expect(
            self.refusal { try DNSStrategy(name: "a.test", configuration: configuration) }?.contains("address") == true
        )
        configuration.nameServers = try (1...17).map { try Endpoint(host: "10.0.0.\($0)", port: 53) }
        #expect(self.refusal { try DNSStrategy(name: "a.test", configuration: configuration) }?.contains("16") == true)
        configuration.nameServers = [try Endpoint(host: "::1", port: 53)]
        configuration.polling.interval = .zero
        #expect(
            self.refusal { try DNSStrategy(name: "a.test", configuration: configuration) }?.contains("interval") == true
        )
    }

    // MARK: - Platforms

    private func flyIO(app: String? = nil, group: String? = nil, region: String? = nil) throws -> String {
        try DNSStrategy.flyIOName(app: app, processGroup: group, region: region) { name in
            name == "FLY_APP_NAME" ? "orders" : nil
        }.description
    }

    @Test func `Fly's names are those of its documentation`() throws {
        #expect(try self.flyIO() == "orders.internal.")
        #expect(try self.flyIO(app: "shop") == "shop.internal.")
        #expect(try self.flyIO(group: "worker") == "worker.process.orders.internal.")
        #expect(try self.flyIO(region: "ams") == "ams.orders.internal.")
        #expect(throws: ClusterError.self) { try self.flyIO(group: "worker", region: "ams") }
        #expect(throws: ClusterError.self) { try self.flyIO(app: "a.b") }
        #expect(throws: ClusterError.self) {
            try DNSStrategy.flyIOName(app: nil, processGroup: nil, region: nil) { _ in nil }
        }
    }

    private func kubernetes(_ parts: [String], _ namespace: String?, _ domain: String?) throws -> String {
        try DNSStrategy.kubernetesName(parts, namespace, domain).description
    }

    @Test func `Kubernetes's names lean on the search list, unless the domain is given`() throws {
        #expect(try self.kubernetes(["orders"], nil, nil) == "orders")
        #expect(try self.kubernetes(["orders"], "shop", nil) == "orders.shop.svc")
        #expect(try self.kubernetes(["orders"], "shop", "cluster.local.") == "orders.shop.svc.cluster.local.")
        let service = ["_mesh", "_tcp", "orders"]
        #expect(try self.kubernetes(service, "shop", "cluster.local") == "_mesh._tcp.orders.shop.svc.cluster.local.")
        #expect(throws: ClusterError.self) { try self.kubernetes(["orders"], nil, "cluster.local") }
        #expect(throws: ClusterError.self) { try self.kubernetes(["orders"], "a.b", nil) }
    }

    @Test func `Consul's names have a tag and a data centre where they are given`() throws {
        func name(tag: String? = nil, datacenter: String? = nil, domain: String = "consul") throws -> String {
            try DNSStrategy.consulName(service: "orders", tag: tag, datacenter: datacenter, domain: domain).description
        }
        #expect(try name() == "orders.service.consul.")
        #expect(try name(tag: "v2", datacenter: "dc2") == "v2.orders.service.dc2.consul.")
        #expect(try name(domain: "corp.example") == "orders.service.corp.example.")
    }

    @Test func `every platform makes a strategy, and refuses what is no name`() throws {
        #expect(try DNSStrategy.flyIO(app: "orders", port: 7_337).name == "dns")
        #expect(try DNSStrategy.kubernetesHeadless(service: "orders", namespace: "shop").name == "dns")
        #expect(try DNSStrategy.kubernetesHeadless(service: "orders", portName: "mesh").name == "dns")
        #expect(try DNSStrategy.dockerCompose(service: "orders").name == "dns")
        #expect(try DNSStrategy.swarm(service: "shop_orders").name == "dns")
        #expect(try DNSStrategy.consul(service: "orders").name == "dns")
        #expect(try DNSStrategy.nomad(service: "orders").name == "dns")
        for make: (String) throws -> DNSStrategy in [
            { try .flyIO(app: $0) }, { try .kubernetesHeadless(service: $0) }, { try .dockerCompose(service: $0) },
            { try .kubernetesHeadless(service: "orders", portName: $0) }, { try .swarm(service: $0) },
            { try .consul(service: $0) }, { try .nomad(service: $0) },
        ] {
            for bad in ["", "a b", "a.b", "-\n"] { #expect(throws: ClusterError.self) { try make(bad) } }
        }
    }
}
