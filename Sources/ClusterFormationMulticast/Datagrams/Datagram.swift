#if Multicast
    internal import NIOCore

    /// One announcement on the network: a head of 16 bytes, and the payload.
    ///
    /// The head is four bytes of mark, `SCF` and the version 1; eight of the cluster's tag; and four of the sender's session,
    /// a random positive number. Integers are in network order. Nothing in the head is to be trusted: what counts is in the
    /// payload, and the session too.
    struct Datagram: Hashable, Sendable {
        /// The longest datagram: with the heads of IP and UDP it fits into an Ethernet frame.
        static let longest = 1_400
        static let headBytes = 16
        static let longestPayload = longest - headBytes

        private static let mark: UInt32 = 0x53_43_46_01

        var tag: UInt64
        var session: Int32
        var payload: String

        init(tag: UInt64, session: Int32, payload: String) {
            self.tag = tag
            self.session = session
            self.payload = payload
        }

        /// Reads a datagram of one cluster; nil for anything else.
        init?(_ bytes: ByteBuffer, tag: UInt64) {
            var bytes = bytes
            guard bytes.readableBytes > Self.headBytes, bytes.readableBytes <= Self.longest,
                bytes.readInteger(as: UInt32.self) == Self.mark, bytes.readInteger(as: UInt64.self) == tag,
                let session = bytes.readInteger(as: Int32.self), session > 0
            else { return nil }
            self.init(tag: tag, session: session, payload: String(buffer: bytes))
        }

        /// The bytes to send.
        func encoded(with allocator: ByteBufferAllocator) -> ByteBuffer {
            var bytes = allocator.buffer(capacity: Self.headBytes + self.payload.utf8.count)
            bytes.writeInteger(Self.mark)
            bytes.writeInteger(self.tag)
            bytes.writeInteger(self.session)
            bytes.writeString(self.payload)
            return bytes
        }
    }
#endif
