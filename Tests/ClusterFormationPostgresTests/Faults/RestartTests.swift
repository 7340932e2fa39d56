import ClusterFormation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Nodes that are restarted on their addresses, as a deployment does it.
@Suite(.serialized) struct RestartTests {
    private static let count = 20

    private static func generation(_ connection: String) throws -> [FaultMember] {
        try (1...Self.count).map { try FaultMember($0, connection, heartbeat: .seconds(1)) }
    }

    @Test(.timeLimit(.minutes(4))) func twentyNodesThatAreRestartedInTurnAreAllLinkedWithAllAfterEach() async throws {
        try await TemporaryPostgres.withServer { server in
            let before = try Self.generation(server.connectionString())
            let after = try Self.generation(server.connectionString())
            let restarts = Observed(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in before.indices {
                    group.addTask {
                        try await FaultMember.run([before[index]]) { try await restarts.wait { $0 > index } }
                        try await FaultMember.run([after[index]]) { try await restarts.wait { $0 > Self.count } }
                    }
                }
                try await FaultMember.waitUntilWhole(before)
                for index in after.indices {
                    restarts.update { $0 += 1 }
                    try await after[index].cluster.waitForPeers(atLeast: Self.count - 1, within: FaultMember.patience)
                    for member in after[..<index] + before[(index + 1)...] {
                        try await member.waitUntilConnected(to: after[index].cluster.localNode)
                    }
                }
                for member in after { member.expectLinkedOnlyWith(after) }
                restarts.update { $0 += 1 }
                try await group.waitForAll()
            }
            for member in before + after { #expect(member.connector.violations.isEmpty) }
        }
    }

    @Test(.timeLimit(.minutes(4))) func twentyNodesThatAreRestartedAtOnceAreAllLinkedWithAll() async throws {
        try await TemporaryPostgres.withServer { server in
            for _ in 0..<3 {
                let members = try Self.generation(server.connectionString())
                try await FaultMember.run(members) {
                    try await FaultMember.waitUntilWhole(members)
                    for member in members { member.expectLinkedOnlyWith(members) }
                    // Each was connected once: nobody took a node of the last generation for one of this.
                    FaultMember.expectLinksUntouched(members)
                }
                for member in members { #expect(member.connector.violations.isEmpty) }
            }
        }
    }
}

extension FaultMember {
    /// Waits for the link to this very instance of a node.
    fileprivate func waitUntilConnected(to node: Node) async throws {
        try await self.wait("connected to \(node)") { event in
            guard case .peerConnected(let peer) = event else { return false }
            return peer.endpoint == node.endpoint && peer.instance == node.instance
        }
    }

    fileprivate func expectLinkedOnlyWith(
        _ members: [FaultMember],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let own = self.cluster.localNode.instance
        let others = Set(members.map(\.cluster.localNode.instance)).subtracting([own])
        let status = self.cluster.status
        #expect(Set(status.connectedPeers.map(\.instance)) == others, sourceLocation: sourceLocation)
        #expect(status.peers.count == members.count - 1, sourceLocation: sourceLocation)
    }
}
