#if Multicast
    internal import NIOCore

    /// Hands what a socket hears to the session's reception.
    final class DatagramReceiver: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        private let reception: Reception

        init(_ reception: Reception) {
            self.reception = reception
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = self.unwrapInboundIn(data)
            self.reception.take(envelope.data, from: envelope.remoteAddress)
        }

        /// Errors that close the channel are told by its closing, and of the others nothing is to be done.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }
#endif
