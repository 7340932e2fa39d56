internal import Locking

/// A part of the second strategy of a fallback: it runs while the gate is open.
struct StandbyPart: ClusterStrategy {
    let base: any ClusterStrategy
    /// The strategy that it stands by for.
    let first: String
    let gate: FallbackSwitch
    /// Whether it vouches for anybody; it may have failed meanwhile.
    let hasVouched = Locked(false)

    var name: String { self.base.name }

    func validate(clusterName: String, localNode: Node) throws {
        try self.base.validate(clusterName: clusterName, localNode: localNode)
    }

    func run(in context: StrategyContext) async throws {
        while !Task.isCancelled {
            // It may have been run before, and have failed, and not be needed any more.
            await self.gate.wait(untilOpen: true, by: context.clock) {
                self.withdraw(context.discovery)
                context.discovery.report(.standby(for: self.first))
            }
            guard !Task.isCancelled else { break }
            context.discovery.report(.starting)
            try await self.runUntilClosed(in: context)
        }
        context.discovery.report(.stopped)
    }

    private func runUntilClosed(in context: StrategyContext) async throws {
        let hasVouched = self.hasVouched
        let inner = context.reporting { evidence in
            switch evidence {
            case .found, .heardOf, .replaceAll: hasVouched.withLock { $0 = true }
            case .lost, .conflict, .condition: break
            }
            context.discovery.pass(evidence)
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.base.run(in: inner)
                return true
            }
            group.addTask {
                await self.gate.wait(untilOpen: false, by: context.clock)
                return false
            }
            defer { group.cancelAll() }
            let hasReturned = try await group.next() ?? false
            guard !Task.isCancelled else { return }
            guard !hasReturned else {
                throw LookupError(code: "ended", message: "The strategy returned although it was not cancelled.")
            }
            // It says goodbye; what it throws meanwhile does not matter any more.
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }

    /// Takes back what it has said: the first strategy works, and knows better.
    private func withdraw(_ discovery: Discovery) {
        let hasVouched = self.hasVouched.withLock { hasVouched in
            defer { hasVouched = false }
            return hasVouched
        }
        if hasVouched { discovery.replaceAll(with: []) }
    }
}
