#if Multicast
    import NIOCore
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct DatagramTests {
        private let datagram = Datagram(tag: 0x0102_0304_0506_0708, session: 77, payload: #"{"v":1}"#)

        private func bytes(_ change: (inout [UInt8]) -> Void = { _ in }) -> ByteBuffer {
            var bytes = Array(buffer: self.datagram.encoded(with: ByteBufferAllocator()))
            change(&bytes)
            return ByteBuffer(bytes: bytes)
        }

        @Test func whatIsWrittenIsReadAgain() {
            #expect(Datagram(self.bytes(), tag: self.datagram.tag) == self.datagram)
        }

        @Test func theHeadHasTheBytesThatTheDocumentationNames() {
            let head: [UInt8] = [0x53, 0x43, 0x46, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 77]
            #expect(Array(buffer: self.bytes()).prefix(16) == head[...])
        }

        @Test func anotherClustersDatagramIsNone() {
            #expect(Datagram(self.bytes(), tag: 1) == nil)
        }

        @Test(arguments: 0..<4) func anotherMarkIsNone(position: Int) {
            #expect(Datagram(self.bytes { $0[position] ^= 1 }, tag: self.datagram.tag) == nil)
        }

        @Test(arguments: 0...16) func aHeadAloneOrLessIsNone(count: Int) {
            #expect(Datagram(self.bytes { $0 = Array($0.prefix(count)) }, tag: self.datagram.tag) == nil)
        }

        @Test(arguments: [[0, 0, 0, 0], [0x80, 0, 0, 1]] as [[UInt8]]) func aSessionIsAPositiveNumber(session: [UInt8])
        {
            #expect(Datagram(self.bytes { $0.replaceSubrange(12..<16, with: session) }, tag: self.datagram.tag) == nil)
        }

        @Test func theLongestIsTakenAndALongerOneIsNot() {
            var datagram = self.datagram
            datagram.payload = String(repeating: "x", count: Datagram.longestPayload)
            var bytes = datagram.encoded(with: ByteBufferAllocator())
            #expect(bytes.readableBytes == 1_400)
            #expect(Datagram(bytes, tag: datagram.tag) == datagram)
            bytes.writeInteger(UInt8(1))
            #expect(Datagram(bytes, tag: datagram.tag) == nil)
        }

        @Test func whatIsNoTextIsReadWithReplacements() {
            let bytes = self.bytes { $0 += [0xff, 0xfe] }
            #expect(Datagram(bytes, tag: self.datagram.tag)?.payload == #"{"v":1}"# + "\u{fffd}\u{fffd}")
        }
    }
#endif
