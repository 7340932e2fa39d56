#if CommandLine
    import Foundation

    @testable import ClusterFormationTesting
    @testable import PostgresTesting

    /// An HTTP server on the loopback interface that has one answer for everybody, or none.
    final class OneAnswerServer: Sendable {
        let port: Int
        private let hasEnded = Observed(false)
        private let wakeUp: WakeUpPipe

        static func withServer(
            code: Int = 200,
            answer: String?,
            _ body: (OneAnswerServer) async throws -> Void
        ) async throws {
            let server = try OneAnswerServer(code: code, answer: answer)
            do {
                try await body(server)
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }

        private init(code: Int, answer: String?) throws {
            let listener = try LoopbackListener(port: 0)
            let wakeUp = try WakeUpPipe()
            self.port = listener.port
            self.wakeUp = wakeUp
            let hasEnded = self.hasEnded
            let head = "HTTP/1.1 \(code) X\r\nConnection: close\r\nLocation: /elsewhere\r\n"
            let reply = answer.map { Array((head + "Content-Length: \($0.utf8.count)\r\n\r\n" + $0).utf8) }
            Thread.detachNewThread {
                Self.serve(listener, wakeUp, reply)
                listener.close()
                hasEnded.update { $0 = true }
            }
        }

        private func stop() async {
            self.wakeUp.ring()
            await self.hasEnded.waitUncancelled { $0 }
            self.wakeUp.close()
        }

        private static func serve(_ listener: LoopbackListener, _ wakeUp: WakeUpPipe, _ reply: [UInt8]?) {
            var clients: [Int32: ArraySlice<UInt8>?] = [:]
            while true {
                let order = Array(clients.keys)
                let ready = SocketPoll.wait(
                    for: [
                        .init(descriptor: wakeUp.reader, reads: true),
                        .init(descriptor: listener.descriptor, reads: true),
                    ]
                        + order.map { .init(descriptor: $0, reads: clients[$0]! == nil, writes: clients[$0]! != nil) },
                    atMost: nil
                )
                if ready[0].canRead { break }
                if ready[1].canRead, let client = listener.accept() {
                    StreamSocket.makeNonblocking(client)
                    clients[client] = .some(nil)
                }
                for (index, client) in order.enumerated() {
                    if let left = clients[client]! {
                        let count = StreamSocket.write(Array(left.prefix(65_536)), to: client)
                        let rest = left.dropFirst(count ?? left.count)
                        clients[client] = .some(rest)
                        if rest.isEmpty {
                            StreamSocket.close(client)
                            clients[client] = nil
                        }
                    } else if ready[2 + index].canRead {
                        // A question is one packet.
                        switch StreamSocket.read(client) {
                        case .bytes: if let reply { clients[client] = .some(reply[...]) }
                        case .nothingYet: break
                        case .ended:
                            StreamSocket.close(client)
                            clients[client] = nil
                        }
                    }
                }
            }
            for client in clients.keys { StreamSocket.close(client) }
        }
    }
#endif
