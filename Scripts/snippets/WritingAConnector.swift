/// A transport of the reader's.
struct MyTransport {
    struct Connection {
        let messages = AsyncStream<String>.makeStream().stream
    }
    func withConnection(
        to endpoint: Endpoint,
        instance: InstanceID?,
        _ body: (Connection) async throws -> Void
    ) async throws {}
    func handle(_ message: String, from peer: Node) async {}
}

/// Another one, whose connections live elsewhere.
struct MyCallbackTransport {
    struct Connection {
        func onClose(_ body: @escaping @Sendable (String?) -> Void) {}
    }
    func dial(_ endpoint: Endpoint, instance: InstanceID?) async throws -> Connection { Connection() }
    func close(_ endpoint: Endpoint, instance: InstanceID?) async {}
}

/// Whatever the reader keeps of the list.
struct Ring {
    func update(_ peers: [Node]) {}
}

let ring = Ring()
let node = try! Node(host: "10.0.3.7", port: 7337)
let strategy = LocalStrategy()
let logger = Logger(label: "snippet")
