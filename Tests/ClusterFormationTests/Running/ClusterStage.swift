import ClusterFormation
import Locking
import Logging

/// A strategy that a test tells what to report.
struct ToldStrategy: ClusterStrategy {
    let name = "told"
    private let inbox: AsyncStream<@Sendable (Discovery) -> Void>
    private let input: AsyncStream<@Sendable (Discovery) -> Void>.Continuation

    init() {
        (self.inbox, self.input) = AsyncStream.makeStream()
    }

    func tell(_ report: @escaping @Sendable (Discovery) -> Void) { self.input.yield(report) }

    func run(in context: StrategyContext) async throws {
        for await report in self.inbox { report(context.discovery) }
    }
}

/// Runs a cluster until the body is done, then cancels its task and waits for its end.
func running<Result: Sendable>(
    _ cluster: Cluster,
    _ body: @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await cluster.run() }
        let result = try await body()
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
