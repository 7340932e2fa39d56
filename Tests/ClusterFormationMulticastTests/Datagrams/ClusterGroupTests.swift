#if Multicast
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct ClusterGroupTests {
        @Test func aNameHasTheGroupsThatTheDocumentationDerives() {
            // printf 'swift-cluster-formation multicast v1\0orders' | sha256sum
            let group = ClusterGroup(cluster: "orders")
            #expect(group.tag == 0xca65_b7ec_ad10_63ac)
            #expect(group.ipv4 == "239.255.30.144")
            #expect(group.ipv6 == "ff12::b1ac:1717")
        }

        @Test func clustersOfAThousandNamesHaveATagEach() {
            let groups = (0..<1_000).map { ClusterGroup(cluster: "cluster-\($0)") }
            #expect(Set(groups.map(\.tag)).count == 1_000)
            // The groups of IPv4 are few: that some are shared is what the tag is for.
            #expect(Set(groups.map(\.ipv4)).count > 950)
        }
    }
#endif
