import ClusterFormation
import Testing

@testable import ClusterFormationHTTP

@Suite struct TargetGroupsTests {
    private func nodes(_ text: String, defaultPort: Int? = nil) throws -> [Node] {
        try TargetGroups.nodes(json: Array(text.utf8), defaultPort: defaultPort)
    }

    @Test("Targets are peers, and labels their metadata, but for Prometheus' own")
    func groups() throws {
        let text = """
            [{"targets": ["10.0.3.7:7337", "[fd00::1]:7337"], "labels": {"zone": "eu-1a", "__meta_x": "y"}},
             {"targets": []}, {"targets": ["orders.internal:1"]}]
            """
        let nodes = try self.nodes(text)
        #expect(nodes.map(\.endpoint.description) == ["10.0.3.7:7337", "[fd00::1]:7337", "orders.internal:1"])
        #expect(nodes.map(\.metadata) == [["zone": "eu-1a"], ["zone": "eu-1a"], [:]])
        #expect(try self.nodes("[]").isEmpty)
    }

    @Test("Targets without a port have the default one, where there is one")
    func defaultPort() throws {
        let text = #"[{"targets": ["10.0.3.7", "fd00::1", "[fd00::2]", "orders:80"]}]"#
        let nodes = try self.nodes(text, defaultPort: 7337)
        #expect(nodes.map(\.endpoint.port) == [7337, 7337, 7337, 80])
        #expect(throws: LookupError.self) { try self.nodes(text) }
    }

    @Test(
        "What is not such a list is an error and not an empty list",
        arguments: [
            "", "null", "{}", "[{}]", "<html></html>", #"["10.0.3.7:7337"]"#, #"[{"targets": "10.0.3.7:7337"}]"#,
            #"[{"targets": ["10.0.3.7:7337", "?"]}]"#, #"[{"targets": [], "labels": {"": "x"}}]"#,
            #"[{"targets": ["10.0.3.7:7337"], "labels": {"a": "b\n"}}]"#,
        ]
    )
    func garbage(text: String) {
        let error = #expect(throws: LookupError.self) { try self.nodes(text) }
        #expect(error?.code == "bad_answer")
    }

    @Test("A text that is nested without end is refused, and nothing overflows")
    func nesting() {
        #expect(throws: LookupError.self) { try self.nodes(String(repeating: "[", count: 100_000)) }
    }
}
