import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct IPv6AddressTests {
    /// The examples of RFC 5952, sections 1, 2 and 4, with what it recommends.
    @Test(arguments: [
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:0:1::1", "2001:db8::1:0:0:1"),
        ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
        ("2001:db8:0:0:0::1", "2001:db8::1"),
        ("2001:db8::aaaa:0:0:1", "2001:db8::aaaa:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("FF01:0:0:0:0:0:0:101", "ff01::101"),
        ("0:0:0:0:0:0:0:0", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1::", "1::"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ])
    func `an address is written as RFC 5952 recommends`(text: String, canonical: String) {
        #expect(IPv6Address(parsing: text)?.description == canonical)
        #expect(IPv6Address(parsing: canonical) == IPv6Address(parsing: text))
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::", "g::", "1:::2", ":1::", "1::2:", "::1.2.3", "::1.2.3.4.5", "::256.1.1.1", "::01.1.1.1", "1.2.3.4::",
        "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::1%", "::1%a b", "::1%a%b", "%eth0", "::1/64", "[::1]", " ::1",
        "::-1", "::+1",
        "::1%" + String(repeating: "a", count: 33),
    ])
    func `what is no address is refused`(text: String) {
        #expect(IPv6Address(parsing: text) == nil)
    }

    @Test func `any eight groups come back from their canonical form`() throws {
        var generator = SeededGenerator(seed: 5_952)
        for _ in 0..<2_000 {
            let groups = (0..<8).map { _ in
                Bool.random(using: &generator) ? 0 : UInt16.random(in: 0...0xffff, using: &generator)
            }
            let long = groups.map { String($0, radix: 16) }.joined(separator: ":")
            let address = try #require(IPv6Address(parsing: long))
            #expect(IPv6Address(parsing: address.description) == address)
            #expect(address.description.utf8.count <= max(long.utf8.count, 22))
        }
    }
}
