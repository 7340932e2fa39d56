#if GRPC
    import ClusterFormationTesting
    import GRPCNIOTransportHTTP2
    import NIOCore

    /// How many channels a client has open: its connections, and on them a stream for each call.
    struct OpenChannels: Sendable {
        var connections = 0
        var streams = 0

        /// What counts a client's channels from its first to its last.
        static func counting(
            in open: Observed<OpenChannels>
        ) -> HTTP2ClientTransport.Config.ChannelDebuggingCallbacks {
            HTTP2ClientTransport.Config.ChannelDebuggingCallbacks(
                onCreateTCPConnection: { self.count($0) { change in open.update { $0.connections += change } } },
                onCreateHTTP2Stream: { self.count($0) { change in open.update { $0.streams += change } } }
            )
        }

        private static func count(
            _ channel: any Channel,
            _ add: @escaping @Sendable (Int) -> Void
        ) -> EventLoopFuture<Void> {
            add(1)
            channel.closeFuture.whenComplete { _ in add(-1) }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
    }
#endif
