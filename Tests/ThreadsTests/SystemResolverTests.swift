import Testing

@testable import Threads

struct SystemResolverTests {
    @Test func `a name has its addresses, each once`() throws {
        let addresses = try SystemResolver.addresses(of: "localhost").get()
        #expect(Set(addresses).isSubset(of: ["127.0.0.1", "::1"]))
        #expect(Set(addresses).count == addresses.count)
        #expect(!addresses.isEmpty)
    }

    @Test func `an address is itself`() throws {
        #expect(try SystemResolver.addresses(of: "192.0.2.7").get() == ["192.0.2.7"])
    }

    @Test func `a name that is none fails with the system's words`() {
        #expect(throws: SystemResolver.Failure.self) { try SystemResolver.addresses(of: "two words").get() }
    }
}
