/// A server of the reader's.
struct Server: Service {
    func run() async throws {}
}

/// A connector of the reader's.
struct MyConnector: ClusterConnector {
    func connect(to peer: Node, link: Link) async throws {}
    func disconnect(from peer: Node, reason: DisconnectReason) async {}
}

let server = Server()
let logger = Logger(label: "snippet")
