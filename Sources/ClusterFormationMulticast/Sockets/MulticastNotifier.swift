#if Multicast
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import NIOCore
    internal import NIOPosix

    /// A local network as a medium: each session has sockets of its own.
    struct MulticastNotifier: Notifier {
        let medium: Medium
        private let configuration: MulticastConfiguration
        private let wallClock: @Sendable () -> Moment
        private let listDevices: @Sendable () throws -> [NIONetworkDevice]

        init(
            _ configuration: MulticastConfiguration,
            wallClock: @escaping @Sendable () -> Moment = { WallClock.now },
            listDevices: @escaping @Sendable () throws -> [NIONetworkDevice] = { try System.enumerateDevices() }
        ) {
            self.medium = .network(configuration)
            self.configuration = configuration
            self.wallClock = wallClock
            self.listDevices = listDevices
        }

        func openSession(_ request: NotifierSessionRequest) async throws -> MulticastSession {
            let group = ClusterGroup(cluster: request.channel)
            let eventLoop = NIOSingletons.posixEventLoopGroup.next()
            let clock = ClusterClock(ContinuousClock())
            let reception = Reception(channel: request.channel, tag: group.tag, clock: clock)
            let factory = SocketFactory(configuration: self.configuration, group: group, eventLoop: eventLoop)
            let sockets = MulticastSockets(factory, reception, listDevices: self.listDevices)
            do {
                try await sockets.open()
            } catch {
                await sockets.close()
                throw error
            }
            return MulticastSession(
                tag: group.tag,
                reception: reception,
                sockets: sockets,
                eventLoop: eventLoop,
                scanInterval: self.configuration.interfaceScanInterval,
                clock: clock,
                wallClock: self.wallClock
            )
        }
    }
#endif
