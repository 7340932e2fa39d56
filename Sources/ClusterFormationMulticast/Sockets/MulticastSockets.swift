#if Multicast
    internal import ClusterAnnouncements
    internal import NIOCore
    internal import NIOPosix

    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Musl)
        internal import Musl
    #else
        internal import Darwin
    #endif

    /// The sockets of one session, and the interfaces that they belong to: looked for again and again.
    actor MulticastSockets {
        private let factory: SocketFactory
        private let reception: Reception
        private let listDevices: @Sendable () throws -> [NIONetworkDevice]

        private var receivers: [NetworkInterface.Family: any Channel] = [:]
        private var senders: [NetworkInterface: any Channel] = [:]
        private var joined: Set<NetworkInterface> = []
        private var isClosed = false
        /// Why no socket could be made the last time.
        private var lastFault: (any Error)?

        init(
            _ factory: SocketFactory,
            _ reception: Reception,
            listDevices: @escaping @Sendable () throws -> [NIONetworkDevice]
        ) {
            self.factory = factory
            self.reception = reception
            self.listDevices = listDevices
        }

        // MARK: Opening and closing

        /// Makes the sockets that hear, joins on every interface that is there, and makes those that send.
        func open() async throws {
            let configuration = self.factory.configuration
            if configuration.families.contains(.ipv4) { try await self.openReceiver(.ipv4) }
            if configuration.families.contains(.ipv6), configuration.transport == .multicast {
                try await self.openReceiver(.ipv6)
            }
            guard !self.receivers.isEmpty else { throw self.fault(.unreachable, "No socket could be opened") }
            await self.scan()
            guard !self.senders.isEmpty, !self.joined.isEmpty else {
                throw self.fault(.unreachable, "No interface is there that carries \(configuration.transport)s")
            }
        }

        private func openReceiver(_ family: NetworkInterface.Family) async throws {
            do {
                let receiver = try await self.factory.receiver(family, self.reception)
                self.receivers[family] = receiver
                let reception = self.reception
                receiver.closeFuture.whenComplete { _ in
                    reception.finish(
                        NotifierError(code: .connectionLost, message: "A socket was closed; opening new ones.")
                    )
                }
            } catch {
                self.lastFault = error
                let fault = self.fault(.unreachable, "No socket could be opened")
                // A machine may lack one version of IP; a port that is not free has to be told.
                guard fault.code == .unreachable else { throw fault }
            }
        }

        /// Closes all sockets; what is heard ends without an error.
        func close() async {
            self.isClosed = true
            self.reception.finish(nil)
            let channels = Array(self.receivers.values) + Array(self.senders.values)
            (self.receivers, self.senders, self.joined) = ([:], [:], [])
            for channel in channels { try? await channel.close().get() }
        }

        // MARK: Interfaces

        /// Looks which interfaces there are; joins on new ones, and gives up those that are gone.
        func scan() async {
            guard !self.isClosed, let devices = try? self.listDevices() else { return }
            let list = InterfaceList(devices, self.factory.configuration)
            self.reception.update(list)
            let present = Set(list.interfaces)
            for interface in Set(self.senders.keys).union(self.joined).subtracting(present) {
                await self.giveUp(interface)
            }
            for interface in list.interfaces where !self.isClosed { await self.takeUp(interface) }
        }

        private func takeUp(_ interface: NetworkInterface) async {
            guard let receiver = self.receivers[interface.family] else { return }
            do {
                if !self.joined.contains(interface) {
                    try await self.factory.setMembership(true, on: interface, of: receiver)
                    self.joined.insert(interface)
                }
                guard self.senders[interface] == nil else { return }
                let sender = try await self.factory.sender(on: interface)
                if self.isClosed || self.senders[interface] != nil {
                    try? await sender.close().get()
                } else {
                    self.senders[interface] = sender
                }
            } catch {
                // It is tried again at the next look.
                self.lastFault = error
            }
        }

        private func giveUp(_ interface: NetworkInterface) async {
            let sender = self.senders.removeValue(forKey: interface)
            try? await sender?.close().get()
            guard self.joined.remove(interface) != nil, let receiver = self.receivers[interface.family] else { return }
            // The kernel leaves by itself where the interface is gone, and then says that there is none.
            try? await self.factory.setMembership(false, on: interface, of: receiver)
        }

        // MARK: Sending

        /// Sends a datagram over every interface; it is sent when one of them has taken it.
        func send(_ datagram: Datagram) async throws {
            guard !self.isClosed else { throw NotifierError(code: .closed, message: "The session was closed.") }
            self.lastFault = nil
            var isTaken = false
            for (interface, sender) in self.senders {
                do {
                    let bytes = datagram.encoded(with: sender.allocator)
                    let destination = try self.factory.destination(on: interface)
                    try await sender.writeAndFlush(AddressedEnvelope(remoteAddress: destination, data: bytes)).get()
                    isTaken = true
                } catch {
                    self.lastFault = error
                    // A new one is made at the next look, if the interface is there.
                    if self.senders[interface] === sender { self.senders[interface] = nil }
                    try? await sender.close().get()
                }
            }
            guard !isTaken else { return }
            await self.scan()
            var error = self.fault(.unreachable, "No interface has taken an announcement")
            error.keepsSession = true
            throw error
        }

        private func fault(_ code: NotifierError.Code, _ what: String) -> NotifierError {
            let port = self.factory.configuration.port
            switch self.lastFault as? IOError {
            case let error? where error.errnoCode == EADDRINUSE:
                return NotifierError(
                    code: .misconfigured,
                    message: "\(what): UDP port \(port) belongs to another program; choose another port on all nodes."
                )
            case let error? where error.errnoCode == EACCES || error.errnoCode == EPERM:
                return NotifierError(
                    code: .permissionDenied,
                    message:
                        "\(what): this process may not use UDP port \(port); choose one above 1,023, or see the firewall."
                )
            default:
                let cause = self.lastFault.map { " (\(String(describing: $0).prefix(200)))" } ?? ""
                return NotifierError(
                    code: code,
                    message: "\(what)\(cause); see whether an interface of this machine is up."
                )
            }
        }
    }
#endif
