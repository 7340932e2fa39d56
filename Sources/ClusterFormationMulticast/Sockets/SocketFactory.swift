#if Multicast
    internal import NIOCore
    internal import NIOPosix

    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Musl)
        internal import Musl
    #else
        internal import Darwin
    #endif

    /// Makes the sockets of one session: one for each version of IP that hears, and one for each interface that sends.
    struct SocketFactory: Sendable {
        /// What the kernel may hold back for a socket until it is read; it gives less where its own limit is lower.
        private static let receiveBufferBytes: ChannelOptions.Types.SocketOption.Value = 1 << 20
        /// A longer datagram is cut, and then known to be too long.
        private static let readBytes = 2_048

        let configuration: MulticastConfiguration
        let group: ClusterGroup
        let eventLoop: any EventLoop

        /// Where an interface's datagrams go.
        func destination(on interface: NetworkInterface) throws -> SocketAddress {
            if var broadcast = interface.broadcastAddress {
                broadcast.port = self.configuration.port
                return broadcast
            }
            return try self.groupAddress(interface.family)
        }

        private func groupAddress(_ family: NetworkInterface.Family) throws -> SocketAddress {
            let address =
                switch family {
                case .ipv4: self.group.ipv4
                case .ipv6: self.group.ipv6
                }
            return try SocketAddress(ipAddress: address, port: self.configuration.port)
        }

        // MARK: Hearing

        /// A socket that hears what is sent to the port, shared with all other processes.
        func receiver(_ family: NetworkInterface.Family, _ reception: Reception) async throws -> any Channel {
            var bootstrap = DatagramBootstrap(group: self.eventLoop)
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1)
                .channelOption(.socketOption(.so_rcvbuf), value: Self.receiveBufferBytes)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramReceiver(reception))
                    }
                }
            let address: SocketAddress
            switch (family, self.configuration.transport) {
            case (.ipv4, .multicast):
                // Bound to the group, it hears nothing that is sent to another one, nor what is sent to the machine alone.
                address = try self.groupAddress(.ipv4)
            case (.ipv4, _):
                address = try SocketAddress(ipAddress: "0.0.0.0", port: self.configuration.port)
            case (.ipv6, _):
                // A group of link-local scope would bind it to one interface.
                address = try SocketAddress(ipAddress: "::", port: self.configuration.port)
                let isIPv6Only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
                bootstrap = bootstrap.channelOption(isIPv6Only, value: 1)
            }
            return try await bootstrap.bind(to: address).get()
        }

        /// Joins the cluster's group on an interface, or leaves it.
        func setMembership(_ isMember: Bool, on interface: NetworkInterface, of receiver: any Channel) async throws {
            guard self.configuration.transport == .multicast, let channel = receiver as? any MulticastChannel else {
                return
            }
            let group = try self.groupAddress(interface.family)
            // Linux's loopback interface does not say that it can, and can.
            let device = NIONetworkDevice(
                name: interface.name,
                address: interface.address,
                netmask: nil,
                broadcastAddress: nil,
                pointToPointDestinationAddress: interface.address,
                multicastSupported: true,
                interfaceIndex: interface.index
            )
            if isMember {
                try await channel.joinGroup(group, device: device).get()
            } else {
                try await channel.leaveGroup(group, device: device).get()
            }
        }

        // MARK: Sending

        /// A socket that sends over one interface, and hears nothing.
        func sender(on interface: NetworkInterface) async throws -> any Channel {
            let bootstrap = DatagramBootstrap(group: self.eventLoop)
                .channelOption(.autoRead, value: false)
                .channelOption(
                    .socketOption(.so_broadcast),
                    value: self.configuration.transport == .broadcast ? 1 : 0
                )
            let any = interface.family == .ipv4 ? "0.0.0.0" : "::"
            let channel = try await bootstrap.bind(to: SocketAddress(ipAddress: any, port: 0)).get()
            do {
                try await self.setOptions(of: channel, for: interface)
                return channel
            } catch {
                try? await channel.close().get()
                throw error
            }
        }

        private func setOptions(of channel: any Channel, for interface: NetworkInterface) async throws {
            guard self.configuration.transport == .multicast, let options = channel as? any SocketOptionProvider else {
                return
            }
            switch interface.address {
            case .v4:
                // The address in network order, as `in_addr` has it.
                let octets = (interface.address.ipAddress ?? "").split(separator: ".").compactMap { UInt32($0) }
                let address = octets.reduce(0) { $0 << 8 | $1 }.bigEndian
                try await options.unsafeSetSocketOption(level: .ip, name: .ip_multicast_if, value: address).get()
                try await options.setIPMulticastTTL(CUnsignedChar(self.configuration.hops)).get()
                try await options.setIPMulticastLoop(1).get()
            case .v6:
                try await options.setIPv6MulticastIF(CUnsignedInt(interface.index)).get()
                try await options.setIPv6MulticastHops(CInt(self.configuration.hops)).get()
                try await options.setIPv6MulticastLoop(1).get()
            case .unixDomainSocket:
                break
            }
        }
    }
#endif
