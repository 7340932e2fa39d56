/// A server of the reader's.
struct Server: Service {
    func run() async throws {}
}

/// A transport of the reader's.
struct Mesh {
    struct Connection {
        func waitForClose() async throws {}
    }
    func withConnection(to peer: Node, _ body: (Connection) async throws -> Void) async throws {}
}

let server = Server()
let mesh = Mesh()
let logger = Logger(label: "snippet")
let url = "postgres://app@db/app"
let connector = ClosureConnector(connect: { _, _ in }, disconnect: { _, _ in })

func makeCluster() throws -> Cluster {
    try Cluster(
        name: "orders",
        localNode: Node(host: "10.0.3.7", port: 7337),
        strategy: PostgresNotifyStrategy(connection: url),
        connector: connector,
        logger: logger
    )
}

let cluster = try! makeCluster()
