internal import ClusterFormation

/// All that one strategy looks up, in rounds.
struct DNSLookups: Sendable {
    let sources: [any DNSSource]
    let servers: any NameServers
    let families: DNSAddressFamilies
    /// How long a round may take.
    let timeout: Duration

    /// Looks everything up once.
    ///
    /// - Throws: `CancellationError`.
    func lookUp(for localNode: Node) async throws -> Lookup {
        // Before the whole round is cancelled: one source that is late is then no failure of the others.
        let deadline = ContinuousClock.now + self.timeout * 0.9
        let round = DNSRound(
            servers: self.servers,
            list: try await self.list(until: deadline),
            types: self.families.types(for: localNode.endpoint),
            defaultPort: localNode.endpoint.port,
            deadline: deadline
        )
        return try await withThrowingTaskGroup(of: DNSFindings.self) { group in
            for source in self.sources { group.addTask { try await source.lookUp(round) } }
            var found = DNSFindings()
            for try await findings in group { found.add(findings) }
            return Lookup(answers: found.answers, timeToLive: found.timeToLive)
        }
    }

    private func list(until deadline: ContinuousClock.Instant) async throws -> Result<SearchList, DNSFailure> {
        guard self.sources.contains(where: { $0.needsList }) else { return .success(.none) }
        do {
            return .success(try await self.servers.searchList(until: deadline))
        } catch let failure as DNSFailure {
            return .failure(failure)
        }
    }
}
