let path = "/etc/peers"

func useIt(_ strategy: PostgresNotifyStrategy) async throws {}

/// A strategy of the reader's.
struct FileStrategy: ClusterStrategy {
    let name = "file"
    let path: String
    func run(in context: StrategyContext) async throws {}
}
