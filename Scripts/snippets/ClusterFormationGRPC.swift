let logger = Logger(label: "snippet")
let cluster = try! Cluster(
    name: "orders",
    localNode: Node(host: "10.0.3.7", port: 50051),
    strategy: PostgresNotifyStrategy(connection: "postgres://app@db/app"),
    logger: logger
)
