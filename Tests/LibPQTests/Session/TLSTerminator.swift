import ClusterFormationTesting

@testable import PostgresTesting

/// A proxy in Python that speaks TLS with clients and plainly with a server, and writes records as large as they can be.
struct TLSTerminator {
    /// A port of 127.0.0.1.
    let port: Int
    private let processID: Int32
    private let hasEnded: Observed<Bool>

    static var isAvailable: Bool {
        get async throws { try await ChildProcess.run(["python3", "-c", "import ssl"]).status == 0 }
    }

    /// Runs a body with a proxy to a server's socket, and ends the proxy afterwards.
    static func withTerminator<Result>(
        before socket: String,
        _ body: (TLSTerminator) async throws -> Result
    ) async throws -> Result {
        try await TestAuthority.withAuthority { authority in
            let terminator = try await self.start(authority.issue(name: "localhost"), before: socket)
            do {
                let result = try await body(terminator)
                await terminator.stop()
                return result
            } catch {
                await terminator.stop()
                throw error
            }
        }
    }

    private static func start(_ certificate: TestAuthority.Certificate, before socket: String) async throws -> Self {
        let output = Observed("")
        let hasEnded = Observed(false)
        let (processID, _) = try await ChildProcess.spawn(
            ["python3", "-c", self.program, certificate.certificate, certificate.key, socket],
            onOutput: { text in output.update { $0 += text ?? "" } },
            onExit: { _ in hasEnded.update { $0 = true } }
        )
        try await output.wait(within: .seconds(60)) {
            "the proxy's port; it said: \($0)"
        } until: {
            $0.contains("\n")
        }
        let words = output.value
        guard let port = words.split(whereSeparator: \.isNewline).first.flatMap({ Int($0) }) else {
            throw TemporaryPostgresError(code: .commandFailed, message: "the proxy said: \(words)")
        }
        return TLSTerminator(port: port, processID: processID, hasEnded: hasEnded)
    }

    private func stop() async {
        Signal.kill.send(to: self.processID)
        await self.hasEnded.waitUncancelled { $0 }
    }

    /// It prints its port, and serves each client on a thread.
    ///
    /// What the server says within a few milliseconds goes out in one piece, which OpenSSL cuts into
    /// records of 16 kB.
    private static let program = """
        import select, socket, ssl, struct, sys, threading

        certificate, key, path = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def serve(client):
            while True:
                code = struct.unpack("!II", client.recv(8, socket.MSG_WAITALL))[1]
                if code == 80877103:
                    break
                client.sendall(b"N")
            client.sendall(b"S")
            client = context.wrap_socket(client, server_side=True)
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            while True:
                ready = [client] if client.pending() else select.select([client, server], [], [])[0]
                if client in ready:
                    data = client.recv(65536)
                    if not data:
                        return
                    server.sendall(data)
                if server in ready:
                    data = b""
                    while select.select([server], [], [], 0.005)[0]:
                        piece = server.recv(65536)
                        if not piece:
                            client.sendall(data)
                            client.close()
                            return
                        data += piece
                    client.sendall(data)

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """
}
