internal import ClusterFormationTesting
internal import Foundation

/// A server that speaks just enough of PostgreSQL's protocol to say what no server at hand says.
///
/// A refusal in another language, an old version's silence about what it is, another product's answers. It listens on
/// the loopback interface, refuses TLS, asks for no password, and runs on one thread of its own.
package final class StubServer: Sendable {
    /// What the server says.
    package struct Script: Sendable {
        /// What it reports by itself after the login.
        package var parameters: [String: String] = ["server_version": "13.0"]

        /// Its answer to the login's options; nil to let the client in.
        package var refusal: @Sendable ([String: String]) -> Refusal? = { _ in nil }

        /// Its answer to a statement.
        package var answer: @Sendable (String) -> Answer = { _ in .rows([]) }

        package init() {}
    }

    /// An error, at the login or in answer to a statement.
    package struct Refusal: Sendable {
        package var severity: String
        package var sqlState: String
        package var message: String

        package init(severity: String, sqlState: String, message: String) {
            self.severity = severity
            self.sqlState = sqlState
            self.message = message
        }
    }

    package enum Answer: Sendable {
        case rows([[String?]])
        case refusal(Refusal)
        case copy
        case silence
        /// The connection's end.
        case end
    }

    private struct State: Sendable {
        var isStopped = false
        var hasEnded = false
        var statements: [String] = []
    }

    package let port: Int
    private let state = Observed(State())
    private let wakeUp: WakeUpPipe

    /// Every statement that a client has sent.
    package var statements: [String] { self.state.value.statements }

    /// Runs a body with such a server, and ends it afterwards.
    package static func withServer<Result>(
        _ script: Script,
        _ body: (StubServer) async throws -> Result
    ) async throws -> Result {
        let server = try StubServer(script)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    private init(_ script: Script) throws {
        let listener = try LoopbackListener(port: 0)
        let wakeUp = try WakeUpPipe()
        self.port = listener.port
        self.wakeUp = wakeUp
        let state = self.state
        Thread.detachNewThread {
            Self.serve(listener, wakeUp, script, state)
            listener.close()
            state.update { $0.hasEnded = true }
        }
    }

    private func stop() async {
        self.state.update { $0.isStopped = true }
        self.wakeUp.ring()
        await self.state.waitUncancelled { $0.hasEnded }
        self.wakeUp.close()
    }

    private static func serve(
        _ listener: LoopbackListener,
        _ wakeUp: WakeUpPipe,
        _ script: Script,
        _ state: Observed<State>
    ) {
        var clients: [(descriptor: Int32, session: StubSession)] = []
        while !state.value.isStopped {
            let descriptors = [wakeUp.reader, listener.descriptor] + clients.map(\.descriptor)
            let ready = SocketPoll.wait(for: descriptors.map { .init(descriptor: $0, reads: true) }, atMost: nil)
            if ready[0].canRead { wakeUp.drain() }
            var ended: Set<Int32> = []
            for index in clients.indices where ready[2 + index].canRead {
                let descriptor = clients[index].descriptor
                switch StreamSocket.read(descriptor) {
                case .bytes(let bytes):
                    let reply = clients[index].session.take(bytes)
                    // Before the answer: a test that has it may look at once.
                    state.update { $0.statements += clients[index].session.takeStatements() }
                    // An answer is shorter than any socket's buffer.
                    if !reply.isEmpty { _ = StreamSocket.write(reply, to: descriptor) }
                    if clients[index].session.isOver { ended.insert(descriptor) }
                case .nothingYet: break
                case .ended: ended.insert(descriptor)
                }
            }
            for descriptor in ended { StreamSocket.close(descriptor) }
            clients.removeAll { ended.contains($0.descriptor) }
            if ready[1].canRead, let client = listener.accept() {
                StreamSocket.makeNonblocking(client)
                clients.append((client, StubSession(script)))
            }
        }
        for client in clients { StreamSocket.close(client.descriptor) }
    }
}
