#if Multicast
    internal import NIOCore

    /// The interfaces that are there now, one for each version of IP, and the machine's own addresses.
    struct InterfaceList: Hashable, Sendable {
        /// How many are used of each version of IP: a socket joins as many groups on Linux (igmp_max_memberships).
        static let most = 20

        private(set) var interfaces: [NetworkInterface] = []
        /// Every address of the machine, those of interfaces that are not used included.
        private(set) var ownAddresses: Set<String> = []

        /// An empty list.
        init() {}

        /// What the machine has, cut down to what the configuration wants; in the order of the interfaces' numbers.
        init(_ devices: [NIONetworkDevice], _ configuration: MulticastConfiguration) {
            for device in devices.sorted(by: { $0.interfaceIndex < $1.interfaceIndex }) {
                guard let address = device.address, let text = address.ipAddress else { continue }
                self.ownAddresses.insert(text)
                guard configuration.interfaces?.contains(device.name) ?? true,
                    let interface = Self.interface(device, at: address, configuration),
                    // Each has one address of each version here, the first.
                    !self.interfaces.contains(where: { $0.index == interface.index && $0.family == interface.family }),
                    self.interfaces.count(where: { $0.family == interface.family }) < Self.most
                else { continue }
                self.interfaces.append(interface)
            }
        }

        private static func interface(
            _ device: NIONetworkDevice,
            at address: SocketAddress,
            _ configuration: MulticastConfiguration
        ) -> NetworkInterface? {
            let family: NetworkInterface.Family
            switch address {
            case .v4 where configuration.families.contains(.ipv4): family = .ipv4
            case .v6 where configuration.families.contains(.ipv6) && configuration.transport == .multicast:
                family = .ipv6
            case .v4, .v6, .unixDomainSocket: return nil
            }
            var interface = NetworkInterface(
                name: device.name,
                index: device.interfaceIndex,
                family: family,
                address: address
            )
            guard configuration.transport == .broadcast else { return interface }
            // The loopback interface names no broadcast address on Linux, and has one.
            let isLoopback = address.ipAddress?.hasPrefix("127.") ?? false
            let loopback = isLoopback ? try? SocketAddress(ipAddress: "127.255.255.255", port: 0) : nil
            interface.broadcastAddress = device.broadcastAddress ?? loopback
            return interface.broadcastAddress == nil ? nil : interface
        }

        /// Whether a datagram from this address was sent by another machine.
        func isOutside(_ address: String) -> Bool {
            !self.ownAddresses.contains(address) && !address.hasPrefix("127.")
        }
    }
#endif
