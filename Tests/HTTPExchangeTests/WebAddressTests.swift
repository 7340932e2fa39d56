import ClusterFormation
import HTTPExchange
import Testing

@Suite struct WebAddressTests {
    @Test(
        "An address is brought into one form",
        arguments: [
            ("http://registry", "http://registry:80/"),
            ("HTTPS://Registry.Local/a/b", "https://registry.local:443/a/b"),
            ("https://[2001:DB8::1]:8443/x?y=z", "https://[2001:db8::1]:8443/x?y=z"), ("http://h:1?q", "http://h:1/?q"),
        ]
    )
    func canonical(text: String, url: String) throws {
        #expect(try WebAddress(text).url() == url)
    }

    @Test(
        "What is not an address is refused when the strategy is made",
        arguments: [
            "", "registry", "ftp://registry", "http://", "http://a b", "http://user:secret@host/", "http://h:0/",
            "http://h:99999/", "http://h/#part", "http://h/\n", "http://[::1", "https://0.0.0.0/",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: ClusterError.self) { try WebAddress(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("An address without end is refused")
    func tooLong() {
        #expect(throws: ClusterError.self) { try WebAddress("http://h/" + String(repeating: "a", count: 5_000)) }
    }

    @Test("What is added is escaped, and a query is not told")
    func parts() throws {
        let address = try WebAddress("http://h/base/?dc=eu")
        #expect(
            address.url(["a b", "ü"], parameters: [("x", "1&2=3")]) == "http://h:80/base/a%20b/%C3%BC?dc=eu&x=1%262%3D3"
        )
        #expect(address.description == "http://h:80/base/")
    }

    @Test("Header fields that would be two are refused")
    func fields() throws {
        try HTTPFields.validate(["X-Consul-Token": "abc"])
        #expect(throws: ClusterError.self) { try HTTPFields.validate(["A": "b\r\nC: d"]) }
        #expect(throws: ClusterError.self) { try HTTPFields.validate(["A B": "c"]) }
        #expect(throws: ClusterError.self) { try HTTPFields.validate(["": "c"]) }
    }
}
