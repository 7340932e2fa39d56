import ClusterFormation
import Foundation
import Logging
import ServiceLifecycle
import WebSocketChat

/// Nodes of the chat in this process, which find each other in a directory of their own.
struct ChatStage: Sendable {
    let nodes: [ChatNode]
    private let ends: [AsyncStream<Never>.Continuation]

    /// Runs so many nodes, linked to each other, while the body runs.
    static func run(
        _ count: Int,
        configuration: ChatConfiguration = ChatConfiguration(),
        while body: @Sendable (ChatStage) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var nodes: [ChatNode] = []
        for number in 1...count {
            nodes.append(
                try await ChatNode.bind(
                    name: "node \(number)",
                    port: 0,
                    strategies: [LocalStrategy(directory: directory)],
                    configuration: configuration,
                    logger: logger
                )
            )
        }
        let ends = nodes.map { _ in AsyncStream<Never>.makeStream() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (node, end) in zip(nodes, ends) { group.addTask { await Self.run(node, until: end.stream) } }
            for node in nodes { try await node.cluster.waitForPeers(atLeast: count - 1, within: .seconds(50)) }
            try await body(ChatStage(nodes: nodes, ends: ends.map(\.continuation)))
            group.cancelAll()
        }
    }

    private static func run(_ node: ChatNode, until end: AsyncStream<Never>) async {
        await withTaskGroup(of: Void.self) { group in
            // What a node that dies throws is of no interest.
            for service in node.services { group.addTask { try? await service.run() } }
            for await _ in end {}
            group.cancelAll()
        }
    }

    /// Ends a node without a goodbye to its clients.
    func end(_ number: Int) {
        self.ends[number].finish()
    }

    /// A client at each node.
    func clients() async throws -> [ChatClient] {
        var clients: [ChatClient] = []
        for node in self.nodes {
            clients.append(try await .connect(node.port))
            try await self.seated(1, at: node)
        }
        return clients
    }

    /// Waits until a node counts so many clients: one that has its upgrade may have no seat yet, and hear nothing.
    func seated(_ count: Int, at node: ChatNode) async throws {
        while node.room.clients < count { try await Task.sleep(for: .milliseconds(5)) }
    }
}
