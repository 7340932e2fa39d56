import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite struct StrategyConformanceTests {
    private let peer: Node

    init() throws {
        self.peer = try Node(host: "10.0.0.1", port: 7337)
    }

    /// A strategy that is made of a closure.
    private struct Sample: ClusterStrategy {
        var name = "sample"
        var body: @Sendable (StrategyContext) async throws -> Void

        func run(in context: StrategyContext) async throws { try await self.body(context) }
    }

    private func conformance(
        name: String = "sample",
        _ body: @escaping @Sendable (StrategyContext) async throws -> Void
    ) -> StrategyConformance {
        var conformance = StrategyConformance { Sample(name: name, body: body) }
        conformance.expectedPeers = [self.peer.endpoint]
        // A machine that is busy may take its time for what ends a wait; only what never comes is waited for shortly.
        conformance.watchTime = .seconds(60)
        conformance.findLimit = .seconds(60)
        conformance.stopLimit = .seconds(60)
        return conformance
    }

    private func untilCancelled() async throws {
        try await Observed(false).wait { $0 }
    }

    private func failure(of conformance: StrategyConformance) async -> StrategyConformance.Failure? {
        await #expect(throws: StrategyConformance.Failure.self) { try await conformance.verify() }
    }

    @Test func `a strategy that keeps the contract passes`() async throws {
        let peer = self.peer
        var throwing = self.conformance { context in
            context.discovery.found(peer)
            try await self.untilCancelled()
        }
        throwing.watchTime = .milliseconds(20)
        try await throwing.verify()
        var returning = self.conformance { context in
            context.discovery.replaceAll(with: [peer])
            try? await self.untilCancelled()
        }
        returning.watchTime = .milliseconds(20)
        try await returning.verify()
    }

    @Test func `a strategy that ends uncancelled fails`() async throws {
        let peer = self.peer
        let failure = await self.failure(of: self.conformance { $0.discovery.found(peer) })
        #expect(failure?.rule == "A strategy runs until it is cancelled.")
    }

    @Test func `a strategy that misses a peer fails`() async throws {
        var conformance = self.conformance { _ in try await self.untilCancelled() }
        conformance.findLimit = .milliseconds(50)
        let failure = await self.failure(of: conformance)
        #expect(failure?.rule == "A strategy finds the peers that are there.")
        #expect(failure?.message.contains("10.0.0.1") == true)
    }

    @Test func `a strategy that ignores its cancellation fails, and does not hang the suite`() async throws {
        let (peer, isReleased) = (self.peer, Observed(false))
        var conformance = self.conformance { context in
            context.discovery.found(peer)
            await isReleased.waitUncancelled { $0 }
        }
        conformance.stopLimit = .milliseconds(50)
        let failure = await self.failure(of: conformance)
        isReleased.update { $0 = true }
        #expect(failure?.rule == "A strategy returns when it is cancelled.")
    }

    @Test func `a strategy that takes an error for an empty answer fails`() async throws {
        let (peer, isBroken) = (self.peer, Observed(false))
        var conformance = self.conformance { context in
            context.discovery.replaceAll(with: [peer])
            try await isBroken.wait { $0 }
            context.discovery.replaceAll(with: [])
            try await self.untilCancelled()
        }
        conformance.breakMechanism = { isBroken.update { $0 = true } }
        #expect(await self.failure(of: conformance)?.rule == "An error is not an empty answer.")
    }

    @Test func `a strategy without a name fails`() async throws {
        let failure = await self.failure(of: self.conformance(name: "") { _ in })
        #expect(failure?.rule == "A strategy's name is the same for every value of the type.")
    }
}
