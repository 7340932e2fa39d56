import Testing

@testable import ClusterFormation

@Suite struct PeerListTests {
    private func parse(_ text: String, defaultPort: Int? = 7337) throws -> [String] {
        try PeerList.parse(text, defaultPort: defaultPort, source: "PEERS").map(\.description)
    }

    @Test("Addresses and names, with their ports or the default one")
    func list() throws {
        #expect(try self.parse("10.0.0.7:1,Node-2.example.com.") == ["10.0.0.7:1", "node-2.example.com:7337"])
        #expect(try self.parse(" a:1 ,\tb:2, ,c,\n") == ["a:1", "b:2", "c:7337"])
        #expect(try self.parse("[2001:db8::7]:1,[2001:db8:0::8]") == ["[2001:db8::7]:1", "[2001:db8::8]:7337"])
        #expect(try self.parse("a:1", defaultPort: nil) == ["a:1"])
    }

    @Test(
        "What is no list of peers is refused, with what is wrong",
        arguments: [
            ("", "empty"), (" , ", "empty"), ("a:0", "not a port"), ("a:99999", "not a port"), ("a:b", "not a port"),
            ("2001:db8::7", "ambiguous"), ("a b", "not a host"), ("0.0.0.0", "listen"), ("[a]", "brackets"),
            ("a;b", "not a host"), ("[2001:db8::7", "ambiguous"), ("http://a:1", "ambiguous"),
        ]
    )
    func malformed(text: String, words: String) throws {
        let error = #expect(throws: ClusterError.self) { try self.parse(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("PEERS ") == true)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("Without a default port each peer needs one, and the message says so")
    func noPort() {
        let error = #expect(throws: ClusterError.self) { try self.parse("a", defaultPort: nil) }
        #expect(error?.message.contains("has no port") == true)
        #expect(throws: ClusterError.self) { try self.parse("a", defaultPort: 0) }
    }

    @Test("Lists beyond all bounds are refused")
    func bounds() {
        #expect(throws: ClusterError.self) { try self.parse(String(repeating: "a,", count: 40_000)) }
        #expect(throws: ClusterError.self) { try self.parse(String(repeating: "a,", count: 5_000)) }
    }
}
