import Logging

let cluster = try! Cluster(
    name: "orders",
    localNode: Node(host: "10.0.3.7", port: 7337),
    strategy: [] as StaticStrategy,
    connector: ClosureConnector { _, _ in },
    logger: Logger(label: "snippet")
)
