/// The addresses of a service's targets, by the targets' names.
struct TargetAddresses: Hashable, Sendable {
    /// How many targets are asked for at the same time.
    private static let width = 16

    /// Of addresses that were sent along the service's own records say how long they are good.
    private static let unlimited: Duration = .seconds(UInt32.max)

    /// Those whose addresses are known; empty for a target that has none.
    private(set) var known: [String: [String]] = [:]
    /// For how long the shortest-lived of them is good.
    private(set) var timeToLive: Duration?
    /// What kept the others from being known.
    private(set) var failures: [DNSFailure] = []

    /// The addresses of each target in the first family of `types` of which it has any.
    ///
    /// Of one family only, since a target with two is still one peer. What the server has sent along is not asked for again.
    ///
    /// - Throws: `CancellationError`.
    static func find(
        _ service: ServiceAnswer,
        _ types: [RecordType],
        from servers: some NameServers,
        until deadline: ContinuousClock.Instant
    ) async throws -> TargetAddresses {
        var result = TargetAddresses()
        var unknown: Set<String> = []
        for target in service.answer.values.map(\.target) {
            // That another family was sent along does not say that the target has none of the first.
            if let first = types.first, let addresses = service.additional[target]?[first] {
                result.known[target] = addresses
            } else {
                unknown.insert(target)
            }
        }
        let waiting = unknown.sorted()
        try await withThrowingTaskGroup(of: (String, DNSAnswer<String>).self) { group in
            for (index, target) in waiting.enumerated() {
                if index >= Self.width, let (target, answer) = try await group.next() {
                    result.take(answer, of: target)
                }
                let sent = service.additional[target] ?? [:]
                group.addTask { (target, try await Self.ask(target, types, knowing: sent, servers, deadline)) }
            }
            for try await (target, answer) in group { result.take(answer, of: target) }
        }
        return result
    }

    private static func ask(
        _ target: String,
        _ types: [RecordType],
        knowing sent: [RecordType: [String]],
        _ servers: some NameServers,
        _ deadline: ContinuousClock.Instant
    ) async throws -> DNSAnswer<String> {
        for type in types {
            if let addresses = sent[type] { return .whole(addresses, timeToLive: Self.unlimited) }
            let answers = try await servers.addresses(of: target, [type], until: deadline)
            guard let answer = answers.answers[type] else { continue }
            if case .empty = answer { continue }
            return answer
        }
        return .empty(.noData)
    }

    private mutating func take(_ answer: DNSAnswer<String>, of target: String) {
        switch answer {
        case .whole(let addresses, let timeToLive):
            self.known[target] = addresses
            self.timeToLive = min(self.timeToLive ?? timeToLive, timeToLive)
        case .partial(let addresses, let failure):
            self.known[target] = addresses
            self.failures.append(failure)
        case .empty:
            // The record is there, and its host is gone, or not there yet.
            self.known[target] = []
        case .failed(let failure):
            self.failures.append(failure)
        }
    }
}
