#if Multicast
    import NIOCore
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct InterfaceListTests {
        private func device(_ name: String, _ index: Int, _ address: String, broadcast: String? = nil) throws
            -> NIONetworkDevice
        {
            let address = try SocketAddress(ipAddress: address, port: 0)
            return NIONetworkDevice(
                name: name,
                address: address,
                netmask: nil,
                broadcastAddress: try broadcast.map { try SocketAddress(ipAddress: $0, port: 0) },
                pointToPointDestinationAddress: address,
                multicastSupported: true,
                interfaceIndex: index
            )
        }

        private func devices() throws -> [NIONetworkDevice] {
            [
                try self.device("eth0", 2, "198.51.100.7", broadcast: "198.51.100.255"),
                try self.device("eth0", 2, "198.51.100.8", broadcast: "198.51.100.255"),
                try self.device("eth0", 2, "fe80::7"),
                try self.device("tun0", 3, "203.0.113.1"),
                try self.device("lo", 1, "127.0.0.1"),
                try self.device("lo", 1, "::1"),
            ]
        }

        private func names(_ list: InterfaceList) -> [String] { list.interfaces.map { "\($0.name) \($0.family)" } }

        @Test func eachInterfaceIsUsedOnceForEachVersionLoopbackToo() throws {
            let list = InterfaceList(try self.devices(), .init())
            #expect(self.names(list) == ["lo ipv4", "lo ipv6", "eth0 ipv4", "eth0 ipv6", "tun0 ipv4"])
            #expect(list.interfaces[2].address.ipAddress == "198.51.100.7")
        }

        @Test func theConfigurationChooses() throws {
            var configuration = MulticastConfiguration()
            configuration.families = .ipv6
            configuration.interfaces = ["eth0"]
            let list = InterfaceList(try self.devices(), configuration)
            #expect(self.names(list) == ["eth0 ipv6"])
            // The machine's own addresses are all known nevertheless.
            #expect(!list.isOutside("203.0.113.1"))
        }

        @Test func aBroadcastGoesWhereThereIsSuchAThing() throws {
            var configuration = MulticastConfiguration()
            configuration.transport = .broadcast
            let list = InterfaceList(try self.devices(), configuration)
            #expect(self.names(list) == ["lo ipv4", "eth0 ipv4"])
            #expect(list.interfaces.map(\.broadcastAddress?.ipAddress) == ["127.255.255.255", "198.51.100.255"])
        }

        @Test func asManyAreUsedAsASocketCanJoin() throws {
            let devices = try (1...100).map { try self.device("veth\($0)", $0, "198.51.100.\($0)") }
            #expect(InterfaceList(devices, .init()).interfaces.count == InterfaceList.most)
        }

        @Test func whatComesFromOwnAddressesIsNotFromOutside() throws {
            let list = InterfaceList(try self.devices(), .init())
            for own in ["198.51.100.7", "198.51.100.8", "fe80::7", "::1", "127.0.0.1", "127.0.0.2"] {
                #expect(!list.isOutside(own))
            }
            #expect(list.isOutside("198.51.100.9") && list.isOutside("fe80::8"))
        }
    }
#endif
