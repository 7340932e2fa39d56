/// A part of the first strategy of a fallback: what it says of itself moves the gate.
struct WatchedPart: ClusterStrategy {
    let base: any ClusterStrategy
    let index: Int
    let gate: FallbackSwitch

    var name: String { self.base.name }

    func validate(clusterName: String, localNode: Node) throws {
        try self.base.validate(clusterName: clusterName, localNode: localNode)
    }

    func run(in context: StrategyContext) async throws {
        let (clock, gate, index) = (context.clock, self.gate, self.index)
        do {
            try await self.base.run(
                in: context.reporting { evidence in
                    gate.take(evidence, part: index, at: clock.now)
                    context.discovery.pass(evidence)
                }
            )
        } catch {
            gate.failed(part: index, at: clock.now)
            throw error
        }
        // One that returns uncancelled has failed, too; after its end nobody asks.
        gate.failed(part: index, at: clock.now)
    }
}
