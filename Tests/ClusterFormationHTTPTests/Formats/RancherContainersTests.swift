import ClusterFormation
import Testing

@testable import ClusterFormationHTTP

@Suite struct RancherContainersTests {
    private func nodes(_ text: String) throws -> [Node] {
        try RancherContainers.nodes(json: Array(text.utf8), port: 7337)
    }

    @Test("Containers that run are peers, in a list or within their service")
    func containers() throws {
        let list = """
            [{"name": "orders-1", "primary_ip": "10.42.0.1", "state": "running"}, {"name": "orders-2", "primary_ip": null},
             {"name": "orders-3", "primary_ip": "10.42.0.3", "state": "stopping"}, {"primary_ip": "10.42.0.4"}]
            """
        let nodes = try self.nodes(list)
        #expect(nodes.map(\.endpoint.description) == ["10.42.0.1:7337", "10.42.0.4:7337"])
        #expect(nodes[0].metadata == ["container": "orders-1"])
        #expect(try self.nodes(#"{"name": "orders", "containers": \#(list)}"#) == nodes)
    }

    @Test(
        "What is not such an answer is an error",
        arguments: ["", "{}", "null", "Not found", #"[{"primary_ip": "a b"}]"#]
    )
    func garbage(text: String) {
        #expect(throws: LookupError.self) { try self.nodes(text) }
    }
}
