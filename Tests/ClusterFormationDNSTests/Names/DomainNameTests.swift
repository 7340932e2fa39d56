import ClusterFormation
import Testing

@testable import ClusterFormationDNS

@Suite struct DomainNameTests {
    @Test func `a final dot makes a name absolute`() throws {
        let (relative, absolute) = (try DomainName("Orders.Internal"), try DomainName("orders.internal."))
        #expect(relative.text == "orders.internal")
        #expect(absolute.text == "orders.internal")
        #expect(!relative.isAbsolute)
        #expect(absolute.isAbsolute)
        #expect(relative.dots == 1)
        #expect("\(absolute)" == "orders.internal.")
    }

    @Test func `names of services have underscores`() throws {
        #expect(try DomainName("_mesh._tcp.orders.svc").text == "_mesh._tcp.orders.svc")
    }

    @Test(arguments: ["", ".", "..", "a..b", ".a", "a b", "a\nb", "a\\.b", "ü.test", String(repeating: "a", count: 64)])
    func `what is no name is refused`(text: String) {
        #expect(throws: ClusterError.self) { try DomainName(text) }
    }

    @Test func `a name has 253 bytes at most`() throws {
        let long = Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: ".")
        #expect(throws: ClusterError.self) { try DomainName(long) }
        #expect(try DomainName(String(long.prefix(253)) + ".").text.utf8.count == 253)
    }

    @Test func `a label has no dots`() throws {
        #expect(try DomainName.label("orders") == "orders")
        #expect(throws: ClusterError.self) { try DomainName.label("orders.evil") }
        #expect(throws: ClusterError.self) { try DomainName.label("") }
    }
}
