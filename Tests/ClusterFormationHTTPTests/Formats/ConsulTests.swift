import ClusterFormation
import Testing

@testable import ClusterFormationHTTP

@Suite struct ConsulTests {
    private func nodes(_ text: String) throws -> [Node] { try ConsulHealth.nodes(json: Array(text.utf8)) }

    @Test("A service's own address goes before its host's")
    func addresses() throws {
        let text = """
            [{"Node": {"Node": "worker-1", "Address": "10.0.0.1", "Datacenter": "eu"},
              "Service": {"ID": "a", "Service": "orders", "Address": "10.9.0.1", "Port": 7337, "Meta": {"zone": "a"}},
              "Checks": [{"Status": "passing"}]},
             {"Node": {"Node": "worker-2", "Address": "10.0.0.2"},
              "Service": {"Address": "", "Port": 7338, "Meta": null}}]
            """
        let nodes = try self.nodes(text)
        #expect(nodes.map(\.endpoint.description) == ["10.9.0.1:7337", "10.0.0.2:7338"])
        #expect(nodes[0].metadata == ["node": "worker-1", "datacenter": "eu", "zone": "a"])
        #expect(try self.nodes("[]").isEmpty)
    }

    @Test(
        "What is not such an answer is an error",
        arguments: [
            "", "{}", "null", #"[{"Node": {}}]"#, #"[{"Node": {"Address": "10.0.0.1"}, "Service": {}}]"#,
            #"[{"Node": {}, "Service": {"Port": 1}}]"#, #"[{"Node": {"Address": "a b"}, "Service": {"Port": 1}}]"#,
        ]
    )
    func garbage(text: String) {
        #expect(throws: LookupError.self) { try self.nodes(text) }
    }

    @Test("A query waits only when three answers in a row were the same")
    func settles() {
        var index = ConsulIndex()
        #expect(index.waiting == nil)
        index.answered("7")
        index.answered("7")
        #expect(index.waiting == nil)
        index.answered("7")
        #expect(index.waiting == 7)
        index.answered("7")
        #expect(index.waiting == 7)
        index.answered("9")
        #expect(index.waiting == nil)
    }

    @Test("An index that goes backwards, is zero or is none is not waited on", arguments: ["3", "0", "x", "-1", nil])
    func backwards(header: String?) {
        var index = ConsulIndex()
        for _ in 0..<3 { index.answered("7") }
        index.answered(header)
        #expect(index.waiting == nil)
        index.answered("7")
        #expect(index.waiting == nil)
    }

    @Test("A failure forgets the index")
    func failure() {
        var index = ConsulIndex()
        for _ in 0..<3 { index.answered("7") }
        index.failed()
        #expect(index.waiting == nil)
    }
}
