/// A server of the reader's.
struct Server: Service {
    func run() async throws {}
}

/// A connector of the reader's.
struct MyConnector: ClusterConnector {
    func link(to peer: Node, isUp: LinkUp) async throws {}
}

let server = Server()
let logger = Logger(label: "snippet")
