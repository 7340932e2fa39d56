import Testing

@testable import ClusterFormation

@Suite struct NetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
        ("10.1.2.0/23", "10.1.3.255", true), ("10.1.2.0/23", "10.1.4.0", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("0.0.0.0/0", "192.0.2.7", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("fd00::/8", "fd12:3456::1", true), ("fd00::/8", "fe80::1", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", false),
        ("10.0.0.0/8", "ten.example.org", false),
    ])
    func holds(network: String, host: String, isIn: Bool) throws {
        #expect(try #require(Network(parsing: network)).contains(host: host) == isIn)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "/8", "10.0.0.0/33", "fd00::/129", "10.0.0.1/8", "10.0.0.0/8/8", "10.0.0.0/-1",
        "10.0.0.0/0x8", "10.0.0.0/ 8", "example.org/8", "10.0.0/8", "fd00::1/8", "10.0.0.0/0008",
    ])
    func isRefused(text: String) {
        #expect(Network(parsing: text) == nil)
        #expect(throws: ClusterError.self) { _ = try AllowedEndpoints.networks([text]) }
    }

    @Test func portsCountToo() throws {
        let allowed = try AllowedEndpoints.networks(["10.0.0.0/8", "fd00::/8"], ports: 7000...7999)
        #expect(allowed.contains(try Endpoint(host: "10.1.1.1", port: 7000)))
        #expect(allowed.contains(try Endpoint(host: "fd00::5", port: 7999)))
        #expect(allowed.contains(try Endpoint(host: "::ffff:10.1.1.1", port: 7000)))
        #expect(!allowed.contains(try Endpoint(host: "10.1.1.1", port: 8000)))
        #expect(!allowed.contains(try Endpoint(host: "192.0.2.1", port: 7000)))
        #expect(AllowedEndpoints.all.contains(try Endpoint(host: "name.example.org", port: 1)))
    }
}
