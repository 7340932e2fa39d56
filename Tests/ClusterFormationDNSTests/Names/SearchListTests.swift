import Testing

@testable import ClusterFormationDNS

@Suite struct SearchListTests {
    private let kubernetes = SearchList(
        domains: ["shop.svc.cluster.local", "svc.cluster.local.", "Cluster.Local"],
        leastDots: 5
    )

    @Test func `a name with few dots is first looked for under the domains`() throws {
        #expect(
            self.kubernetes.candidates(for: try DomainName("orders.shop.svc")) == [
                "orders.shop.svc.shop.svc.cluster.local", "orders.shop.svc.svc.cluster.local",
                "orders.shop.svc.cluster.local", "orders.shop.svc",
            ]
        )
    }

    @Test func `a name with enough dots is first looked for as it is`() throws {
        let list = SearchList(domains: ["corp.example"], leastDots: 1)
        #expect(list.candidates(for: try DomainName("orders.internal")).first == "orders.internal")
        #expect(list.candidates(for: try DomainName("orders")).first == "orders.corp.example")
    }

    @Test func `an absolute name is looked for as it is, and nowhere else`() throws {
        #expect(self.kubernetes.candidates(for: try DomainName("orders.")) == ["orders"])
    }

    @Test func `domains that are none, or make the name too long, are left out`() throws {
        let label = String(repeating: "a", count: 60)
        let long = Array(repeating: label, count: 4).joined(separator: ".")
        let list = SearchList(domains: ["bad domain", "", long, "good"], leastDots: 1)
        #expect(list.domains == [long, "good"])
        #expect(list.candidates(for: try DomainName("orders-of-shop")) == ["orders-of-shop.good", "orders-of-shop"])
    }

    @Test func `a list has an end`() {
        #expect(SearchList(domains: (0..<1_000).map { "d\($0)" }, leastDots: 1).domains.count == SearchList.longest)
    }
}
