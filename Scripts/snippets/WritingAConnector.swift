/// A transport of the reader's.
struct MyTransport {
    struct Connection {
        func onClose(_ body: @escaping @Sendable (String?) -> Void) {}
    }
    func dial(_ endpoint: Endpoint, instance: InstanceID?) async throws -> Connection { Connection() }
    func close(_ endpoint: Endpoint, instance: InstanceID?) async {}
}
