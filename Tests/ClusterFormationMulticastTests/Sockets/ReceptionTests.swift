#if Multicast
    import ClusterAnnouncements
    import ClusterFormation
    import ClusterFormationTesting
    import NIOCore
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct ReceptionTests {
        private let clock = ManualClock()

        private func reception() -> Reception {
            Reception(channel: "orders", tag: 7, clock: ClusterClock(self.clock))
        }

        private func source(_ text: String) throws -> SocketAddress { try SocketAddress(ipAddress: text, port: 17_337) }

        private func bytes(_ payload: String, tag: UInt64 = 7, session: Int32 = 1) -> ByteBuffer {
            Datagram(tag: tag, session: session, payload: payload).encoded(with: ByteBufferAllocator())
        }

        private func heard(_ reception: Reception) async throws -> [Notification] {
            reception.finish(nil)
            var all: [Notification] = []
            for try await notification in reception.notifications { all.append(notification) }
            return all
        }

        @Test func aDatagramThatComesOverSeveralInterfacesIsTakenOnce() async throws {
            let reception = self.reception()
            for address in ["198.51.100.7", "203.0.113.7", "fe80::7"] {
                reception.take(self.bytes("hello"), from: try self.source(address))
            }
            reception.take(self.bytes("hello", session: 2), from: try self.source("198.51.100.8"))
            let all = try await self.heard(reception)
            #expect(all.map(\.processID) == [1, 2])
            #expect(all.allSatisfy { $0.payload == "hello" && $0.channel == "orders" && $0.isFromOutside })
        }

        @Test func whatIsNoneOfTheClustersDatagramsIsNotCountedAsOne() async throws {
            let reception = self.reception()
            reception.take(ByteBuffer(string: "M-SEARCH * HTTP/1.1"), from: try self.source("198.51.100.7"))
            reception.take(self.bytes("hello", tag: 8), from: try self.source("198.51.100.7"))
            #expect(reception.dropped == 0)
            #expect(try await self.heard(reception).isEmpty)
        }

        @Test func aForgedHeadKeepsTheTrueDatagramFromNobody() async throws {
            let reception = self.reception()
            // A stranger sends first, under the session that is to speak next.
            reception.take(self.bytes("forged"), from: try self.source("198.51.100.66"))
            reception.take(self.bytes("true"), from: try self.source("198.51.100.7"))
            #expect(try await self.heard(reception).map(\.payload) == ["forged", "true"])
        }

        @Test func aFloodFromOneAddressIsBoundedAndKeepsNobodyElseOut() async throws {
            let reception = self.reception()
            let flooder = try self.source("198.51.100.66")
            for number in 0..<20_000 { reception.take(self.bytes("\(number)"), from: flooder) }
            reception.take(self.bytes("true"), from: try self.source("198.51.100.7"))
            #expect(reception.dropped == 20_000 - SourceLimits.atOnce)
            let all = try await self.heard(reception)
            #expect(all.count == SourceLimits.atOnce + 1 && all.last?.payload == "true")
        }

        @Test func aFloodFromManyAddressesIsBoundedAndTheNewestAreKept() async throws {
            let reception = self.reception()
            for number in 0..<20_000 {
                let source = try self.source("198.51.\(number / 100 % 200).\(number % 100 + 1)")
                reception.take(self.bytes("\(number)"), from: source)
            }
            let all = try await self.heard(reception)
            #expect(all.count <= Reception.mostWaiting)
            #expect(reception.dropped + all.count == 20_000)
        }

        @Test func whatComesFromAnOwnAddressSaysNothingOfTheNetwork() async throws {
            let reception = self.reception()
            let address = try self.source("198.51.100.7")
            let device = NIONetworkDevice(
                name: "eth0",
                address: address,
                netmask: nil,
                broadcastAddress: nil,
                pointToPointDestinationAddress: address,
                multicastSupported: true,
                interfaceIndex: 2
            )
            reception.update(InterfaceList([device], .init()))
            reception.take(self.bytes("own"), from: address)
            reception.take(self.bytes("other"), from: try self.source("198.51.100.8"))
            #expect(try await self.heard(reception).map(\.isFromOutside) == [false, true])
        }
    }
#endif
