/// What the reader does with the list.
struct Pool {
    func update(_ endpoints: [Endpoint]) {}
    func forward(_ request: String, to node: Node) async throws {}
}

let pool = Pool()
let request = "GET /"
let node = try! Node(host: "10.0.3.7", port: 7337)
let strategy = LocalStrategy()
let logger = Logger(label: "snippet")
let cluster = try! Cluster(name: "orders", localNode: node, strategy: strategy, logger: logger)
